declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** One open notebook's Spark session. */
export type SessionId = Branded<'SessionId'>
/** Stable id of a notebook cell; survives moves, never shown. */
export type CellId = Branded<'CellId'>
/** A streaming query's persistent id: the `id` in its checkpoint's `metadata`. */
export type QueryId = Branded<'QueryId'>
/** One start of a streaming query. */
export type RunId = Branded<'RunId'>
/** One plan handed to the engine; cancel names it. */
export type OperationId = Branded<'OperationId'>
/** A live Python or TypeScript function the engine may call back. */
export type FunctionId = Branded<'FunctionId'>
/** Micro-batch number, from 0. */
export type BatchId = number
