import type { ArrayType, DataType, DecimalType, MapType, StructType } from './data-type'

/**
 * Column buffers: the one layout inside the engine and between our workers.
 *
 * Rules every producer keeps and every consumer may rely on:
 * - `validity` is one byte a row, 1 = value, 0 = NULL; `null` means no row is NULL. The value under a NULL is unspecified but readable.
 * - Typed arrays may be longer than the column needs; `length` counts rows.
 * - `offsets` has at least `length + 1` entries, never falls, and may start above 0 (a slice).
 * - Two columns never share one ArrayBuffer unless both are read only; transfer moves whole buffers.
 */
export type Column =
  FixedColumn | Decimal128Column | BytesColumn | DictionaryColumn | ListColumn | MapColumn | StructColumn | VoidColumn

type Shared<Type extends DataType = DataType> = {
  readonly type: Type
  readonly length: number
  readonly validity: Uint8Array | null
}

/**
 * boolean Uint8Array (0/1) · byte Int8 · short Int16 · integer, date (days), year-month interval (months) Int32 ·
 * long, timestamp and timestamp_ntz (microseconds), day-time interval (microseconds), decimal(p <= 18, unscaled) BigInt64 ·
 * float Float32 · double Float64.
 */
export type FixedColumn = Shared & { readonly layout: 'fixed'; readonly values: FixedValues }
export type FixedValues = Uint8Array | Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array

/** decimal(p > 18): two entries a row, low 64 bits (unsigned) then high 64 bits (signed), unscaled. */
export type Decimal128Column = Shared<DecimalType> & { readonly layout: 'decimal128'; readonly values: BigInt64Array }

/** string (UTF-8) and binary: row i is `bytes[offsets[i] .. offsets[i + 1])`. */
export type BytesColumn = Shared & {
  readonly layout: 'bytes'
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
}

/** Low-cardinality string: row i is dictionary row `codes[i]`. Codes mean nothing without this dictionary. */
export type DictionaryColumn = Shared & {
  readonly layout: 'dictionary'
  readonly codes: Int32Array
  readonly dictionary: BytesColumn
}

export type ListColumn = Shared<ArrayType> & {
  readonly layout: 'list'
  readonly offsets: Int32Array
  readonly child: Column
}

export type MapColumn = Shared<MapType> & {
  readonly layout: 'map'
  readonly offsets: Int32Array
  readonly keys: Column
  readonly values: Column
}

/** Children have the struct's row count; a NULL struct's children are NULL or unspecified. */
export type StructColumn = Shared<StructType> & { readonly layout: 'struct'; readonly children: readonly Column[] }

/** Type void: every row is NULL. */
export type VoidColumn = Shared & { readonly layout: 'void' }

/** Rows of one schema, by column. */
export type Batch = {
  readonly schema: StructType
  readonly numRows: number
  readonly columns: readonly Column[]
}
