import type { BytesColumn, DataType, StructField, StructType } from '../../../protocol/columns'
import { parseTimestampParts } from '../../expressions/casts/parse-values'
import { compileDatetimePattern } from './datetime-pattern'
import { decodeJavaUtf8 } from './decode-java-utf8'
import type { JsonReadOptions } from './json-options'
import { malformedRecord } from './json-errors'
import {
  END_ARRAY,
  END_OBJECT,
  FALSE,
  FIELD_NAME,
  FLOAT,
  INT,
  JsonReader,
  JsonSyntaxError,
  NONE,
  START_ARRAY,
  START_OBJECT,
  STRING,
  TRUE,
} from './json-reader'

const VOID: DataType = { kind: 'void' }
const TEXT: DataType = { kind: 'string' }
const LONG: DataType = { kind: 'long' }
const DOUBLE: DataType = { kind: 'double' }

/**
 * The schema of JSON records as Spark infers it: fields by name, whole numbers BIGINT, others DOUBLE, what does not meet
 * becomes STRING, what was always NULL too. Records that are not JSON add the corrupt record column.
 */
export class JsonSchemaInference {
  readonly #options: JsonReadOptions
  #root: DataType = VOID

  constructor(options: JsonReadOptions) {
    this.#options = options
  }

  /** Rows of a string column, one record each. */
  add(records: BytesColumn): void {
    for (let row = 0; row < records.length; row++) {
      if (records.validity !== null && records.validity[row] === 0) continue
      this.addText(decodeJavaUtf8(records.bytes.subarray(records.offsets[row], records.offsets[row + 1])))
    }
  }

  addText(text: string): void {
    const type = this.#typeOf(text)
    if (type !== null) this.#root = this.#mergeRoots(this.#root, type)
  }

  /** A struct, even when the records were something else. */
  schema(): StructType {
    const type = canonical(this.#root, this.#options)
    return type?.kind === 'struct' ? type : { kind: 'struct', fields: [] }
  }

  #typeOf(text: string): DataType | null {
    try {
      return typeOfJson(text, this.#options)
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error
      if (this.#options.mode === 'DROPMALFORMED') return null
      if (this.#options.mode === 'FAILFAST') {
        throw malformedRecord(
          { kind: 'struct', fields: [] },
          { kind: 'struct', fields: [] },
          null,
          -1,
          new TextEncoder().encode(text),
          false,
        )
      }
      return { kind: 'struct', fields: [{ name: this.#options.columnNameOfCorruptRecord, type: TEXT, nullable: true }] }
    }
  }

  #mergeRoots(a: DataType, b: DataType): DataType {
    // An array of objects stands for its objects.
    if (a.kind === 'array') return this.#mergeRoots(a.elementType, b)
    if (b.kind === 'array') return this.#mergeRoots(a, b.elementType)
    if (a.kind === 'void') return b
    if (b.kind === 'void') return a
    const struct = a.kind === 'struct' ? a : b.kind === 'struct' ? b : null
    if (struct === null || a.kind === b.kind) return mergeTypes(a, b)
    if (this.#options.mode === 'DROPMALFORMED') return struct
    const name = this.#options.columnNameOfCorruptRecord
    if (struct.fields.some((field) => field.name === name)) return struct
    return { kind: 'struct', fields: sorted([...struct.fields, { name, type: TEXT, nullable: true }]) }
  }
}

/** Type of one JSON text, not yet canonical (NULL is void); throws JsonSyntaxError. Blank text is void. */
export function typeOfJson(text: string, options: JsonReadOptions): DataType {
  const reader = new JsonReader(text, options)
  return reader.nextToken() === NONE ? VOID : valueType(reader, options)
}

/** What Spark makes of a value's type when all is seen: void is STRING, structs without fields vanish (null). */
export function canonical(type: DataType, options: JsonReadOptions): DataType | null {
  switch (type.kind) {
    case 'void':
      return options.dropFieldIfAllNull ? null : TEXT
    case 'array': {
      const elementType = canonical(type.elementType, options)
      return elementType && { kind: 'array', elementType, containsNull: true }
    }
    case 'struct': {
      const fields: StructField[] = []
      for (const field of type.fields) {
        const fieldType = field.name === '' ? null : canonical(field.type, options)
        if (fieldType !== null) fields.push({ name: field.name, type: fieldType, nullable: true })
      }
      return fields.length === 0 ? null : { kind: 'struct', fields }
    }
    default:
      return type
  }
}

/** The type both values fit. */
export function mergeTypes(a: DataType, b: DataType): DataType {
  if (a.kind === 'void') return b
  if (b.kind === 'void') return a
  if (a.kind === 'struct' && b.kind === 'struct') {
    const fields = new Map(a.fields.map((field) => [field.name, field]))
    for (const field of b.fields) {
      const known = fields.get(field.name)
      fields.set(field.name, known === undefined ? field : { ...known, type: mergeTypes(known.type, field.type) })
    }
    return { kind: 'struct', fields: sorted([...fields.values()]) }
  }
  if (a.kind === 'array' && b.kind === 'array') {
    return { kind: 'array', elementType: mergeTypes(a.elementType, b.elementType), containsNull: true }
  }
  if (a.kind === 'decimal' && b.kind === 'decimal') {
    const scale = Math.max(a.scale, b.scale)
    const precision = Math.max(a.precision - a.scale, b.precision - b.scale) + scale
    return precision > 38 ? DOUBLE : { kind: 'decimal', precision, scale }
  }
  if (a.kind === b.kind) return a
  const kinds = new Set([a.kind, b.kind])
  if (kinds.has('timestamp') && kinds.has('timestamp_ntz')) return { kind: 'timestamp' }
  if (kinds.has('double') && (kinds.has('long') || kinds.has('decimal'))) return DOUBLE
  if (kinds.has('long') && kinds.has('decimal')) return mergeTypes(longAsDecimal(a), longAsDecimal(b))
  return TEXT
}

function longAsDecimal(type: DataType): DataType {
  return type.kind === 'long' ? { kind: 'decimal', precision: 20, scale: 0 } : type
}

function valueType(reader: JsonReader, options: JsonReadOptions): DataType {
  switch (reader.token) {
    case FIELD_NAME:
      reader.nextToken()
      return valueType(reader, options)
    case STRING:
      return textType(reader.getText(), options)
    case START_OBJECT: {
      const fields = new Map<string, StructField>()
      while (reader.nextToken() !== END_OBJECT) {
        if ((reader.token as number) === NONE) break
        const name = reader.currentName ?? ''
        // Of two fields with one name the last counts here, as in the merge of Spark's sorted builder.
        fields.set(name, { name, type: valueType(reader, options), nullable: true })
      }
      return { kind: 'struct', fields: sorted([...fields.values()]) }
    }
    case START_ARRAY: {
      let elementType = VOID
      while (reader.nextToken() !== END_ARRAY) {
        if ((reader.token as number) === NONE) break
        elementType = mergeTypes(elementType, valueType(reader, options))
      }
      return { kind: 'array', elementType, containsNull: true }
    }
    case INT: {
      if (options.primitivesAsString) return TEXT
      const value = BigInt(reader.getText())
      if (BigInt.asIntN(64, value) === value) return LONG
      const precision = (value < 0n ? -value : value).toString().length
      return precision <= 38 ? { kind: 'decimal', precision, scale: 0 } : DOUBLE
    }
    case FLOAT:
      return options.primitivesAsString ? TEXT : floatType(reader.getText(), options)
    case TRUE:
    case FALSE:
      return options.primitivesAsString ? TEXT : { kind: 'boolean' }
    default:
      return VOID
  }
}

function floatType(text: string, options: JsonReadOptions): DataType {
  const parts = options.prefersDecimal ? /^-?(\d+)\.(\d+)$/.exec(text) : null
  if (parts === null) return DOUBLE
  const digits = `${parts[1]}${parts[2]}`.replace(/^0+/, '').length
  const scale = parts[2].length
  const precision = Math.max(digits, scale)
  return precision <= 38 ? { kind: 'decimal', precision, scale } : DOUBLE
}

function textType(text: string, options: JsonReadOptions): DataType {
  if (text === '') return VOID
  if (!options.inferTimestamp) return TEXT
  const isTimestamp =
    options.timestampFormat === null
      ? parseTimestampParts(text)?.hasDate === true
      : compileDatetimePattern(options.timestampFormat).parseInstant(text, options.timeZone) !== null
  return isTimestamp ? { kind: 'timestamp' } : TEXT
}

/** By UTF-16 order, as Java sorts names. */
function sorted(fields: StructField[]): StructField[] {
  return fields.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}
