import type { Expression, SubqueryExpression } from '../../protocol/spark-connect'
import type { Batch, Column, DataType, StructField } from '../../protocol/columns'

/**
 * An analysed expression: type known, names resolved to column positions, implicit casts made explicit.
 * Deterministic in (batch, context), so a micro-batch that runs again gives the same rows.
 */
export interface BoundExpression {
  readonly type: DataType
  readonly nullable: boolean
  /** The column name Spark gives when there is no alias, for example `upper(name)` or `CAST(a AS INT)`. */
  readonly name: string
  /** Metadata that survives an alias (event-time marks); undefined when computed. */
  readonly metadata?: StructField['metadata']
  readonly children: readonly BoundExpression[]
  /** Set when the value does not depend on the row: folding, option arguments, `limit`. */
  readonly isConstant: boolean
  /** Index of the input column when the expression is nothing but that column. */
  readonly inputIndex?: number
  /** Set when the expression is a `from_json`, under whatever name. */
  readonly parsesJson?: boolean
  /** One column of `batch.numRows` rows. Throws Spark's run-time error (`DIVIDE_BY_ZERO`, `CAST_INVALID_INPUT`) under ANSI rules. */
  evaluate(batch: Batch, context: EvaluationContext): Column
}

/** What stays the same for all rows of one micro-batch or batch query. */
export type EvaluationContext = {
  /** `current_timestamp()`: microseconds since 1970; `offsets/N` batchTimestampMs in a stream. */
  readonly nowMicros: bigint
  /** Session time zone id, `UTC` unless set. */
  readonly timeZone: string
  /** Seed for rand(), uuid(), ...: one per batch, recorded so that a repeat gives the same values. */
  readonly seed: number
  /** True when the query was canceled; looked at once per batch. */
  isCanceled(): boolean
  /** Told what streams are asked about most; absent in batch queries. */
  readonly probe?: PlanProbe
}

/** Counts by which an empty result is explained. Called once a batch of columns. */
export interface PlanProbe {
  filtered(condition: string, numInputRows: number, numOutputRows: number): void
  /** A column that `from_json` made. */
  parsed(name: string, column: Column): void
}

/** Columns an expression may name, in order. */
export type Scope = {
  readonly columns: readonly ScopeColumn[]
}
export type ScopeColumn = {
  readonly field: StructField
  /** Table alias parts that may stand in front of the name, outermost last: `["lakehouse", "events"]` or `["e"]`. */
  readonly qualifier: readonly string[]
  /** Connect plan ids whose `df["x"]` means this column. */
  readonly planIds: readonly bigint[]
}

export type BindContext = {
  readonly conf: Readonly<Record<string, string>>
  readonly isStreaming: boolean
  /** See `protocol/leniencies.ts`. */
  lenient(id: string, detail?: Readonly<Record<string, string>>): void
  /** Binds a subquery of the relation at hand; absent where there are none. */
  readonly subquery?: (subquery: SubqueryExpression, binding: SubqueryBinding) => BoundExpression
}

/** How a subquery's outer values are bound: in the scope of the expression that holds it. */
export type SubqueryBinding = { readonly bind: (expression: Expression) => BoundExpression }

/**
 * An analysed aggregate call. State lives in columns, one entry a group; groups are numbered 0.. in order of appearance.
 * The same object serves batch queries and the streaming operators' state.
 */
export interface BoundAggregate {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  readonly isDistinct: boolean
  /** Argument expressions, evaluated once per batch by the operator. */
  readonly inputs: readonly BoundExpression[]
  /** `FILTER (WHERE ...)`. */
  readonly filter: BoundExpression | null
  /** Types of the state columns: what a checkpoint keeps for each group. */
  readonly stateTypes: readonly DataType[]
  open(): AggregateState
}

export interface AggregateState {
  /** Makes room for groups `0 .. numGroups - 1`; new ones start empty. */
  grow(numGroups: number): void
  /** Adds row `rows[i]` (all rows when null) of the input columns to group `groups[i]`. */
  add(groups: Int32Array, numRows: number, inputs: readonly Column[]): void
  /** Current results of the groups, in the order given. */
  results(groups: Int32Array): Column
  /** State columns of the groups, for the checkpoint. */
  save(groups: Int32Array): readonly Column[]
  /** Adds saved state row i to group `groups[i]` (restore, and merge of partial aggregates). */
  merge(groups: Int32Array, state: readonly Column[]): void
  /** Makes the groups empty again, as `grow` makes them: their numbers go to other keys. */
  reset(groups: Int32Array): void
  /** Memory held, about. */
  readonly sizeBytes: number
  /** What `merge` wants of a batch, when no more is needed: the count of values, or sum (DOUBLE) and count of a DOUBLE input. */
  readonly partial?: 'count' | 'double-sum'
}
