import { afterEach, describe, expect, test } from 'vitest'
import { bodies, describeBroker, events } from '../broker/broker.contract'
import { LocalBroker } from '../broker/local/local-broker'
import { ClockWriter, allocateClock } from '../protocol/clock/session-clock'
import type { BrokerEvent } from '../protocol/workers/broker'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { brokerOverPort, serveBroker } from './broker-port'
import { BrokerRuntime } from './broker-runtime'

const START_MS = 1_760_000_000_000
const closing: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

function channel(): { port1: MessagePort; port2: MessagePort } {
  const { port1, port2 } = new MessageChannel()
  closing.push(() => port1.close())
  return { port1, port2 }
}

describeBroker('local broker behind a message port', async () => {
  const files = new MemoryFileStore()
  let nowMs = START_MS
  const open = () => {
    const { port1, port2 } = channel()
    serveBroker(new LocalBroker(files, { nowMs: () => nowMs }), port1)
    return brokerOverPort(port2)
  }
  return { broker: open(), passMs: (ms) => (nowMs += ms), restart: async () => open() }
})

async function booted(speed = 1) {
  const buffer = allocateClock(true)
  const clock = new ClockWriter(buffer)
  clock.start(START_MS, speed)
  const files = new MemoryFileStore()
  const runtime = new BrokerRuntime({ openFiles: () => files })
  const { port1, port2 } = channel()
  const posted: BrokerEvent[] = []
  port2.onmessage = ({ data }) => posted.push(data as BrokerEvent)
  await runtime.boot({ clock: buffer, storage: 'memory', workspace: 'test' }, port1)
  closing.push(() => runtime.close())
  return { runtime, clock, posted, files }
}

const config = {
  hub: 'clicks',
  preset: 'workshop',
  seed: 1,
  eventsPerSecond: 100,
  lateShare: 0,
  outOfOrderShare: 0,
  malformedShare: 0,
  maxEvents: null,
  numKeys: 0,
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('broker runtime', () => {
  test('a running producer fills the hub with the session clock and tells the page once a second', async () => {
    const { runtime, posted } = await booted(20)
    await runtime.startProducer(config)
    await pause(2_300)
    const told = posted.filter((event) => event.kind === 'hub')
    expect(told.length).toBeGreaterThanOrEqual(2)
    expect(told.length).toBeLessThanOrEqual(3)
    const last = told[told.length - 1].hub
    expect(last.producer).toEqual(config)
    expect(last.arrivals).toHaveLength(60)
    expect(last.arrivals.reduce((sum, each) => sum + each, 0)).toBe(last.numSent)
    // Two real seconds at x20 are forty seconds of 100 events.
    expect(last.numSent).toBeGreaterThan(2_000)
    expect(await runtime.stopAllProducers()).toBe(1)
    const [info] = await runtime.hubs()
    await pause(300)
    expect((await runtime.hubs())[0].numSent).toBe(info.numSent)
  })

  test('a paused clock makes no events, and a port sees what is due at once', async () => {
    const { runtime, clock } = await booted()
    clock.setPaused(true)
    await runtime.startProducer(config)
    await pause(250)
    expect((await runtime.hubs())[0].numSent).toBe(1)
    const { port1, port2 } = channel()
    await runtime.connect(port1)
    const broker = brokerOverPort(port2)
    clock.jumpTo(clock.nowMs() + 1_000)
    const bounds = await broker.bounds('clicks', clock.nowMs())
    expect(bounds.reduce((sum, { next }) => sum + next, 0)).toBe(101)
    const batch = await broker.read('clicks', 0, 0, bounds[0].next)
    expect(JSON.parse(bodies(batch)[0])).toHaveProperty('eventType')
  })

  test('the newest events can be looked at as text', async () => {
    const { runtime } = await booted()
    const { port1, port2 } = channel()
    await runtime.connect(port1)
    await brokerOverPort(port2).append('mine', events(['a', 'b', 'c'], { partition: 1 }))
    expect((await runtime.peek('mine', 2)).map(({ partition, sequence, body }) => [partition, sequence, body])).toEqual(
      [
        [1, 2, 'c'],
        [1, 1, 'b'],
      ],
    )
  })

  test('an error keeps its shape over the port', async () => {
    const { runtime } = await booted()
    const { port1, port2 } = channel()
    await runtime.connect(port1)
    const real = `Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=x;SharedAccessKey=${'k'.repeat(44)}`
    await expect(brokerOverPort(port2).hubFor(real, 'clicks')).rejects.toMatchObject({
      message: 'This looks like a real Event Hub. This version does not connect to Azure.',
      shape: { exception: 'IllegalArgumentException' },
    })
  })

  test('a port opens further ports to the same broker', async () => {
    const { runtime } = await booted()
    const { port1, port2 } = channel()
    await runtime.connect(port1)
    const first = brokerOverPort(port2)
    const port = await first.openPort()
    closing.push(() => port.close())
    await brokerOverPort(port).append('mine', events(['a'], { partition: 0 }))
    expect(bodies(await first.read('mine', 0, 0, 1))).toEqual(['a'])
  })

  test('deleting a hub ends its producer', async () => {
    const { runtime } = await booted()
    await runtime.startProducer(config)
    await runtime.deleteHub('clicks')
    await pause(250)
    expect(await runtime.hubs()).toEqual([])
  })
})
