import type {
  BytesColumn,
  Column,
  DataType,
  Decimal128Column,
  FixedColumn,
  FixedValues,
  ListColumn,
  MapColumn,
  StructColumn,
} from '../../protocol/columns'
import { internalError } from '../../protocol/errors/runnel-error'

/**
 * Growable columns: one class a layout, doubling typed arrays, validity made at the first NULL.
 *
 * `finish()` hands the buffers out (trimmed by length only) and empties the builder; the column owns its arrays.
 * Every builder takes `append*` and `appendNull`; `length` counts rows so far.
 */
export interface ColumnBuilder {
  readonly type: DataType
  readonly length: number
  appendNull(): void
  finish(): Column
}

const INITIAL_ROWS = 16

/** Validity that costs nothing until a NULL comes. */
class Validity {
  bytes: Uint8Array | null = null

  /** Marks row `row` valid; rows before the first NULL need no mark. */
  setValid(row: number): void {
    if (this.bytes === null) return
    this.#ensure(row + 1)
    this.bytes[row] = 1
  }

  setNull(row: number): void {
    if (this.bytes === null) {
      this.bytes = new Uint8Array(Math.max(INITIAL_ROWS, row * 2 + 1))
      this.bytes.fill(1, 0, row)
      return
    }
    this.#ensure(row + 1)
    this.bytes[row] = 0
  }

  take(): Uint8Array | null {
    const bytes = this.bytes
    this.bytes = null
    return bytes
  }

  #ensure(length: number): void {
    const bytes = this.bytes!
    if (bytes.length >= length) return
    const grown = new Uint8Array(Math.max(length, bytes.length * 2))
    grown.set(bytes)
    this.bytes = grown
  }
}

/** A new, longer copy of a typed array. */
export function growTo<T extends FixedValues>(values: T, length: number): T {
  const grown = new (values.constructor as new (length: number) => T)(length)
  ;(grown as Uint8Array).set(values as Uint8Array)
  return grown
}

/** The empty values array of a fixed-layout type, `length` entries. */
export function fixedValuesOf(type: DataType, length: number): FixedValues {
  switch (type.kind) {
    case 'boolean':
      return new Uint8Array(length)
    case 'byte':
      return new Int8Array(length)
    case 'short':
      return new Int16Array(length)
    case 'integer':
    case 'date':
    case 'year-month-interval':
      return new Int32Array(length)
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'day-time-interval':
      return new BigInt64Array(length)
    case 'decimal':
      if (type.precision <= 18) return new BigInt64Array(length)
      break
    case 'float':
      return new Float32Array(length)
    case 'double':
      return new Float64Array(length)
    default:
      break
  }
  throw internalError(`type ${type.kind} has no fixed layout`)
}

/** The layout a type is stored in when it is not dictionary encoded. */
export function layoutOf(type: DataType): Exclude<Column['layout'], 'dictionary'> {
  switch (type.kind) {
    case 'string':
    case 'binary':
      return 'bytes'
    case 'decimal':
      return type.precision <= 18 ? 'fixed' : 'decimal128'
    case 'array':
      return 'list'
    case 'map':
    case 'struct':
    case 'void':
      return type.kind
    default:
      return 'fixed'
  }
}

/** Numbers, booleans (0/1), dates, times, decimals up to 18 digits. 8-byte integers take bigint, the rest number. */
export class FixedBuilder implements ColumnBuilder {
  readonly type: DataType
  length = 0
  #values: FixedValues
  readonly #validity = new Validity()

  constructor(type: DataType, capacity = INITIAL_ROWS) {
    this.type = type
    this.#values = fixedValuesOf(type, Math.max(1, capacity))
  }

  append(value: number | bigint): void {
    if (this.length === this.#values.length) this.#values = growTo(this.#values, this.length * 2)
    ;(this.#values as { [row: number]: number | bigint })[this.length] = value
    this.#validity.setValid(this.length++)
  }

  appendNull(): void {
    if (this.length === this.#values.length) this.#values = growTo(this.#values, this.length * 2)
    this.#validity.setNull(this.length++)
  }

  finish(): FixedColumn {
    const column: FixedColumn = {
      layout: 'fixed',
      type: this.type,
      length: this.length,
      validity: this.#validity.take(),
      values: this.#values,
    }
    this.length = 0
    this.#values = fixedValuesOf(this.type, INITIAL_ROWS)
    return column
  }
}

/** Decimals of 19 to 38 digits: unscaled value as bigint. */
export class Decimal128Builder implements ColumnBuilder {
  readonly type: Extract<DataType, { kind: 'decimal' }>
  length = 0
  #values = new BigInt64Array(INITIAL_ROWS * 2)
  readonly #validity = new Validity()

  constructor(type: Extract<DataType, { kind: 'decimal' }>) {
    this.type = type
  }

  append(unscaled: bigint): void {
    this.#reserve()
    // BigInt64Array keeps the low 64 bits of whatever it is given.
    this.#values[this.length * 2] = unscaled
    this.#values[this.length * 2 + 1] = unscaled >> 64n
    this.#validity.setValid(this.length++)
  }

  appendNull(): void {
    this.#reserve()
    this.#validity.setNull(this.length++)
  }

  finish(): Decimal128Column {
    const { type, length } = this
    const column: Decimal128Column = {
      layout: 'decimal128',
      type,
      length,
      validity: this.#validity.take(),
      values: this.#values,
    }
    this.length = 0
    this.#values = new BigInt64Array(INITIAL_ROWS * 2)
    return column
  }

  #reserve(): void {
    if (this.length * 2 === this.#values.length) this.#values = growTo(this.#values, this.length * 4)
  }
}

/** Unscaled value of row `row` of a decimal128 column. */
export function decimal128At(values: BigInt64Array, row: number): bigint {
  return (values[row * 2 + 1] << 64n) | BigInt.asUintN(64, values[row * 2])
}

const encoder = new TextEncoder()

/** Strings (UTF-8) and binary. */
export class BytesBuilder implements ColumnBuilder {
  readonly type: DataType
  length = 0
  #offsets = new Int32Array(INITIAL_ROWS + 1)
  #bytes: Uint8Array
  #end = 0
  readonly #validity = new Validity()

  constructor(type: DataType, capacityBytes = 256) {
    this.type = type
    this.#bytes = new Uint8Array(Math.max(16, capacityBytes))
  }

  appendString(text: string): void {
    this.#reserveBytes(text.length * 3)
    this.#end += encoder.encodeInto(text, this.#bytes.subarray(this.#end)).written
    this.#endRow()
  }

  appendBytes(source: Uint8Array, start = 0, end = source.length): void {
    const size = end - start
    this.#reserveBytes(size)
    // Short copies are faster by hand than by a subarray and set.
    if (size < 32) for (let i = 0; i < size; i++) this.#bytes[this.#end + i] = source[start + i]!
    else this.#bytes.set(source.subarray(start, end), this.#end)
    this.#end += size
    this.#endRow()
  }

  appendNull(): void {
    this.#reserveRow()
    this.#offsets[this.length + 1] = this.#end
    this.#validity.setNull(this.length++)
  }

  finish(): BytesColumn {
    const { type, length } = this
    const column: BytesColumn = {
      layout: 'bytes',
      type,
      length,
      validity: this.#validity.take(),
      offsets: this.#offsets,
      bytes: this.#bytes,
    }
    this.length = 0
    this.#end = 0
    this.#offsets = new Int32Array(INITIAL_ROWS + 1)
    this.#bytes = new Uint8Array(256)
    return column
  }

  #endRow(): void {
    this.#reserveRow()
    this.#offsets[this.length + 1] = this.#end
    this.#validity.setValid(this.length++)
  }

  #reserveRow(): void {
    if (this.length + 1 === this.#offsets.length) this.#offsets = growTo(this.#offsets, this.length * 2 + 2)
  }

  #reserveBytes(size: number): void {
    const needed = this.#end + size
    if (needed > this.#bytes.length) this.#bytes = growTo(this.#bytes, Math.max(needed, this.#bytes.length * 2))
  }
}

/** Arrays: append the elements to `child`, then `endRow()`. */
export class ListBuilder implements ColumnBuilder {
  readonly type: Extract<DataType, { kind: 'array' }>
  readonly child: ColumnBuilder
  length = 0
  #offsets = new Int32Array(INITIAL_ROWS + 1)
  readonly #validity = new Validity()

  constructor(type: Extract<DataType, { kind: 'array' }>) {
    this.type = type
    this.child = builderOf(type.elementType)
  }

  endRow(): void {
    this.#mark()
    this.#validity.setValid(this.length++)
  }

  appendNull(): void {
    this.#mark()
    this.#validity.setNull(this.length++)
  }

  finish(): ListColumn {
    const { type, length } = this
    const column: ListColumn = {
      layout: 'list',
      type,
      length,
      validity: this.#validity.take(),
      offsets: this.#offsets,
      child: this.child.finish(),
    }
    this.length = 0
    this.#offsets = new Int32Array(INITIAL_ROWS + 1)
    return column
  }

  #mark(): void {
    if (this.length + 1 === this.#offsets.length) this.#offsets = growTo(this.#offsets, this.length * 2 + 2)
    this.#offsets[this.length + 1] = this.child.length
  }
}

/** Maps: append entries to `keys` and `values` alike, then `endRow()`. */
export class MapBuilder implements ColumnBuilder {
  readonly type: Extract<DataType, { kind: 'map' }>
  readonly keys: ColumnBuilder
  readonly values: ColumnBuilder
  length = 0
  #offsets = new Int32Array(INITIAL_ROWS + 1)
  readonly #validity = new Validity()

  constructor(type: Extract<DataType, { kind: 'map' }>) {
    this.type = type
    this.keys = builderOf(type.keyType)
    this.values = builderOf(type.valueType)
  }

  endRow(): void {
    this.#mark()
    this.#validity.setValid(this.length++)
  }

  appendNull(): void {
    this.#mark()
    this.#validity.setNull(this.length++)
  }

  finish(): MapColumn {
    const { type, length } = this
    const column: MapColumn = {
      layout: 'map',
      type,
      length,
      validity: this.#validity.take(),
      offsets: this.#offsets,
      keys: this.keys.finish(),
      values: this.values.finish(),
    }
    this.length = 0
    this.#offsets = new Int32Array(INITIAL_ROWS + 1)
    return column
  }

  #mark(): void {
    if (this.length + 1 === this.#offsets.length) this.#offsets = growTo(this.#offsets, this.length * 2 + 2)
    this.#offsets[this.length + 1] = this.keys.length
  }
}

/** Structs: append one value to every child, then `endRow()`. `appendNull` fills the children itself. */
export class StructBuilder implements ColumnBuilder {
  readonly type: Extract<DataType, { kind: 'struct' }>
  readonly children: readonly ColumnBuilder[]
  length = 0
  readonly #validity = new Validity()

  constructor(type: Extract<DataType, { kind: 'struct' }>) {
    this.type = type
    this.children = type.fields.map((field) => builderOf(field.type))
  }

  endRow(): void {
    this.#validity.setValid(this.length++)
  }

  appendNull(): void {
    for (const child of this.children) child.appendNull()
    this.#validity.setNull(this.length++)
  }

  finish(): StructColumn {
    const { type, length } = this
    const column: StructColumn = {
      layout: 'struct',
      type,
      length,
      validity: this.#validity.take(),
      children: this.children.map((child) => child.finish()),
    }
    this.length = 0
    return column
  }
}

export class VoidBuilder implements ColumnBuilder {
  readonly type: DataType = { kind: 'void' }
  length = 0

  appendNull(): void {
    this.length++
  }

  finish(): Column {
    const { type, length } = this
    this.length = 0
    return { layout: 'void', type, length, validity: null }
  }
}

/** The builder of a type's plain layout. */
export function builderOf(type: DataType): ColumnBuilder {
  switch (type.kind) {
    case 'string':
    case 'binary':
      return new BytesBuilder(type)
    case 'decimal':
      return type.precision <= 18 ? new FixedBuilder(type) : new Decimal128Builder(type)
    case 'array':
      return new ListBuilder(type)
    case 'map':
      return new MapBuilder(type)
    case 'struct':
      return new StructBuilder(type)
    case 'void':
      return new VoidBuilder()
    default:
      return new FixedBuilder(type)
  }
}
