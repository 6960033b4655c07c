import { create } from '@bufbuild/protobuf'
import type { Batch, StructType } from '../protocol/columns'
import type { Expression, Relation } from '../protocol/spark-connect'
import { RelationSchema } from '../protocol/spark-connect'
import { analyze } from '../engine/analyzer/analyze'
import { attribute, literal } from '../engine/analyzer/expression-tree'
import type { LeafSchemas } from '../engine/analyzer/resolve-inputs'
import { resolveInputs } from '../engine/analyzer/resolve-inputs'
import { batchesToArrow } from '../engine/batch/arrow'
import { batchFromRows } from '../engine/batch/from-values'
import { batchToRows } from '../engine/batch/to-values'
import type { BindContext, EvaluationContext } from '../engine/expressions/bound'
import { runBatchQuery } from '../engine/execution/batch-query'
import { compilePlan } from '../engine/plan/compile'
import type { PlanNode } from '../engine/plan/node'
import type { Catalog } from '../engine/ports/catalog'
import { parseDdl } from '../engine/types/type-ddl'
import { schemaToJson } from '../engine/types/type-json'

/** Relations as tests write them, and short ways to run them. */

type RelationKind = Parameters<typeof create<typeof RelationSchema>>[1] extends infer Init
  ? NonNullable<Init> extends { relType?: infer Kind }
    ? Kind
    : never
  : never

export function relation(relType: RelationKind, planId?: bigint): Relation {
  return create(RelationSchema, { ...(planId === undefined ? {} : { common: { planId } }), relType })
}

/** Rows that come with the plan; `ddl` such as `a INT, b STRING`. */
export function localRows(ddl: string, rows: readonly (readonly unknown[])[], planId?: bigint): Relation {
  const schema = parseDdl(ddl)
  const data = batchesToArrow(schema, [batchFromRows(schema, rows)])
  return relation({ case: 'localRelation', value: { data, schema: schemaToJson(schema) } }, planId)
}

export function rangeOf(end: bigint, planId?: bigint): Relation {
  return relation({ case: 'range', value: { start: 0n, end, step: 1n } }, planId)
}

export function select(input: Relation, ...expressions: (Expression | string)[]): Relation {
  return relation({
    case: 'project',
    value: { input, expressions: expressions.map((item) => (typeof item === 'string' ? attribute(item) : item)) },
  })
}

export function where(input: Relation, condition: Expression): Relation {
  return relation({ case: 'filter', value: { input, condition } })
}

export function dataSource(
  format: string,
  options: Record<string, string> = {},
  isStreaming = false,
  planId?: bigint,
): Relation {
  return relation(
    { case: 'read', value: { isStreaming, readType: { case: 'dataSource', value: { format, options } } } },
    planId,
  )
}

export function namedTable(unparsedIdentifier: string, isStreaming = false): Relation {
  return relation({
    case: 'read',
    value: { isStreaming, readType: { case: 'namedTable', value: { unparsedIdentifier } } },
  })
}

export const int = (value: number): Expression => literal({ case: 'integer', value })
export const text = (value: string): Expression => literal({ case: 'string', value })

export const testBindContext: BindContext = { conf: {}, isStreaming: false, lenient: () => undefined }
export const testContext: EvaluationContext = { nowMicros: 0n, timeZone: 'UTC', seed: 1, isCanceled: () => false }
export const emptyCatalog: Catalog = { lookup: () => Promise.resolve(null), similar: () => Promise.resolve([]) }
export const noSources: LeafSchemas = { schemaOf: () => Promise.resolve(null) }

export async function planOf(
  plan: Relation,
  leaves: LeafSchemas = noSources,
  catalog: Catalog = emptyCatalog,
): Promise<PlanNode> {
  return analyze(await resolveInputs(plan, catalog, leaves), testBindContext)
}

/** Rows of a batch plan as objects. `read` gives the leaves' batches. */
export async function rowsOf(
  plan: PlanNode,
  read: (leaf: number) => AsyncIterable<Batch> = () => batchesOf([]),
): Promise<Record<string, unknown>[]> {
  const batches = await runBatchQuery(compilePlan(plan), read, testContext)
  return batches.flatMap(batchToRows)
}

export async function* batchesOf(batches: readonly Batch[]): AsyncGenerator<Batch> {
  yield* batches
}

export function schemaOf(ddl: string): StructType {
  return parseDdl(ddl)
}
