import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LocalBroker } from '../broker/local/local-broker'
import { createDeltaTables } from '../delta/tables'
import type { Broker } from '../engine/ports/broker'
import type { FileStore } from '../engine/ports/file-store'
import { OptionMap } from '../engine/ports/options'
import type { HostedSinks, OutputMode, SinkContext } from '../engine/ports/sink'
import type { Batch } from '../protocol/columns'
import type { QueryId } from '../protocol/ids'
import { findSink } from '../sinks'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { MemoryStream } from './memory-stream'
import type { Row } from './rows'
import { asBag, rowText, rowsOf } from './rows'
import { runTrace } from './run-trace'
import { ScriptedClock } from './scripted-clock'
import { allOf } from './test-query'
import type { Trace } from './traces'
import { TRIGGERS, traces } from './traces'

/**
 * Every sink under every kill: a run dies at any change of a file (its own, the hub's, or the table's that a foreachBatch
 * function writes), or after any durable step, and the next one goes on from the checkpoint.
 */

const TABLE = '/lakehouse/default/Tables/t'
const HUB = 'out'
const random = { next: () => 0.5, uuid: () => crypto.randomUUID() as string }

type Call = { readonly batchId: number; readonly rows: readonly string[] }

/** A stream of `value` through one sink; the batches of the stream are its adds, one each. */
async function live(
  trace: Trace,
  sink: { readonly format: string; readonly options: Readonly<Record<string, string>>; readonly mode?: OutputMode },
  hosted: (files: FileStore, clock: ScriptedClock) => HostedSinks['write'] = () => () => Promise.resolve(),
) {
  const stream = new MemoryStream(sink.format === 'eventhubs' ? 'body STRING' : 'value STRING', { addsPerBatch: 1 })
  const disk = new MemoryFileStore()
  const definition = (await findSink(sink.format))!
  await runTrace(trace, allOf(stream), stream, {
    files: disk,
    async openSink(files, _run, clock) {
      const context: SinkContext = {
        files,
        clock,
        random,
        queryId: '00000000-0000-4000-8000-000000000001' as QueryId,
        schema: stream.schema,
        outputMode: sink.mode ?? 'append',
        partitionColumns: [],
        broker: () => brokerOver(files, clock),
        hosted: { write: hosted(files, clock) },
      }
      return definition.open(new OptionMap(sink.options), context)
    },
  })
  return {
    disk,
    sent: stream.all.flatMap((batch) => rowsOf([batch])),
    adds: stream.all.map((batch) => rowsOf([batch])),
  }
}

/** The hub's log stands on the same files: it dies with the run and is opened again by the next one. */
function brokerOver(files: FileStore, clock: ScriptedClock): Broker {
  return new LocalBroker(files, { nowMs: () => clock.nowMs(), folder: '/hubs' })
}

async function tableRows(disk: FileStore): Promise<Row[]> {
  const table = await createDeltaTables({ files: disk, clock: new ScriptedClock(), random }).open(TABLE)
  const rows: Row[] = []
  for await (const batch of table?.scan(null) ?? []) rows.push(...rowsOf([batch]))
  return rows
}

async function hubBodies(disk: FileStore): Promise<string[]> {
  const broker = brokerOver(disk, new ScriptedClock())
  const bodies: string[] = []
  for (const [partition, { begin, next }] of (await broker.bounds(HUB)).entries()) {
    const { numRows, values, valueOffsets } = await broker.read(HUB, partition, begin, next)
    for (let row = 0; row < numRows; row++)
      bodies.push(new TextDecoder().decode(values.subarray(valueOffsets[row], valueOffsets[row + 1])))
  }
  return bodies
}

/** Each event at least once, and nothing that was never sent. */
function expectAtLeastOnce(found: readonly string[], sent: readonly string[]): void {
  expect([...new Set(found)].sort()).toEqual([...new Set(sent)].sort())
}

/** Repeats of a batch carry the same id and the same rows; without them every row stands once, in order. */
function expectSameBatches(calls: readonly Call[], adds: readonly (readonly Row[])[]): void {
  const byId = new Map<number, string>()
  let last = -1
  for (const { batchId, rows } of calls) {
    const text = JSON.stringify(rows)
    expect(byId.get(batchId) ?? text).toBe(text)
    expect(batchId === last || batchId === last + 1, `batch ${batchId} after ${last}`).toBe(true)
    byId.set(batchId, text)
    last = batchId
  }
  expect([...byId.values()].flatMap((text) => JSON.parse(text) as string[])).toEqual(adds.flat().map(rowText))
}

function recorder(calls: Call[]): HostedSinks['write'] {
  return (_kind, batchId, batches) => {
    calls.push({ batchId, rows: rowsOf(batches).map(rowText) })
    return Promise.resolve()
  }
}

/** foreachBatch as the Delta documentation writes it: the batch id is the version of an idempotent write. */
function idempotentWriter(files: FileStore, clock: ScriptedClock): HostedSinks['write'] {
  const tables = createDeltaTables({ files, clock, random })
  return async (_kind, batchId, batches: readonly Batch[]) => {
    await tables.write(TABLE, {
      mode: 'append',
      schema: { kind: 'struct', fields: [{ name: 'value', type: { kind: 'string' }, nullable: true }] },
      batches,
      partitionColumns: [],
      mergeSchema: false,
      overwriteSchema: false,
      transaction: { appId: 'app', version: batchId },
      operation: { name: 'WRITE', parameters: {} },
    })
  }
}

let nextValue = 0
const value = fc.constant(null).map(() => ({ value: `v${nextValue++}` }))
const body = fc.constant(null).map(() => ({ body: `v${nextValue++}` }))
const kafka = { format: 'kafka', options: { 'kafka.bootstrap.servers': 'localhost:9092', topic: HUB } }
const connection = `Endpoint=sb://local/;SharedAccessKeyName=k;SharedAccessKey=x;EntityPath=${HUB}`
const eventhubs = { format: 'eventhubs', options: { 'eventhubs.connectionString': connection } }

const SINKS: Readonly<Record<string, (trace: Trace) => Promise<void>>> = {
  'delta, append: exactly once': async (trace) => {
    const { disk, sent } = await live(trace, { format: 'delta', options: { path: TABLE } })
    expect(asBag(await tableRows(disk))).toEqual(asBag(sent))
  },
  'delta, complete: the last batch and nothing else': async (trace) => {
    const { disk, adds } = await live(trace, { format: 'delta', options: { path: TABLE }, mode: 'complete' })
    // A Once trigger joins what waits into one batch, so the last batch is the last add, or some of the last ones.
    const lastBatches = adds.map((_, first) => JSON.stringify(asBag(adds.slice(first).flat())))
    const found = JSON.stringify(asBag(await tableRows(disk)))
    expect(adds.length === 0 ? ['[]'] : lastBatches).toContain(found)
  },
  'foreachBatch with txnAppId and txnVersion: exactly once': async (trace) => {
    const { disk, sent } = await live(trace, { format: 'foreachBatch', options: {} }, idempotentWriter)
    expect(asBag(await tableRows(disk))).toEqual(asBag(sent))
  },
  'foreachBatch: at least once, a repeat has the same id and rows': async (trace) => {
    const calls: Call[] = []
    const { adds } = await live(trace, { format: 'foreachBatch', options: {} }, () => recorder(calls))
    expectSameBatches(calls, adds)
  },
  'console: at least once, a repeat has the same id and rows': async (trace) => {
    const calls: Call[] = []
    const { adds } = await live(trace, { format: 'console', options: {} }, () => recorder(calls))
    expectSameBatches(calls, adds)
  },
  'kafka: at least once': async (trace) => {
    const { disk, sent } = await live(trace, kafka)
    expectAtLeastOnce(
      await hubBodies(disk),
      sent.map((row) => row['value'] as string),
    )
  },
  'eventhubs: at least once': async (trace) => {
    const { disk, sent } = await live(trace, eventhubs)
    expectAtLeastOnce(
      await hubBodies(disk),
      sent.map((row) => row['body'] as string),
    )
  },
}

describe.each(Object.entries(SINKS))('%s', (name, check) => {
  const row = name.startsWith('eventhubs') ? body : value

  test('killed at every change of a file, the change done or undone', async () => {
    const one = () => (name.startsWith('eventhubs') ? { body: `v${nextValue++}` } : { value: `v${nextValue++}` })
    for (const lastWrite of ['nothing', 'whole'] as const) {
      for (let writesBefore = 0; writesBefore < 16; writesBefore++) {
        const run = { kind: 'run', trigger: TRIGGERS[0], death: { kind: 'write', writesBefore, lastWrite } } as const
        const add = () => ({ kind: 'add', rows: [one(), one()] }) as const
        await check({ events: [add(), add(), run, add(), run] })
      }
    }
  }, 120_000)

  test('any cut, any kill, any restarts', async () => {
    await fc.assert(fc.asyncProperty(traces(row, { maxRows: 4, maxEvents: 8 }), check), { numRuns: 40 })
  }, 120_000)
})
