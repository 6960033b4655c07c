import type { EventRange } from '../../broker/reading/read-ranges'
import { readRanges } from '../../broker/reading/read-ranges'
import type { Broker } from '../../engine/ports/broker'
import type { Batch, StructType } from '../../protocol/columns'
import { RunnelError, outsideError } from '../../protocol/errors/runnel-error'
import { eventColumns } from './event-columns'
import type { Sequences } from './offsets'

export type HubRange = {
  readonly hub: string
  readonly consumerGroup: string
  readonly from: Sequences
  /** Exclusive; a partition whose end lies before its start has no events. */
  readonly until: Sequences
}

/** Every event of the ranges, partition by partition. Expired ones end the query in the connector's words. */
export async function* readEvents(broker: Broker, hubRange: HubRange, schema: StructType): AsyncGenerator<Batch> {
  const { hub, from, until, consumerGroup } = hubRange
  const ranges = until.map((end, partition) => ({ hub, partition, from: from[partition], until: end }))
  for await (const { range, events } of readRanges(broker, ranges, (error, at) =>
    connectorWords(error, at, consumerGroup),
  ))
    yield eventColumns(schema, range.partition, events)
}

function connectorWords(error: unknown, { hub, partition, from }: EventRange, consumerGroup: string): unknown {
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
