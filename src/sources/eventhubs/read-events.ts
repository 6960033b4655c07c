import type { Broker, EventBatch } from '../../engine/ports/broker'
import type { Batch, StructType } from '../../protocol/columns'
import { RunnelError, outsideError } from '../../protocol/errors/runnel-error'
import { eventColumns } from './event-columns'
import type { Sequences } from './offsets'

/** Rows of one batch: the fixed cost of a batch vanishes, the columns stay in the processor's cache. */
const ROWS_PER_READ = 8_192
/** Reads under way while rows are worked on. */
const READ_AHEAD = 4

export type EventRange = {
  readonly hub: string
  readonly consumerGroup: string
  readonly from: Sequences
  /** Exclusive; a partition whose end lies before its start has no events. */
  readonly until: Sequences
}

/** Every event of the ranges, partition by partition. Expired ones end the query in the connector's words. */
export async function* readEvents(broker: Broker, range: EventRange, schema: StructType): AsyncGenerator<Batch> {
  const reads = range.until.flatMap((until, partition) => {
    const starts: { partition: number; from: number; until: number }[] = []
    for (let from = range.from[partition]; from < until; from += ROWS_PER_READ)
      starts.push({ partition, from, until: Math.min(until, from + ROWS_PER_READ) })
    return starts
  })
  const underWay: ReturnType<typeof start>[] = []
  const start = ({ partition, from, until }: (typeof reads)[number]) => {
    const events = broker.read(range.hub, partition, from, until)
    // Awaited in its turn below; until then a failure must not count as unhandled.
    events.catch(() => undefined)
    return { partition, events }
  }
  for (const [i, read] of reads.entries()) {
    while (underWay.length < Math.min(READ_AHEAD, reads.length - i)) underWay.push(start(reads[i + underWay.length]))
    const { partition, events } = underWay.shift() as ReturnType<typeof start>
    let batch: EventBatch
    try {
      batch = await events
    } catch (error) {
      throw inConnectorWords(error, range, read)
    }
    yield eventColumns(schema, partition, batch)
  }
}

function inConnectorWords(
  error: unknown,
  { hub, consumerGroup }: EventRange,
  { partition, from }: { partition: number; from: number },
): unknown {
  if (!(error instanceof RunnelError) || error.condition !== 'EVENTS_EXPIRED') return error
  const earliest = error.shape.parameters['begin']
  return outsideError(
    'EVENTS_EXPIRED',
    `In partition ${partition} of ${hub}, with consumer group ${consumerGroup}, request seqNo ${from} is less than ` +
      `the received seqNo ${earliest}. The earliest seqNo is ${earliest}.`,
    {
      parameters: { ...error.shape.parameters, hub, consumerGroup },
      hint: `The hub ${hub} no longer keeps these events. Start the query from scratch to go on with what is left.`,
      cause: error.shape,
    },
  )
}
