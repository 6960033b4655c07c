import type { Batch, Column, StructType } from '../../protocol/columns'
import type { Relation } from '../../protocol/spark-connect'
import type { BoundAggregate, BoundExpression, Scope } from '../expressions/bound'

/** An analysed relation. `scope` holds its output columns with their qualifiers; `scope.columns[i].field` is `schema.fields[i]`. */
export type PlanNode = {
  readonly schema: StructType
  readonly scope: Scope
  readonly isStreaming: boolean
} & PlanKind

export type PlanKind =
  | { readonly kind: 'scan'; readonly leaf: number; readonly input: LeafInput }
  | { readonly kind: 'local'; readonly batches: readonly Batch[] }
  | { readonly kind: 'range'; readonly start: bigint; readonly end: bigint; readonly step: bigint }
  | { readonly kind: 'project'; readonly input: PlanNode; readonly expressions: readonly BoundExpression[] }
  /** Every row once for each projection: grouping sets. */
  | {
      readonly kind: 'expand'
      readonly input: PlanNode
      readonly projections: readonly (readonly BoundExpression[])[]
    }
  /** explode, posexplode, inline, ...: at most one generator a projection. `outer` keeps rows that generate nothing. */
  | {
      readonly kind: 'generate'
      readonly input: PlanNode
      readonly generator: BoundExpression
      readonly generatorName: string
      readonly outer: boolean
      readonly position: boolean
    }
  | { readonly kind: 'filter'; readonly input: PlanNode; readonly condition: BoundExpression }
  | { readonly kind: 'limit'; readonly input: PlanNode; readonly limit: number; readonly offset: number }
  | { readonly kind: 'tail'; readonly input: PlanNode; readonly limit: number }
  | { readonly kind: 'sort'; readonly input: PlanNode; readonly order: readonly SortKey[]; readonly isGlobal: boolean }
  /** Window functions over partitions of the whole input; output is the input's columns, then one a function. */
  | {
      readonly kind: 'window'
      readonly input: PlanNode
      readonly partition: readonly BoundExpression[]
      readonly order: readonly SortKey[]
      readonly functions: readonly WindowFunction[]
    }
  /** Runs the cells' plans, then the input, whose expressions look into the cells. */
  | { readonly kind: 'subqueries'; readonly input: PlanNode; readonly cells: readonly SubqueryCell[] }
  | { readonly kind: 'union'; readonly inputs: readonly PlanNode[] }
  | {
      readonly kind: 'aggregate'
      readonly input: PlanNode
      readonly keys: readonly BoundExpression[]
      readonly aggregates: readonly BoundAggregate[]
      readonly results: readonly BoundExpression[]
    }
  | {
      readonly kind: 'distinct'
      readonly input: PlanNode
      readonly keys: readonly number[]
      readonly withinWatermark?: boolean
    }
  | { readonly kind: 'watermark'; readonly input: PlanNode; readonly column: number; readonly delayMs: number }
  /** Output is the left columns, then the right ones (left alone for semi and anti). Keys pair up by position; `condition` sees left then right. */
  | {
      readonly kind: 'join'
      readonly left: PlanNode
      readonly right: PlanNode
      readonly joinType: JoinType
      readonly leftKeys: readonly BoundExpression[]
      readonly rightKeys: readonly BoundExpression[]
      readonly condition: BoundExpression | null
    }
  /** INTERSECT and EXCEPT, by position; `isAll` keeps multiplicities. */
  | {
      readonly kind: 'set-difference'
      readonly left: PlanNode
      readonly right: PlanNode
      readonly keep: 'intersect' | 'except'
      readonly isAll: boolean
    }
  /** Bernoulli sample of the rows whose draw falls in `[lower, upper)`, or with replacement a Poisson sample of mean `upper - lower`. */
  | {
      readonly kind: 'sample'
      readonly input: PlanNode
      readonly lower: number
      readonly upper: number
      readonly withReplacement: boolean
      readonly seed: bigint
    }
  /** `observe(name, metrics...)`: rows pass unchanged, the named aggregates see them all. */
  | {
      readonly kind: 'observe'
      readonly input: PlanNode
      readonly name: string
      readonly metrics: Extract<PlanKind, { kind: 'aggregate' }> & { readonly schema: StructType }
    }
  /** One row, one column `show_string`: the text of `show()`. */
  | {
      readonly kind: 'show'
      readonly input: PlanNode
      readonly numRows: number
      readonly truncate: number
      readonly vertical: boolean
    }

export type JoinType = 'inner' | 'cross' | 'leftOuter' | 'rightOuter' | 'fullOuter' | 'leftSemi' | 'leftAnti'

export type SortKey = {
  readonly expression: BoundExpression
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** Rows of a subquery, set anew by each run before anything reads them. */
export type SubqueryCell = {
  readonly plan: PlanNode
  rows: { readonly numRows: number; readonly columns: readonly Column[] } | null
}

/** A boundary counts rows (ROWS) or the order key's units (RANGE) from the current row; `null` is unbounded. */
export type WindowFrame = {
  readonly unit: 'rows' | 'range'
  readonly lower: number | null
  readonly upper: number | null
}

export type WindowFunction =
  | { readonly kind: 'rank'; readonly name: 'row_number' | 'rank' | 'dense_rank' | 'percent_rank' | 'cume_dist' }
  | { readonly kind: 'ntile'; readonly buckets: number }
  /** `offset` rows ahead, behind when negative; `otherwise` where there is no such row, NULL when absent. */
  | {
      readonly kind: 'offset'
      readonly value: BoundExpression
      readonly offset: number
      readonly otherwise: BoundExpression | null
      readonly ignoresNulls: boolean
    }
  /** The frame's row `position` counted from 1, from the end when negative. */
  | {
      readonly kind: 'nth'
      readonly value: BoundExpression
      readonly position: number
      readonly frame: WindowFrame
      readonly ignoresNulls: boolean
    }
  | { readonly kind: 'aggregate'; readonly aggregate: BoundAggregate; readonly frame: WindowFrame }

/** A leaf that reads from outside, its schema fetched by `resolveInputs`. */
export type LeafInput = {
  readonly format: string
  readonly options: Readonly<Record<string, string>>
  readonly schema: StructType
  readonly userSchema: StructType | null
  readonly isStreaming: boolean
  /** Table name or path for messages and cards. */
  readonly label: string
  /** Two uses of one DataFrame are one source: equal keys share it. */
  readonly key: string
  /** Name parts that may stand in front of a column of a table, outermost first. */
  readonly qualifier?: readonly string[]
}

/** What phase one hands to phase two: the relation with views inlined and one entry per leaf, keyed by the leaf's relation object. */
export type ResolvedInputs = {
  readonly relation: Relation
  readonly leaves: ReadonlyMap<Relation, LeafInput>
}
