import { partitionOfKey } from '../../broker/local/key-hash'
import { bytesAt, cellAt, columnNamed } from '../../broker/writing/column-cells'
import { Outbox } from '../../broker/writing/outbox'
import type { Broker } from '../../engine/ports/broker'
import type { Batch } from '../../protocol/columns'
import { badPartition, keyAndPartition, nullBody, nullProperty } from './checks'

/** Sends a batch's rows, in order within each partition; the answer is how many. */
export async function sendEvents(broker: Broker, hub: string, batches: readonly Batch[]): Promise<number> {
  const outbox = new Outbox(broker)
  const numPartitions = await broker.partitions(hub)
  let turn = 0
  for (const batch of batches) {
    const bodies = columnNamed(batch, 'body')
    const keys = columnNamed(batch, 'partitionKey')
    const partitions = columnNamed(batch, 'partition') ?? columnNamed(batch, 'partitionId')
    const maps = columnNamed(batch, 'properties')
    for (let row = 0; row < batch.numRows; row++) {
      const body = bytesAt(bodies, row)
      if (body === null) throw nullBody()
      const key = cellAt(keys, row) as string | null
      const wanted = cellAt(partitions, row) as string | null
      if (key !== null && wanted !== null) throw keyAndPartition(key, wanted)
      const partition =
        wanted !== null
          ? partitionNumber(wanted, numPartitions)
          : key !== null
            ? partitionOfKey(key, numPartitions)
            : turn++ % numPartitions
      const properties = propertiesOf(cellAt(maps, row) as ReadonlyMap<string, string | null> | null)
      outbox.add(hub, partition, { body, key, properties })
    }
  }
  await outbox.send()
  return outbox.numEvents
}

function partitionNumber(text: string, numPartitions: number): number {
  const partition = /^\d+$/.test(text) ? Number(text) : -1
  if (partition < 0 || partition >= numPartitions) throw badPartition(text, numPartitions)
  return partition
}

function propertiesOf(map: ReadonlyMap<string, string | null> | null): Record<string, string> | null {
  if (map === null || map.size === 0) return null
  const entries = [...map].map(([name, value]): [string, string] => {
    if (value === null) throw nullProperty()
    return [name, value]
  })
  return Object.fromEntries(entries)
}
