import { afterEach, expect, test } from 'vitest'
import { bodies, events } from '../broker/broker.contract'
import { ClockWriter, allocateClock } from '../protocol/clock/session-clock'
import type { BrokerApi } from '../protocol/workers/broker'
import { transfer, wrap } from '../protocol/workers/remote'
import { brokerOverPort } from './broker-port'

const clockMemory = allocateClock(true)
const clock = new ClockWriter(clockMemory)
clock.start(Date.UTC(2026, 10, 20, 10), 20)
const workspace = `broker-test-${Date.now()}`
const workers: Worker[] = []

afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate()
})

async function startBroker() {
  const worker = new Worker(new URL('../../workers/broker.worker.ts', import.meta.url), { type: 'module' })
  workers.push(worker)
  const api = wrap<BrokerApi>(worker)
  const { port1, port2 } = new MessageChannel()
  await api.boot(transfer({ clock: clockMemory, storage: 'opfs', workspace }, [port1]), port1)
  port2.start()
  const stream = new MessageChannel()
  await api.connect(transfer(stream.port1, [stream.port1]))
  return { api, broker: brokerOverPort(stream.port2), kill: () => worker.terminate() }
}

async function hubFiles(): Promise<number> {
  const root = await navigator.storage.getDirectory()
  const hub = await (
    await (await root.getDirectoryHandle(`runnel-${workspace}`)).getDirectoryHandle('hubs')
  ).getDirectoryHandle('clicks')
  let numFiles = 0
  for await (const name of hub.keys()) if (name !== '') numFiles++
  return numFiles
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('a killed broker worker comes back with every acknowledged event, once', async () => {
  const first = await startBroker()
  const config = { hub: 'clicks', preset: 'workshop', seed: 5, eventsPerSecond: 50, maxEvents: null, numKeys: 0 }
  await first.api.startProducer({ ...config, lateShare: 0, outOfOrderShare: 0, malformedShare: 0 })
  await pause(2_000)
  for (let i = 0; i < 40; i++) await first.broker.append('clicks', events([`mine ${i}`], { partition: i % 4 }))
  const acknowledged = await first.broker.bounds('clicks')
  // Not awaited: the kill finds it under way.
  void first.broker.append('clicks', events(['under way'], { partition: 0 }))
  first.kill()

  const second = await startBroker()
  const [info] = await second.api.hubs()
  expect(info.producer).toBeNull()
  expect(info.interruptedProducer).toMatchObject(config)
  const texts: string[] = []
  for (const [partition, { begin, next }] of info.partitions.entries()) {
    expect(next).toBeGreaterThanOrEqual(acknowledged[partition].next)
    texts.push(...bodies(await second.broker.read('clicks', partition, begin, next)))
  }
  expect(texts.filter((text) => text.startsWith('mine'))).toHaveLength(40)
  // Two real seconds at x20: about two thousand clicks, none of them twice.
  expect(texts.length).toBeGreaterThan(1_000)
  expect(new Set(texts).size).toBe(texts.length)
  expect(await hubFiles()).toBeLessThan(50)
})
