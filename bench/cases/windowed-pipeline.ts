import { create, fromJson } from '@bufbuild/protobuf'
import type { JsonValue } from '@bufbuild/protobuf'
import { analyze } from '../../src/engine/analyzer/analyze'
import { resolveInputs } from '../../src/engine/analyzer/resolve-inputs'
import { StatefulQuery } from '../../src/engine/execution/stateful-query'
import { compilePlan } from '../../src/engine/plan/compile'
import type { StateFiles } from '../../src/engine/ports/state-files'
import type { Batch, StructType } from '../../src/protocol/columns'
import { RelationSchema } from '../../src/protocol/spark-connect'

/** A streaming plan over given batches, one micro-batch a batch, its state in memory and nothing durable. */
export async function openPipeline(relation: JsonValue, schema: StructType) {
  const inputs = await resolveInputs(
    create(RelationSchema, fromJson(RelationSchema, relation)),
    { lookup: () => Promise.resolve(null), similar: () => Promise.resolve([]) },
    { schemaOf: () => Promise.resolve(schema) },
  )
  const node = analyze(inputs, { conf: {}, isStreaming: true, lenient: () => undefined })
  const stateful = new StatefulQuery(forgottenFiles(), () => performance.now())
  const plan = compilePlan(node, { outputMode: 'update', stateful })
  let batchId = 0
  let watermarkMs = 0
  let lateWatermarkMs = 0
  return {
    columns: plan.leaves[0].columns,
    stateful,
    /** Rows given out by one micro-batch over these columns. */
    async run(batch: Batch): Promise<Batch[]> {
      const conf = {}
      await stateful.begin({
        batchId,
        version: batchId,
        lateWatermarkMs,
        evictionWatermarkMs: watermarkMs,
        batchTimestampMs: 0,
        conf,
      })
      const output: Batch[] = []
      const read = async function* () {
        yield batch
      }
      const context = { nowMicros: 0n, timeZone: 'UTC', seed: 1, isCanceled: () => false }
      for await (const rows of plan.run(read, context)) output.push(rows)
      await stateful.stage(batchId++)
      lateWatermarkMs = watermarkMs
      const [seen] = stateful.eventTimes()
      if (seen !== null) watermarkMs = Math.max(watermarkMs, seen.maxMs - stateful.watermarkDelaysMs[0])
      return output
    },
  }
}

/** Files that take everything and keep nothing: what state costs without a disk. */
function forgottenFiles(): StateFiles {
  return {
    path: '/state',
    list: () => Promise.resolve([]),
    read: () => Promise.resolve(null),
    write: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    readOperators: () => Promise.resolve([]),
    writeOperator: () => Promise.resolve(),
  }
}

const column = (name: string): JsonValue => ({ unresolvedAttribute: { unparsedIdentifier: name } })
const text = (value: string): JsonValue => ({ literal: { string: value } })
const call = (functionName: string, ...args: JsonValue[]): JsonValue => ({
  unresolvedFunction: { functionName, arguments: args },
})
const alias = (expr: JsonValue, name: string): JsonValue => ({ alias: { expr, name: [name] } })

const READ: JsonValue = { read: { isStreaming: true, dataSource: { format: 'memory' } } }

const COUNT = alias(call('count', { literal: { integer: 1 } }), 'n')
const SUM = alias(call('sum', column('page_loading_seconds')), 'seconds')
const MEAN = alias(call('avg', column('page_loading_seconds')), 'mean')
const PRODUCTS: JsonValue = {
  alias: {
    expr: { unresolvedFunction: { functionName: 'count', arguments: [column('productId')], isDistinct: true } },
    name: ['products'],
  },
}

/** Five-minute windows by event type and platform: count, sum, mean of the loading time, rows over 0.5 s; late by up to 30 s. */
export function windowedAggregate(
  input: JsonValue,
  isFiltered: boolean,
  aggregateExpressions: JsonValue[] = [COUNT, SUM, MEAN],
): JsonValue {
  const filtered = isFiltered
    ? { filter: { input, condition: call('>', column('page_loading_seconds'), { literal: { double: 0.5 } }) } }
    : input
  return {
    aggregate: {
      input: { withWatermark: { input: filtered, eventTime: 'eventDate', delayThreshold: '30 seconds' } },
      groupType: 'GROUP_TYPE_GROUPBY',
      groupingExpressions: [
        call('window', column('eventDate'), text('5 minutes')),
        column('eventType'),
        column('platform'),
      ],
      aggregateExpressions,
    },
  }
}

/** Over columns that are there already. */
export const OVER_COLUMNS: JsonValue = windowedAggregate(READ, false)

/** The same and the exact number of products of each group. */
export const OVER_COLUMNS_DISTINCT: JsonValue = windowedAggregate(READ, false, [COUNT, SUM, MEAN, PRODUCTS])

/** Over bodies: `value` is the event as JSON bytes. */
export function overBodies(schemaDdl: string, input: JsonValue = READ): JsonValue {
  const parsed = alias(call('from_json', column('value'), text(schemaDdl)), 'e')
  const leaf = (path: string, name: string) => alias(column(`e.${path}`), name)
  return windowedAggregate(
    {
      project: {
        input: { project: { input, expressions: [parsed] } },
        expressions: [
          leaf('eventType', 'eventType'),
          leaf('userAgent.platform', 'platform'),
          leaf('page_loading_seconds', 'page_loading_seconds'),
          leaf('eventDate', 'eventDate'),
        ],
      },
    },
    true,
  )
}
