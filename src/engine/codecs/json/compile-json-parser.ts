import type { ArrayType, BytesColumn, Column, DataType, MapType, StructType } from '../../../protocol/columns'
import { plainColumn } from '../../batch/dictionary'
import { gatherColumn } from '../../batch/gather'
import { BytesStore, storeOf } from './column-store'
import type { ColumnStore } from './column-store'
import { decodeJavaUtf8 } from './decode-java-utf8'
import { generateParser } from './generate-parser'
import type { FastParser } from './generate-parser'
import type { JsonReadOptions } from './json-options'
import { invalidCorruptRecordType, malformedRecord } from './json-errors'
import { compileSlowParser } from './slow-parser'
import type { SlowResult, StructValue } from './slow-parser'

/** Root types JSON can be read as. */
export type JsonSchema = StructType | ArrayType | MapType

export interface JsonParser {
  /**
   * One row a row of `input` (string): NULL for NULL and for blank text, malformed records by the mode.
   * The strings of the result share a dictionary that lives as long as the parser; see `column-store.ts`.
   */
  parse(input: Column): Column
  /** Rows as a file gives them: none for a blank record, several for an array of objects (struct schemas only). */
  parseRecords(input: BytesColumn): Column
}

/** Compiles the parser of a schema. `schema` is made nullable all through; the corrupt record column may stand in it. */
export function compileJsonParser(schema: JsonSchema, options: JsonReadOptions): JsonParser {
  return new CompiledJsonParser(nullableSchema(schema) as JsonSchema, options)
}

const PADDING = 16

class CompiledJsonParser implements JsonParser {
  readonly #schema: JsonSchema
  readonly #options: JsonReadOptions
  /** The schema without the corrupt record column, which no field of the record fills. */
  readonly #dataSchema: JsonSchema
  readonly #corruptIndex: number
  readonly #store: ColumnStore
  readonly #corrupt: BytesStore | null
  readonly #fast: FastParser | null
  readonly #slow: (text: string) => SlowResult

  constructor(schema: JsonSchema, options: JsonReadOptions) {
    this.#schema = schema
    this.#options = options
    this.#corruptIndex =
      schema.kind === 'struct'
        ? schema.fields.findIndex((field) => field.name === options.columnNameOfCorruptRecord)
        : -1
    const corruptField = schema.kind === 'struct' ? schema.fields[this.#corruptIndex] : undefined
    if (corruptField !== undefined && corruptField.type.kind !== 'string')
      throw invalidCorruptRecordType(corruptField.name, corruptField.type)
    this.#dataSchema =
      schema.kind === 'struct' && this.#corruptIndex >= 0
        ? { kind: 'struct', fields: schema.fields.filter((_, i) => i !== this.#corruptIndex) }
        : schema
    this.#store = storeOf(this.#dataSchema)
    this.#corrupt = corruptField === undefined ? null : new BytesStore({ kind: 'string' }, false)
    this.#fast = hasFastDialect(options) ? generateParser(this.#dataSchema, this.#store, options) : null
    this.#slow = compileSlowParser(this.#dataSchema, options)
  }

  parse(input: Column): Column {
    if (input.layout === 'dictionary' && input.dictionary.length < input.length) {
      const entries = this.#run(input.dictionary, true)
      const codes = new Int32Array(input.length)
      for (let i = 0; i < codes.length; i++)
        codes[i] = input.validity !== null && input.validity[i] === 0 ? -1 : input.codes[i]
      return gatherColumn(entries, codes)
    }
    return this.#run(plainColumn(input), true)
  }

  parseRecords(input: BytesColumn): Column {
    return this.#run(input, false)
  }

  #run(input: BytesColumn, isFunction: boolean): Column {
    const { length, offsets } = input
    this.#store.begin(length)
    this.#corrupt?.begin(length)
    // Rows near the buffer's end move to a padded copy, for the scan reads past a row.
    let firstInTail = length
    while (firstInTail > 0 && offsets[firstInTail] + PADDING > input.bytes.length) firstInTail--
    let numRows = this.#rows(input, input.bytes, 0, 0, firstInTail, 0, isFunction)
    if (firstInTail < length) {
      const start = offsets[firstInTail]
      const tail = new Uint8Array(offsets[length] - start + PADDING)
      tail.set(input.bytes.subarray(start, offsets[length]))
      numRows = this.#rows(input, tail, start, firstInTail, length, numRows - firstInTail, isFunction)
    }
    return this.#finish(numRows)
  }

  /** Input rows `from .. to`, whose bytes stand in `bytes` at their offset minus `base`; gives the number of rows so far. */
  #rows(
    input: BytesColumn,
    bytes: Uint8Array,
    base: number,
    from: number,
    to: number,
    shift: number,
    isFunction: boolean,
  ): number {
    const fast = this.#fast
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let row = from
    this.#reserve(to + shift)
    while (row < to) {
      if (fast !== null) {
        const start = row
        row = runGuarded(fast, bytes, view, input, base, row, to, shift)
        if (this.#corrupt !== null) for (let i = start; i < row; i++) this.#corrupt.writeNull(i + shift)
        if (row === to) break
      }
      shift += this.#slowRow(input, row, row + shift, isFunction) - 1
      row++
      this.#reserve(to + shift)
    }
    return to + shift
  }

  /** Writes what the exact parser makes of one input row at `at`; gives the number of rows written. */
  #slowRow(input: BytesColumn, row: number, at: number, isFunction: boolean): number {
    if (input.validity !== null && input.validity[row] === 0) {
      this.#write(at, null, null)
      return 1
    }
    const record = input.bytes.subarray(input.offsets[row], input.offsets[row + 1])
    const { rows, isMalformed, isArrayOfStructs } = this.#slow(decodeJavaUtf8(record))
    if (isMalformed && this.#options.mode === 'FAILFAST') {
      throw malformedRecord(
        this.#schema,
        this.#dataSchema,
        rows[0] ?? null,
        this.#corruptIndex,
        record,
        isArrayOfStructs === true,
      )
    }
    if (isMalformed && this.#options.mode === 'DROPMALFORMED') return 0
    if (rows.length === 0 && isFunction) {
      this.#write(at, null, null)
      return 1
    }
    this.#reserve(at + rows.length)
    rows.forEach((value, i) => this.#write(at + i, value ?? emptyStruct(this.#dataSchema), isMalformed ? record : null))
    return rows.length
  }

  #write(at: number, value: StructValue | null, corrupt: Uint8Array | null): void {
    // An array or map stands in a row of one value.
    this.#store.write(at, this.#dataSchema.kind === 'struct' ? value : (value?.[0] ?? null))
    if (this.#corrupt === null) return
    if (corrupt === null) this.#corrupt.writeNull(at)
    else this.#corrupt.write(at, corrupt)
  }

  #reserve(numRows: number): void {
    if (numRows <= this.#store.capacity) return
    this.#store.grow(numRows * 2)
    this.#corrupt?.grow(numRows * 2)
  }

  #finish(numRows: number): Column {
    const column = this.#store.finish(numRows)
    if (this.#corrupt === null || column.layout !== 'struct' || this.#schema.kind !== 'struct') return column
    const corrupt = this.#corrupt.finish(numRows)
    return { ...column, type: this.#schema, children: column.children.toSpliced(this.#corruptIndex, 0, corrupt) }
  }
}

/** A read past the buffer throws; that row is odd like any other. */
function runGuarded(
  fast: FastParser,
  bytes: Uint8Array,
  view: DataView,
  input: BytesColumn,
  base: number,
  from: number,
  to: number,
  shift: number,
): number {
  try {
    return fast.run(bytes, view, input.offsets, base, input.validity, from, to, shift)
  } catch (error) {
    if (error instanceof RangeError) return fast.progress[0]
    throw error
  }
}

/** Everything the generated parser takes is read alike under these; other dialects go to the exact parser alone. */
function hasFastDialect(options: JsonReadOptions): boolean {
  return !options.allowComments
}

function emptyStruct(schema: JsonSchema): StructValue {
  return schema.kind === 'struct' ? new Array<unknown>(schema.fields.length).fill(null) : [null]
}

/** The type with everything in it nullable: JSON promises nothing. */
export function nullableSchema(type: DataType): DataType {
  switch (type.kind) {
    case 'struct':
      return {
        kind: 'struct',
        fields: type.fields.map((field) => ({ ...field, type: nullableSchema(field.type), nullable: true })),
      }
    case 'array':
      return { kind: 'array', elementType: nullableSchema(type.elementType), containsNull: true }
    case 'map':
      return { kind: 'map', keyType: type.keyType, valueType: nullableSchema(type.valueType), valueContainsNull: true }
    default:
      return type
  }
}
