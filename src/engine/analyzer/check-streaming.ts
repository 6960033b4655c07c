import type { RunnelError } from '../../protocol/errors/runnel-error'
import { userError } from '../../protocol/errors/runnel-error'
import type { BindContext, BoundExpression } from '../expressions/bound'
import type { Node } from '../expressions/node'
import type { JoinType, PlanNode } from '../plan/node'
import { inputsOfNode, nodesOf } from '../plan/walk'
import { unsupportedFeature } from './analysis-errors'
import { WATERMARK_DELAY } from './watermark'

export type OutputMode = 'append' | 'update' | 'complete'

/**
 * What a batch action (show, collect, count, a batch write) may not do: read a stream. Spark's words of 4.1.
 */
export function checkBatch(plan: PlanNode): void {
  if (plan.isStreaming) {
    throw refused(
      'Queries with streaming sources must be executed with writeStream.start(), or from a streaming table or flow definition within a Spark Declarative Pipeline.',
      'A stream has no end to show. Use display(df) for a live preview, or writeStream.format("memory" or "console").start().',
    )
  }
  for (const node of nodesOf(plan)) {
    if (node.kind === 'distinct' && node.withinWatermark === true) {
      throw refused(
        'dropDuplicatesWithinWatermark is not supported with batch DataFrames/DataSets',
        'On a batch DataFrame use dropDuplicates.',
      )
    }
  }
}

/**
 * What Spark refuses when a streaming query starts, in its order: streaming at all, output mode, then each relation from the leaves
 * up, then chained stateful operators. Last come stateful operators this engine does not run yet, refused by name.
 * Without `lenient` nothing is let through.
 */
export function checkStreaming(plan: PlanNode, outputMode: OutputMode, lenient?: BindContext['lenient']): void {
  if (!plan.isStreaming) {
    throw refused(
      'Queries without streaming sources cannot be executed with writeStream.start()',
      'Use df.write for a batch DataFrame, or read with spark.readStream.',
    )
  }
  checkOutputMode(plan, outputMode)
  const nodes = nodesOf(plan)
  for (const node of nodes)
    if (node.isStreaming || node.kind === 'set-difference') checkRelation(node, outputMode, plan, lenient)
  for (const node of nodes) checkChained(node, outputMode)
  for (const node of nodes) if (node.isStreaming) refuseUnbuilt(node)
}

function checkOutputMode(plan: PlanNode, outputMode: OutputMode): void {
  const topDown = nodesOf(plan).reverse()
  const aggregate = topDown.find((node) => node.kind === 'aggregate' && node.isStreaming)
  if (outputMode === 'append' && aggregate?.kind === 'aggregate' && !aggregate.keys.some(hasWatermark)) {
    throw unsupportedOutputMode(
      'append',
      'streaming aggregations without watermark',
      'Append gives a group out once it can no longer change: add withWatermark("eventTime", "10 minutes") before groupBy and group by window(eventTime, ...), or use outputMode("update") or outputMode("complete").',
    )
  }
  if (outputMode === 'complete' && aggregate === undefined) {
    throw unsupportedOutputMode(
      'complete',
      'no streaming aggregations',
      'Complete rewrites the whole result, which only an aggregation has: use outputMode("append").',
    )
  }
}

function checkRelation(
  node: PlanNode,
  outputMode: OutputMode,
  plan: PlanNode,
  lenient: BindContext['lenient'] | undefined,
): void {
  switch (node.kind) {
    case 'aggregate':
      if (node.aggregates.some((one) => one.isDistinct)) {
        if (lenient !== undefined) return lenient('streaming-count-distinct')
        throw refused(
          'Distinct aggregations are not supported on streaming DataFrames/Datasets. Consider using approx_count_distinct() instead.',
          'Replace countDistinct(column) by approx_count_distinct(column).',
          { from: 'countDistinct', to: 'approx_count_distinct' },
        )
      }
      return
    case 'distinct':
      if (
        node.withinWatermark === true &&
        !node.input.schema.fields.some((field) => field.metadata?.[WATERMARK_DELAY] !== undefined)
      ) {
        throw refused(
          'dropDuplicatesWithinWatermark is not supported on streaming DataFrames/DataSets without watermark',
          'Add withWatermark("eventTime", "10 minutes") before it.',
        )
      }
      return
    case 'join':
      return checkJoin(node.left, node.right, node.joinType, node, outputMode)
    case 'set-difference':
      if (node.keep === 'except' && node.right.isStreaming) {
        throw refused(
          'Except on a streaming DataFrame/Dataset on the right is not supported',
          'Turn the two around, or do it in foreachBatch.',
        )
      }
      if (node.keep === 'intersect' && node.isStreaming) {
        throw refused(
          'Intersect of streaming DataFrames/Datasets is not supported',
          'Join on the columns instead, or do it in foreachBatch.',
        )
      }
      return
    case 'union':
      if (node.inputs.some((input) => input.isStreaming !== node.isStreaming)) {
        throw refused(
          'Union between streaming and batch DataFrames/Datasets is not supported',
          'Read both as streams, or write the batch rows to the target once.',
        )
      }
      return
    case 'limit':
      if (node.offset > 0)
        throw refused(
          'Offset is not supported on streaming DataFrames/Datasets',
          'A stream has no rows to skip: filter instead.',
        )
      if (outputMode === 'update') {
        throw refused(
          'Limits are not supported on streaming DataFrames/Datasets in Update output mode',
          'Use outputMode("append"), or limit inside foreachBatch.',
        )
      }
      return
    case 'tail':
      throw refused('Tail is not supported on streaming DataFrames/Datasets', 'A stream has no end.')
    case 'sort': {
      const isAggregated = nodesOf(node).some((below) => below.kind === 'aggregate' && below.isStreaming)
      if (outputMode === 'complete' && isAggregated) return
      throw refused(
        'Sorting is not supported on streaming DataFrames/Datasets, unless it is on aggregated DataFrame/Dataset in Complete output mode',
        'Sort when you read the result, or inside foreachBatch.',
      )
    }
    case 'sample':
      throw refused(
        'Sampling is not supported on streaming DataFrames/Datasets',
        'Filter by a hash instead, for example where("hash(id) % 10 = 0").',
      )
    case 'project':
      if (node.expressions.some((expression) => mentions(expression, 'monotonically_increasing_id()'))) {
        throw refused(
          'Expression(s): monotonically_increasing_id() is not supported with streaming DataFrames/Datasets',
          'Use uuid(), or the offset of the source.',
        )
      }
      return
    case 'show':
      throw refusedShow(plan)
    default:
      return
  }
}

function refusedShow(plan: PlanNode): RunnelError {
  try {
    checkBatch(plan)
  } catch (error) {
    return error as RunnelError
  }
  return unsupportedFeature('show() inside a streaming plan', 'Show a batch DataFrame.')
}

function checkJoin(left: PlanNode, right: PlanNode, joinType: JoinType, node: PlanNode, outputMode: OutputMode): void {
  const [streamLeft, streamRight] = [left.isStreaming, right.isStreaming]
  const name = JOIN_NAMES[joinType]
  if (streamLeft && streamRight && outputMode !== 'append') {
    const mode = outputMode === 'update' ? 'Update' : 'Complete'
    throw refused(
      `Join between two streaming DataFrames/Datasets is not supported in ${mode} output mode, only in Append output mode`,
      'Use outputMode("append").',
    )
  }
  switch (joinType) {
    case 'inner':
    case 'cross':
      return
    case 'fullOuter':
      if (streamLeft && !streamRight)
        throw refused(
          `${name} joins with streaming DataFrames/Datasets on the left and a static DataFrame/Dataset on the right is not supported`,
          JOIN_HINT,
        )
      if (!streamLeft && streamRight)
        throw refused(
          `${name} joins with streaming DataFrames/Datasets on the right and a static DataFrame/Dataset on the left is not supported`,
          JOIN_HINT,
        )
      return checkOuterStreams(node, name)
    case 'leftOuter':
    case 'leftSemi':
      if (!streamLeft && streamRight)
        throw refused(
          `${name} join with a streaming DataFrame/Dataset on the right and a static DataFrame/Dataset on the left is not supported`,
          JOIN_HINT,
        )
      return checkOuterStreams(node, name)
    case 'leftAnti':
      if (streamRight)
        throw refused(`${name} joins with a streaming DataFrame/Dataset on the right are not supported`, JOIN_HINT)
      return
    case 'rightOuter':
      if (streamLeft && !streamRight)
        throw refused(
          `${name} join with a streaming DataFrame/Dataset on the left and a static DataFrame/DataSet on the right not supported`,
          JOIN_HINT,
        )
      return checkOuterStreams(node, name)
  }
}

const JOIN_HINT =
  'The side whose rows must all appear has to be the stream: turn the join around, or use an inner join.'

const JOIN_NAMES: Readonly<Record<JoinType, string>> = {
  inner: 'Inner',
  cross: 'Cross',
  leftOuter: 'LeftOuter',
  rightOuter: 'RightOuter',
  fullOuter: 'FullOuter',
  leftSemi: 'LeftSemi',
  leftAnti: 'LeftAnti',
}

/** Two streams joined outer need a bound after which a row can have no partner any more. */
function checkOuterStreams(node: PlanNode, name: string): void {
  if (node.kind !== 'join' || !node.left.isStreaming || !node.right.isStreaming) return
  const keyHasWatermark = [...node.leftKeys, ...node.rightKeys].some(hasWatermark)
  const nullable =
    node.joinType === 'rightOuter'
      ? [node.left]
      : node.joinType === 'fullOuter'
        ? [node.left, node.right]
        : [node.right]
  const sideHasWatermark = nullable.some((side) =>
    side.schema.fields.some((field) => field.metadata?.[WATERMARK_DELAY] !== undefined),
  )
  if (keyHasWatermark || (sideHasWatermark && node.condition !== null)) return
  throw refused(
    `Stream-stream ${name} join between two streaming DataFrame/Datasets is not supported without a watermark in the join keys, or a watermark on the nullable side and an appropriate range condition`,
    'Add withWatermark on both streams and a time range to the condition.',
  )
}

/** A stateful operator above one that may give out late rows. */
function checkChained(node: PlanNode, outputMode: OutputMode): void {
  if (outputMode === 'append' || !isStateful(node)) return
  const below = inputsOfNode(node).flatMap(nodesOf)
  if (!below.some((other) => other.kind === 'aggregate' && other.isStreaming)) return
  throw refused(
    'Detected pattern of possible \'correctness\' issue due to global watermark. The query contains stateful operation which can emit rows older than the current watermark plus allowed late record delay, which are "late rows" in downstream stateful operations and these rows can be discarded. Please refer the programming guide doc for more details. If you understand the possible risk of correctness issue and still need to run the query, you can disable this check by setting the config `spark.sql.streaming.statefulOperator.checkCorrectness.enabled` to false.',
    'Use outputMode("append"), or write the first aggregation to a table and read that as a second stream.',
  )
}

function isStateful(node: PlanNode): boolean {
  if (!node.isStreaming) return false
  if (node.kind === 'aggregate') return true
  if (node.kind === 'distinct')
    return (
      node.withinWatermark === true ||
      node.keys.some((key) => node.schema.fields[key].metadata?.[WATERMARK_DELAY] !== undefined)
    )
  return node.kind === 'join' && node.left.isStreaming && node.right.isStreaming
}

function refuseUnbuilt(node: PlanNode): void {
  const later = 'Spark runs this; Runnel does not yet. It shows the schema, and on a cluster the same cells work.'
  switch (node.kind) {
    case 'join':
      if (!node.left.isStreaming || !node.right.isStreaming) return
      throw unsupportedFeature('stream-stream join', `${later} Until then join the tables the streams write.`)
    case 'set-difference':
      throw unsupportedFeature('except on a stream', `${later} Until then use the table the stream writes.`)
    default:
      return
  }
}

function hasWatermark(expression: BoundExpression): boolean {
  return expression.metadata?.[WATERMARK_DELAY] !== undefined
}

function mentions(expression: BoundExpression, name: string): boolean {
  const { sql = '' } = expression as Partial<Node>
  return sql === name || sql.startsWith(`${name} AS `) || expression.children.some((child) => mentions(child, name))
}

function unsupportedOutputMode(mode: OutputMode, operation: string, hint: string): RunnelError {
  return userError(
    'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION',
    `Invalid streaming output mode: ${mode}. This output mode is not supported for ${operation} on streaming DataFrames/DataSets.`,
    { sqlState: '42KDE', parameters: { outputMode: mode, operation }, hint },
  )
}

function refused(message: string, hint: string, fix?: { from: string; to: string }): RunnelError {
  return userError('_LEGACY_ERROR_TEMP_3102', message, {
    parameters: { msg: message },
    hint,
    ...(fix === undefined ? {} : { fix }),
  })
}
