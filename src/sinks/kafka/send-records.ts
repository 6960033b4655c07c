import { partitionOfRecordKey } from '../../broker/kafka/murmur2'
import { bytesAt, cellAt, columnNamed } from '../../broker/writing/column-cells'
import { Outbox } from '../../broker/writing/outbox'
import type { Broker, KafkaParts } from '../../engine/ports/broker'
import type { Batch, Column } from '../../protocol/columns'
import { invalidPartition, nullTopic, partitionNotThere } from './checks'

/** Sends a batch's rows, in order within each partition; the answer is how many. `topic` wins over the column. */
export async function sendRecords(broker: Broker, batches: readonly Batch[], topic: string | null): Promise<number> {
  const outbox = new Outbox(broker)
  const numPartitions = new Map<string, number>()
  /** Records without key and partition take turns, topic by topic. */
  const turns = new Map<string, number>()
  for (const batch of batches) {
    const [topics, keys, values, headers, partitions] = ['topic', 'key', 'value', 'headers', 'partition'].map((name) =>
      columnNamed(batch, name),
    )
    for (let row = 0; row < batch.numRows; row++) {
      const hub = topic ?? (cellAt(topics, row) as string | null)
      if (hub === null) throw nullTopic()
      if (!numPartitions.has(hub)) numPartitions.set(hub, await broker.partitions(hub))
      const count = numPartitions.get(hub)!
      const key = bytesAt(keys, row)
      const value = bytesAt(values, row)
      let partition = cellAt(partitions, row) as number | null
      if (partition !== null) requirePartition(hub, partition, count)
      else if (key !== null) partition = partitionOfRecordKey(key, count)
      else {
        partition = (turns.get(hub) ?? 0) % count
        turns.set(hub, partition + 1)
      }
      const kafka: KafkaParts = { key, headers: headersAt(headers, row), isNullValue: value === null }
      outbox.add(hub, partition, { body: value ?? new Uint8Array(0), kafka })
    }
  }
  await outbox.send()
  return outbox.numEvents
}

function headersAt(column: Column | null, row: number): KafkaParts['headers'] {
  return cellAt(column, row) as { key: string; value: Uint8Array | null }[] | null
}

function requirePartition(topic: string, partition: number, numPartitions: number): void {
  if (partition < 0) throw invalidPartition(partition)
  if (partition >= numPartitions) throw partitionNotThere(topic, partition, numPartitions)
}
