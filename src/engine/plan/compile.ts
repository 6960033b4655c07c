import type { StructField, StructType } from '../../protocol/columns'
import type { OutputMode } from '../analyzer/check-streaming'
import { WATERMARK_DELAY } from '../analyzer/watermark'
import type { StatefulQuery } from '../execution/stateful-query'
import type { BoundAggregate, BoundExpression } from '../expressions/bound'
import { columnsUsed } from '../expressions/node'
import { aggregate } from '../operators/aggregate'
import { eventTimeWatermark } from '../operators/event-time-watermark'
import { distinct } from '../operators/distinct'
import { expand } from '../operators/expand'
import { filter } from '../operators/filter'
import { generate } from '../operators/generate'
import { join } from '../operators/join'
import type { TimePath } from '../operators/late-rows'
import { limit, tail } from '../operators/limit'
import { local, range } from '../operators/local'
import { observe } from '../operators/observe'
import type { Operator, Transform } from '../operators/operator'
import { fused } from '../operators/operator'
import { project } from '../operators/project'
import { sample } from '../operators/sample'
import { scan } from '../operators/scan'
import { setDifference } from '../operators/set-difference'
import { show } from '../operators/show'
import { sort } from '../operators/sort'
import { streamingAggregate } from '../operators/streaming-aggregate'
import { streamingDedupe, streamingDedupeWithinWatermark } from '../operators/streaming-dedupe'
import { streamingLimit } from '../operators/streaming-limit'
import { subqueries } from '../operators/subqueries'
import { union } from '../operators/union'
import { window } from '../operators/window'
import { assertNever } from '../../protocol/assert-never'
import type { RunnelError } from '../../protocol/errors/runnel-error'
import { userError } from '../../protocol/errors/runnel-error'
import type { CompiledLeaf, CompiledPlan } from './compiled'
import { scansOf } from './leaves'
import type { LeafInput, PlanNode } from './node'
import { windowInputs } from './walk'
import { pushFilters } from './push-filters'
import { nodesOf } from './walk'

/**
 * Turns an analysed plan into operators. From the root down each node learns which of its columns are needed; leaves read only
 * those. Columns keep their positions (a placeholder stands for an unneeded one), so bound expressions need no rewriting.
 */
export function compilePlan(node: PlanNode, streaming: StreamingTarget | null = null): CompiledPlan {
  const leaves: Leaf[] = []
  const root = build(streaming === null ? node : pushFilters(node), allOf(node.schema), leaves, streaming)
  const operator = fused(root.source, root.transforms)
  return {
    schema: node.schema,
    isStreaming: node.isStreaming,
    leaves: leaves.map((leaf): CompiledLeaf => ({ input: leaf.input, columns: leaf.columns(), uses: leaf.uses })),
    scans: scansOf(node),
    run: (read, context, onMetrics) => operator({ read, context, ...(onMetrics === undefined ? {} : { onMetrics }) }),
  }
}

/** What a plan that runs as a streaming query is compiled for: operators with state join `stateful`. */
export type StreamingTarget = { readonly outputMode: OutputMode; readonly stateful: StatefulQuery }

/** A node's operators: where batches come from and what happens to each of them on its own. */
type Stage = { readonly source: Operator; readonly transforms: readonly Transform[] }

type Leaf = {
  readonly input: LeafInput
  readonly needed: Set<number>
  uses: number
  columns(): readonly string[] | null
}

type Needed = ReadonlySet<number>

function build(node: PlanNode, needed: Needed, leaves: Leaf[], streaming: StreamingTarget | null): Stage {
  const operatorOf = (child: PlanNode, childNeeded: Needed): Operator => {
    const stage = build(child, childNeeded, leaves, streaming)
    return fused(stage.source, stage.transforms)
  }
  const then = (child: PlanNode, childNeeded: Needed, transform: Transform): Stage => {
    const stage = build(child, childNeeded, leaves, streaming)
    return { source: stage.source, transforms: [...stage.transforms, transform] }
  }
  const { schema } = node
  switch (node.kind) {
    case 'scan': {
      const leaf = useLeaf(node.leaf, node.input, needed, leaves)
      return from(scan(node.leaf, schema, needed, () => leaf.columns()))
    }
    case 'local':
      return from(local(node.batches))
    case 'range':
      return from(range(schema, node.start, node.end, node.step))
    case 'project': {
      const used = node.expressions.filter((_, index) => needed.has(index))
      return then(node.input, inputsOf(used), project(schema, node.expressions, needed))
    }
    case 'expand': {
      const used = node.projections.flatMap((expressions) => expressions.filter((_, index) => needed.has(index)))
      return from(expand(operatorOf(node.input, inputsOf(used)), schema, node.projections, needed))
    }
    case 'filter':
      return then(node.input, both(needed, inputsOf([node.condition])), filter(node.condition, needed))
    case 'generate': {
      const inputWidth = node.input.schema.fields.length
      const passed = new Set([...needed].filter((index) => index < inputWidth))
      const inline = node.generatorName.startsWith('inline')
      const { generator, outer, position } = node
      return then(
        node.input,
        both(passed, inputsOf([generator])),
        generate({ schema, inputWidth, generator, outer, position, inline }, needed),
      )
    }
    case 'watermark': {
      if (streaming === null) return build(node.input, needed, leaves, streaming)
      const { stateful } = streaming
      const times = stateful.watermark(node.delayMs)
      const wanted = both(needed, new Set([node.column]))
      if (!hasWatermarkBelow(node.input)) return then(node.input, wanted, eventTimeWatermark(node.column, times))
      return from(
        fused(redefinedWatermark(operatorOf(node.input, wanted), stateful), [eventTimeWatermark(node.column, times)]),
      )
    }
    case 'limit':
      if (node.input.kind === 'limit' && node.offset === 0 && node.input.offset === 0 && node.limit >= 0)
        return build({ ...node.input, limit: smallerLimit(node, node.input) }, needed, leaves, streaming)
      if (streaming !== null && isStreamingLimit(node, streaming.outputMode))
        return from(buildStreamingLimit(node, needed, streaming, operatorOf))
      return from(limit(operatorOf(node.input, needed), node.limit, node.offset))
    case 'tail':
      return from(tail(operatorOf(node.input, needed), node.limit))
    case 'sample':
      return from(sample(operatorOf(node.input, needed), node.lower, node.upper, node.withReplacement, node.seed))
    case 'sort': {
      const keys = inputsOf(node.order.map((key) => key.expression))
      return from(sort(operatorOf(node.input, both(needed, keys)), schema, node.order, needed))
    }
    case 'subqueries': {
      const cells = node.cells.map((cell) => ({ cell, run: operatorOf(cell.plan, allOf(cell.plan.schema)) }))
      return from(subqueries(operatorOf(node.input, needed), cells))
    }
    case 'window': {
      const width = node.input.schema.fields.length
      const passed = new Set([...needed].filter((index) => index < width))
      const used = [
        ...node.partition,
        ...node.order.map((key) => key.expression),
        ...node.functions.flatMap(windowInputs),
      ]
      const wanted = both(passed, inputsOf(used))
      return from(window(operatorOf(node.input, wanted), node.input.schema, schema, node, needed))
    }
    case 'union':
      return from(
        union(
          schema,
          node.inputs.map((input) => operatorOf(input, needed)),
        ),
      )
    case 'distinct': {
      if (streaming !== null && node.isStreaming) return from(buildStreamingDedupe(node, needed, streaming, operatorOf))
      const wanted = both(needed, new Set(node.keys))
      return from(distinct(operatorOf(node.input, wanted), schema, node.keys, needed))
    }
    case 'set-difference':
      return from(
        setDifference(
          operatorOf(node.left, allOf(schema)),
          operatorOf(node.right, allOf(schema)),
          schema,
          node.keep,
          node.isAll,
        ),
      )
    case 'aggregate':
      if (streaming !== null && node.isStreaming) return from(buildStreamingAggregate(node, streaming, operatorOf))
      return from(aggregate(operatorOf(node.input, aggregateInputs(node)), { ...node }))
    case 'observe': {
      const input = operatorOf(node.input, both(needed, aggregateInputs(node.metrics)))
      return from(observe(input, node.name, node.metrics))
    }
    case 'join':
      return from(buildJoin(node, needed, operatorOf))
    case 'show':
      return from(
        show(
          operatorOf(node.input, allOf(node.input.schema)),
          node.input.schema,
          schema,
          node.numRows,
          node.truncate,
          node.vertical,
        ),
      )
    default:
      return assertNever(node, 'plan node')
  }
}

function buildStreamingAggregate(
  node: Extract<PlanNode, { kind: 'aggregate' }>,
  { outputMode, stateful }: StreamingTarget,
  operatorOf: (child: PlanNode, needed: Needed) => Operator,
): Operator {
  const state = stateful.operator({
    name: 'stateStoreSave',
    hasWatermark: hasWatermarkBelow(node),
    runsForWatermark: outputMode !== 'complete',
    isSinglePartition: node.keys.length === 0,
  })
  const problem = severalEventTimes(node.keys)
  const eventTime = eventTimePath(node.keys)
  const rawTime = eventTime === null ? null : rawTimeColumn(node.input)
  const needed = aggregateInputs(node)
  const input = operatorOf(node.input, rawTime === null ? needed : both(needed, new Set([rawTime])))
  if (problem !== null) return failing(problem)
  return streamingAggregate(input, { ...node, outputMode, eventTime, rawTime }, state)
}

function buildStreamingDedupe(
  node: Extract<PlanNode, { kind: 'distinct' }>,
  needed: Needed,
  { stateful }: StreamingTarget,
  operatorOf: (child: PlanNode, needed: Needed) => Operator,
): Operator {
  const { schema, keys } = node
  const isWithinWatermark = node.withinWatermark === true
  const state = stateful.operator({
    name: isWithinWatermark ? 'dedupeWithinWatermark' : 'dedupe',
    hasWatermark: hasWatermarkBelow(node),
    runsForWatermark: true,
  })
  // Spark prunes first: an event time that nobody reads any more makes no row late.
  const read = both(needed, new Set(keys))
  const columns = schema.fields.map((field, index) =>
    read.has(index) ? field : { name: field.name, type: field.type },
  )
  const problem = severalEventTimes(columns)
  const eventTime = eventTimePath(columns)
  const wanted = eventTime === null ? read : both(read, new Set([eventTime[0]]))
  const input = operatorOf(node.input, wanted)
  if (problem !== null) return failing(problem)
  if (!isWithinWatermark || eventTime === null)
    return streamingDedupe(input, { schema, keys, eventTime }, state, wanted)
  const delayMs = Number(schema.fields[eventTime[0]].metadata?.[WATERMARK_DELAY])
  return streamingDedupeWithinWatermark(input, { schema, keys, eventTime, delayMs }, state, wanted)
}

/** A limit above an aggregation in complete mode cuts each result; any other one counts over the query's life. */
function isStreamingLimit(node: Extract<PlanNode, { kind: 'limit' }>, outputMode: OutputMode): boolean {
  if (!node.isStreaming || outputMode === 'update') return false
  return outputMode === 'append' || !nodesOf(node).some((below) => below.kind === 'aggregate' && below.isStreaming)
}

function smallerLimit(outer: { readonly limit: number }, inner: { readonly limit: number }): number {
  return inner.limit < 0 ? outer.limit : Math.min(outer.limit, inner.limit)
}

function buildStreamingLimit(
  node: Extract<PlanNode, { kind: 'limit' }>,
  needed: Needed,
  { stateful }: StreamingTarget,
  operatorOf: (child: PlanNode, needed: Needed) => Operator,
): Operator {
  if (node.limit === 0) {
    // As in Spark nothing is read for no rows; the leaves are sources all the same.
    operatorOf(node.input, needed)
    return local([])
  }
  const state = stateful.operator({
    name: 'globalLimit',
    hasWatermark: hasWatermarkBelow(node),
    runsForWatermark: false,
    isSinglePartition: true,
  })
  return streamingLimit(operatorOf(node.input, needed), node.limit, state)
}

/** Where event time stands among columns: a marked TIMESTAMP, or the end of a marked window. */
export function eventTimePath(columns: readonly Pick<StructField, 'type' | 'metadata'>[]): TimePath | null {
  const index = columns.findIndex((column) => column.metadata?.[WATERMARK_DELAY] !== undefined)
  if (index < 0) return null
  return columns[index].type.kind === 'struct' ? [index, 1] : [index]
}

/** Spark finds out when the first batch is planned, so the query starts and then fails. */
function severalEventTimes(columns: readonly Pick<StructField, 'name' | 'metadata'>[]): RunnelError | null {
  const marked = columns.filter((column) => column.metadata?.[WATERMARK_DELAY] !== undefined)
  if (marked.length < 2) return null
  const names = marked.map(({ name, metadata }) => `${name}-T${String(metadata?.[WATERMARK_DELAY])}ms`)
  const eventTimeCols = `(${names.join(',')})`
  return userError(
    '_LEGACY_ERROR_TEMP_3077',
    `More than one event time columns are available. Please ensure there is at most one event time column per stream. event time columns: ${eventTimeCols}`,
    {
      parameters: { eventTimeCols },
      hint: 'Group by one of them: drop the other column, or compute it, which takes its watermark off.',
    },
  )
}

/** A watermark above a watermark: Spark refuses it in the first batch that has one. */
function redefinedWatermark(input: Operator, stateful: StatefulQuery): Operator {
  return async function* (run) {
    if (stateful.batch.evictionWatermarkMs > 0) {
      throw userError(
        '',
        "Redefining watermark is disallowed. You can set the config 'spark.sql.streaming.statefulOperator.allowMultiple' to 'false' to restore the previous behavior. Note that multiple stateful operators will be disallowed.",
        {
          exception: 'AnalysisException',
          hint: 'Call withWatermark once a stream; chain windows with window_time(window).',
        },
      )
    }
    yield* input(run)
  }
}

function failing(error: RunnelError): Operator {
  return () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) })
}

function rawTimeColumn(input: PlanNode): number | null {
  const index = input.schema.fields.findIndex(
    ({ type, metadata }) => type.kind === 'timestamp' && metadata?.[WATERMARK_DELAY] !== undefined,
  )
  return index < 0 ? null : index
}

/** Without a watermark below it an operator's watermark stays 0. */
export function hasWatermarkBelow(node: PlanNode): boolean {
  return nodesOf(node).some((below) => below.kind === 'watermark')
}

function buildJoin(
  node: Extract<PlanNode, { kind: 'join' }>,
  needed: Needed,
  operatorOf: (child: PlanNode, needed: Needed) => Operator,
): Operator {
  const width = node.left.schema.fields.length
  const conditionInputs = node.condition === null ? new Set<number>() : inputsOf([node.condition])
  const wanted = both(needed, both(conditionInputs, inputsOf([...node.leftKeys, ...node.rightKeys])))
  const left = new Set([...wanted].filter((index) => index < width))
  const right = new Set([...wanted].filter((index) => index >= width).map((index) => index - width))
  const { joinType, leftKeys, rightKeys, condition, schema } = node
  return join(
    operatorOf(node.left, left),
    operatorOf(node.right, right),
    { joinType, leftKeys, rightKeys, condition, leftSchema: node.left.schema, rightSchema: node.right.schema, schema },
    needed,
    conditionInputs,
  )
}

function from(source: Operator): Stage {
  return { source, transforms: [] }
}

/** Every use of a leaf adds the columns it needs; the source is read with all of them. */
function useLeaf(index: number, input: LeafInput, needed: Needed, leaves: Leaf[]): Leaf {
  const known = leaves[index]
  if (known !== undefined) {
    needed.forEach((column) => known.needed.add(column))
    known.uses++
    return known
  }
  const all = new Set(needed)
  const leaf: Leaf = {
    input,
    needed: all,
    uses: 1,
    columns() {
      const { fields } = input.schema
      return all.size === fields.length
        ? null
        : fields.filter((_, column) => all.has(column)).map((field) => field.name)
    },
  }
  leaves[index] = leaf
  return leaf
}

function allOf(schema: StructType): Needed {
  return new Set(schema.fields.keys())
}

function both(a: Needed, b: Needed): Needed {
  return new Set([...a, ...b])
}

function inputsOf(expressions: readonly BoundExpression[]): Set<number> {
  const inputs = new Set<number>()
  for (const expression of expressions) for (const index of columnsUsed(expression)) inputs.add(index)
  return inputs
}

function aggregateInputs({
  keys,
  aggregates,
}: {
  readonly keys: readonly BoundExpression[]
  readonly aggregates: readonly BoundAggregate[]
}): Needed {
  return inputsOf([
    ...keys,
    ...aggregates.flatMap((one) => (one.filter === null ? one.inputs : [...one.inputs, one.filter])),
  ])
}
