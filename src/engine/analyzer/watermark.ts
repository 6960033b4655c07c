import { userError } from '../../protocol/errors/runnel-error'
import type { StructField } from '../../protocol/columns'
import type { WithWatermark } from '../../protocol/spark-connect'
import { bindExpression } from '../expressions/bind'
import type { PlanNode } from '../plan/node'
import { sqlName } from '../types/type-names'
import { makeExpression } from './expression-tree'
import { intervalMicros, parseInterval } from './interval-text'
import type { AnalysisContext } from './nodes'
import { planNode } from './nodes'

export const WATERMARK_DELAY = 'spark.watermarkDelayMs'

/** Months of a watermark delay count 31 days, as in Spark. */
const DAYS_PER_MONTH = 31

/** Marks the event-time column of a stream; on a batch DataFrame it changes nothing and checks nothing but the delay. */
export function withWatermarkRelation(relation: WithWatermark, context: AnalysisContext): PlanNode {
  const input = context.analyze(relation.input!)
  const delayMs = delayOf(relation.delayThreshold)
  if (!input.isStreaming) return input
  const attribute = makeExpression({
    case: 'unresolvedAttribute',
    value: { $typeName: 'spark.connect.Expression.UnresolvedAttribute', unparsedIdentifier: relation.eventTime },
  })
  const eventTime = bindExpression(attribute, input.scope, context)
  const column = eventTime.inputIndex
  const isWindow = eventTime.type.kind === 'struct' && eventTime.metadata?.['spark.timeWindow'] === true
  if (column === undefined || (eventTime.type.kind !== 'timestamp' && !isWindow)) {
    throw userError(
      'EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE',
      `The event time \`${relation.eventTime}\` has the invalid type "${sqlName(eventTime.type)}", but expected "TIMESTAMP".`,
      {
        sqlState: '42K09',
        parameters: { eventName: `\`${relation.eventTime}\``, eventType: `"${sqlName(eventTime.type)}"` },
        hint: `Make a timestamp first: withColumn("${relation.eventTime}", to_timestamp("${relation.eventTime}")).`,
      },
    )
  }
  const columns = input.scope.columns.map((candidate, index) => {
    const { field } = candidate
    if (index === column)
      return { ...candidate, field: { ...field, metadata: { ...field.metadata, [WATERMARK_DELAY]: delayMs } } }
    return field.metadata?.[WATERMARK_DELAY] === undefined ? candidate : { ...candidate, field: withoutDelay(field) }
  })
  return planNode({ kind: 'watermark', input, column, delayMs }, { columns }, true)
}

/** The column a later watermark took over from loses its mark. */
function withoutDelay(field: StructField): StructField {
  const metadata = Object.fromEntries(Object.entries(field.metadata ?? {}).filter(([key]) => key !== WATERMARK_DELAY))
  const { metadata: _, ...rest } = field
  return Object.keys(metadata).length === 0 ? rest : { ...rest, metadata }
}

function delayOf(text: string): number {
  const interval = parseInterval(text)
  if (interval === null) {
    throw userError(
      'CANNOT_PARSE_INTERVAL',
      `Unable to parse '${text}'. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. If the issue persists, please double check that the input value is not null or empty and try again.`,
      {
        sqlState: '22006',
        parameters: { intervalString: `'${text}'` },
        hint: 'Write a number and a unit, for example "10 minutes".',
      },
    )
  }
  const micros = intervalMicros({ ...interval, days: interval.days + interval.months * DAYS_PER_MONTH })
  if (micros < 0) {
    throw userError('', `requirement failed: delay threshold (${text}) should not be negative.`, {
      exception: 'IllegalArgumentException',
      hint: 'The delay says how late an event may be: use zero or more.',
    })
  }
  return Math.floor(micros / 1000)
}
