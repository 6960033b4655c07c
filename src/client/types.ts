import { userError } from '../protocol/errors/runnel-error'
import type { Json } from './connection'

export type TypeJson = string | { readonly type: string; readonly [key: string]: unknown }

/** Base of all types. */
export abstract class DataType {
  /** Spark's schema JSON of the type. */
  abstract jsonValue(): TypeJson
  /** As `printSchema` and `dtypes` show it. */
  abstract simpleString(): string
  /** @internal */
  abstract toProto(): Json

  json(): string {
    return JSON.stringify(this.jsonValue())
  }

  toString(): string {
    return this.simpleString()
  }
}

class AtomicType extends DataType {
  readonly #name: string
  readonly #simple: string
  readonly #proto: string
  constructor(name: string, simple: string, proto: string) {
    super()
    this.#name = name
    this.#simple = simple
    this.#proto = proto
  }
  override jsonValue(): TypeJson {
    return this.#name
  }
  override simpleString(): string {
    return this.#simple
  }
  /** @internal */
  override toProto(): Json {
    return this.#proto === 'string' ? { string: { collation: 'UTF8_BINARY' } } : { [this.#proto]: {} }
  }
}

/** Every value is NULL. */
export const NullType: DataType = new AtomicType('void', 'void', 'null')
/** true or false. */
export const BooleanType: DataType = new AtomicType('boolean', 'boolean', 'boolean')
/** 8 bits. */
export const ByteType: DataType = new AtomicType('byte', 'tinyint', 'byte')
/** 16 bits. */
export const ShortType: DataType = new AtomicType('short', 'smallint', 'short')
/** 32 bits. */
export const IntegerType: DataType = new AtomicType('integer', 'int', 'integer')
/** 64 bits; a number in TypeScript while it is exact, else a bigint. */
export const LongType: DataType = new AtomicType('long', 'bigint', 'long')
/** 32-bit floating point. */
export const FloatType: DataType = new AtomicType('float', 'float', 'float')
/** 64-bit floating point. */
export const DoubleType: DataType = new AtomicType('double', 'double', 'double')
/** Text. */
export const StringType: DataType = new AtomicType('string', 'string', 'string')
/** Bytes. */
export const BinaryType: DataType = new AtomicType('binary', 'binary', 'binary')
/** A calendar day. */
export const DateType: DataType = new AtomicType('date', 'date', 'date')
/** A moment, in microseconds; a `Date` in TypeScript. */
export const TimestampType: DataType = new AtomicType('timestamp', 'timestamp', 'timestamp')
/** Date and time without a zone. */
export const TimestampNTZType: DataType = new AtomicType('timestamp_ntz', 'timestamp_ntz', 'timestampNtz')
const DayTimeIntervalType: DataType = new AtomicType(
  'interval day to second',
  'interval day to second',
  'dayTimeInterval',
)

/** Exact numbers of `precision` digits, `scale` of them after the point; text in TypeScript. */
export class DecimalType extends DataType {
  readonly precision: number
  readonly scale: number
  constructor(precision = 10, scale = 0) {
    super()
    this.precision = precision
    this.scale = scale
  }
  override jsonValue(): TypeJson {
    return this.simpleString()
  }
  override simpleString(): string {
    return `decimal(${this.precision},${this.scale})`
  }
  /** @internal */
  override toProto(): Json {
    return { decimal: { precision: this.precision, scale: this.scale } }
  }
}

export class ArrayType extends DataType {
  readonly elementType: DataType
  readonly containsNull: boolean
  constructor(elementType: DataType, containsNull = true) {
    super()
    this.elementType = elementType
    this.containsNull = containsNull
  }
  override jsonValue(): TypeJson {
    return { containsNull: this.containsNull, elementType: this.elementType.jsonValue(), type: 'array' }
  }
  override simpleString(): string {
    return `array<${this.elementType.simpleString()}>`
  }
  /** @internal */
  override toProto(): Json {
    return { array: { elementType: this.elementType.toProto(), containsNull: this.containsNull } }
  }
}

export class MapType extends DataType {
  readonly keyType: DataType
  readonly valueType: DataType
  readonly valueContainsNull: boolean
  constructor(keyType: DataType, valueType: DataType, valueContainsNull = true) {
    super()
    this.keyType = keyType
    this.valueType = valueType
    this.valueContainsNull = valueContainsNull
  }
  override jsonValue(): TypeJson {
    return {
      keyType: this.keyType.jsonValue(),
      type: 'map',
      valueContainsNull: this.valueContainsNull,
      valueType: this.valueType.jsonValue(),
    }
  }
  override simpleString(): string {
    return `map<${this.keyType.simpleString()},${this.valueType.simpleString()}>`
  }
  /** @internal */
  override toProto(): Json {
    return {
      map: {
        keyType: this.keyType.toProto(),
        valueType: this.valueType.toProto(),
        valueContainsNull: this.valueContainsNull,
      },
    }
  }
}

export class StructField {
  readonly name: string
  readonly dataType: DataType
  readonly nullable: boolean
  readonly metadata: Readonly<Record<string, unknown>>
  constructor(name: string, dataType: DataType, nullable = true, metadata: Readonly<Record<string, unknown>> = {}) {
    this.name = name
    this.dataType = dataType
    this.nullable = nullable
    this.metadata = metadata
  }
}

/** The schema of a DataFrame, or of a column that holds rows. */
export class StructType extends DataType {
  readonly fields: readonly StructField[]
  constructor(fields: readonly StructField[] = []) {
    super()
    this.fields = fields
  }

  /** A new schema with one more field. */
  add(name: string, dataType: DataType, nullable = true): StructType {
    return new StructType([...this.fields, new StructField(name, dataType, nullable)])
  }

  get names(): string[] {
    return this.fields.map((field) => field.name)
  }

  override jsonValue(): TypeJson {
    return {
      // Keys in order, as Apache's clients write the text.
      fields: this.fields.map(({ name, dataType, nullable, metadata }) => ({
        metadata,
        name,
        nullable,
        type: dataType.jsonValue(),
      })),
      type: 'struct',
    }
  }
  override simpleString(): string {
    return `struct<${this.fields.map(({ name, dataType }) => `${name}:${dataType.simpleString()}`).join(',')}>`
  }
  /** @internal */
  override toProto(): Json {
    return {
      struct: {
        fields: this.fields.map(({ name, dataType, nullable, metadata }) => ({
          name,
          dataType: dataType.toProto(),
          nullable,
          ...(Object.keys(metadata).length === 0 ? {} : { metadata: JSON.stringify(metadata) }),
        })),
      },
    }
  }
}

const BY_NAME: ReadonlyMap<string, DataType> = new Map(
  [
    NullType,
    BooleanType,
    ByteType,
    ShortType,
    IntegerType,
    LongType,
    FloatType,
    DoubleType,
    StringType,
    BinaryType,
    DateType,
    TimestampType,
    TimestampNTZType,
    DayTimeIntervalType,
  ].map((type) => [type.jsonValue() as string, type]),
)

/** Spark's schema JSON as a type. */
export function typeFromJson(json: TypeJson): DataType {
  if (typeof json === 'string') {
    const decimal = /^decimal\((\d+),\s*(-?\d+)\)$/.exec(json)
    if (decimal) return new DecimalType(Number(decimal[1]), Number(decimal[2]))
    if (/^(var)?char\(/.test(json)) return StringType
    return BY_NAME.get(json) ?? new AtomicType(json, json, json.startsWith('interval') ? 'dayTimeInterval' : json)
  }
  switch (json.type) {
    case 'array':
      return new ArrayType(typeFromJson(json['elementType'] as TypeJson), json['containsNull'] as boolean)
    case 'map':
      return new MapType(
        typeFromJson(json['keyType'] as TypeJson),
        typeFromJson(json['valueType'] as TypeJson),
        json['valueContainsNull'] as boolean,
      )
    case 'struct':
      return structFromJson(json)
    default:
      throw userError(
        'INVALID_JSON_DATA_TYPE',
        `Failed to convert the JSON string '${JSON.stringify(json)}' to a data type.`,
      )
  }
}

export function structFromJson(json: TypeJson): StructType {
  const { fields } = json as unknown as {
    fields: { name: string; type: TypeJson; nullable: boolean; metadata?: Record<string, unknown> }[]
  }
  return new StructType(
    fields.map(
      ({ name, type, nullable, metadata }) => new StructField(name, typeFromJson(type), nullable, metadata ?? {}),
    ),
  )
}
