/**
 * Spark's data types as plain data: they cross every worker boundary inside the columns they describe.
 * Operations on them (JSON, DDL, coercion) live in `engine/types`.
 */
export type AtomicKind =
  | 'void'
  | 'boolean'
  | 'byte'
  | 'short'
  | 'integer'
  | 'long'
  | 'float'
  | 'double'
  | 'string'
  | 'binary'
  | 'date'
  | 'timestamp'
  | 'timestamp_ntz'

export type AtomicType = { readonly kind: AtomicKind }
/** precision 1..38, 0 <= scale <= precision. */
export type DecimalType = { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
/** Months (year-month) or microseconds (day-time); fields as in `INTERVAL DAY TO SECOND`. */
export type IntervalType =
  | { readonly kind: 'year-month-interval'; readonly startField: 0 | 1; readonly endField: 0 | 1 }
  | { readonly kind: 'day-time-interval'; readonly startField: 0 | 1 | 2 | 3; readonly endField: 0 | 1 | 2 | 3 }
export type ArrayType = { readonly kind: 'array'; readonly elementType: DataType; readonly containsNull: boolean }
export type MapType = {
  readonly kind: 'map'
  readonly keyType: DataType
  readonly valueType: DataType
  readonly valueContainsNull: boolean
}
export type StructField = {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  /** Spark's column metadata; `spark.watermarkDelayMs` marks an event-time column. */
  readonly metadata?: Readonly<Record<string, unknown>>
}
export type StructType = { readonly kind: 'struct'; readonly fields: readonly StructField[] }

export type DataType = AtomicType | DecimalType | IntervalType | ArrayType | MapType | StructType
