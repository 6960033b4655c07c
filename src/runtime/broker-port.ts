import type { Broker, EventBatch } from '../engine/ports/broker'
import type { Remote } from '../protocol/workers/remote'
import { expose, transfer, wrap } from '../protocol/workers/remote'

type BrokerCalls = Required<Omit<Broker, 'kind'>>
type BrokerPortCalls = BrokerCalls & {
  /** Serves the same broker on another port: the engine worker opens one for each stream worker. */
  connect(another: MessagePort): void
}

/** Answers a `Broker` on the port until the port closes. Batches are transferred: the broker must hand out its own copies. */
export function serveBroker(broker: Broker & BrokerCalls, port: MessagePort): void {
  const calls: BrokerPortCalls = {
    partitions: (hub) => broker.partitions(hub),
    bounds: (hub, asOfMs) => broker.bounds(hub, asOfMs),
    position: (hub, partition, at) => broker.position(hub, partition, at),
    read: async (hub, partition, from, until) => {
      const batch = await broker.read(hub, partition, from, until)
      return transfer(batch, buffersOf(batch))
    },
    append: (hub, events) => broker.append(hub, events),
    hubFor: (connection, hub) => broker.hubFor(connection, hub),
    hubNames: () => broker.hubNames(),
    connect: (another) => serveBroker(broker, another),
  }
  expose(calls, port)
}

/** The in-browser broker behind a port: what stream workers and the engine worker use. */
export function brokerOverPort(port: MessagePort): Broker & BrokerCalls & { openPort(): Promise<MessagePort> } {
  const remote: Remote<BrokerPortCalls> = wrap<BrokerPortCalls>(port)
  return {
    kind: 'local',
    partitions: (hub) => remote.partitions(hub),
    bounds: (hub, asOfMs) => remote.bounds(hub, asOfMs),
    position: (hub, partition, at) => remote.position(hub, partition, at),
    read: (hub, partition, from, until) => remote.read(hub, partition, from, until),
    append: (hub, events) =>
      // A view would drag its whole buffer through the structured clone.
      remote.append(hub, { ...events, values: exact(events.values), valueOffsets: exactOffsets(events.valueOffsets) }),
    hubFor: (connection, hub) => remote.hubFor(connection, hub),
    hubNames: () => remote.hubNames(),
    openPort: async () => {
      const { port1, port2 } = new MessageChannel()
      await remote.connect(transfer(port2, [port2]))
      return port1
    },
  }
}

function buffersOf(batch: EventBatch): ArrayBuffer[] {
  const buffers = [batch.values.buffer, batch.valueOffsets.buffer, batch.enqueuedMicros.buffer]
  return [...new Set(buffers.filter((buffer) => buffer instanceof ArrayBuffer))]
}

function exact(bytes: Uint8Array): Uint8Array {
  return isExact(bytes) ? bytes : bytes.slice()
}

function exactOffsets(offsets: Int32Array): Int32Array {
  return isExact(offsets) ? offsets : offsets.slice()
}

const isExact = (array: ArrayBufferView) =>
  array.byteLength === array.buffer.byteLength && array.buffer instanceof ArrayBuffer
