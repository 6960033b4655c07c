import type { StructType } from '../../protocol/columns'
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
  | { readonly kind: 'local'; readonly batches: readonly import('../../protocol/columns').Batch[] }
  | { readonly kind: 'range'; readonly start: bigint; readonly end: bigint; readonly step: bigint }
  | { readonly kind: 'project'; readonly input: PlanNode; readonly expressions: readonly BoundExpression[] }
  /** explode, posexplode, inline, ...: at most one generator a projection. `outer` keeps rows that generate nothing. */
  | { readonly kind: 'generate'; readonly input: PlanNode; readonly generator: BoundExpression; readonly generatorName: string; readonly outer: boolean; readonly position: boolean }
  | { readonly kind: 'filter'; readonly input: PlanNode; readonly condition: BoundExpression }
  | { readonly kind: 'limit'; readonly input: PlanNode; readonly limit: number; readonly offset: number }
  | { readonly kind: 'tail'; readonly input: PlanNode; readonly limit: number }
  | { readonly kind: 'sort'; readonly input: PlanNode; readonly order: readonly SortKey[]; readonly isGlobal: boolean }
  | { readonly kind: 'union'; readonly inputs: readonly PlanNode[] }
  | { readonly kind: 'aggregate'; readonly input: PlanNode; readonly keys: readonly BoundExpression[]; readonly aggregates: readonly BoundAggregate[]; readonly results: readonly BoundExpression[] }
  | { readonly kind: 'distinct'; readonly input: PlanNode; readonly keys: readonly number[] }
  | { readonly kind: 'watermark'; readonly input: PlanNode; readonly column: number; readonly delayMs: number }

export type SortKey = { readonly expression: BoundExpression; readonly descending: boolean; readonly nullsFirst: boolean }

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
}

/** What phase one hands to phase two: the relation with views inlined and one entry per leaf, keyed by the leaf's relation object. */
export type ResolvedInputs = {
  readonly relation: Relation
  readonly leaves: ReadonlyMap<Relation, LeafInput>
}
