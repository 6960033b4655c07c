import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDeltaTables } from '../delta/tables'
import type { FileStore } from '../engine/ports/file-store'
import { OptionMap } from '../engine/ports/options'
import type { SinkContext } from '../engine/ports/sink'
import type { QueryId } from '../protocol/ids'
import { definition as deltaSink } from '../sinks/delta'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { MemoryStream } from './memory-stream'
import { recompute } from './recompute'
import type { Row } from './rows'
import { asBag, rowsOf } from './rows'
import { runTrace } from './run-trace'
import { ScriptedClock } from './scripted-clock'
import { allOf } from './test-query'
import type { Trace } from './traces'
import { TRIGGERS, traces } from './traces'
import { AFTER_STEPS } from '../protocol/workers/engine'

const FOLDER = '/lakehouse/default/Tables/t'
const QUERY = '00000000-0000-4000-8000-000000000001' as QueryId
const random = { next: () => 0.5, uuid: () => crypto.randomUUID() as string }

async function outcome(trace: Trace, addsPerBatch: number): Promise<{ rows: string[]; expected: string[] }> {
  const stream = new MemoryStream('id BIGINT, name STRING', { addsPerBatch })
  const query = allOf(stream)
  const disk = new MemoryFileStore()
  await runTrace(trace, query, stream, {
    files: disk,
    openSink: (files, _run, clock) => deltaSink.open(new OptionMap({ path: FOLDER }), contextOf(files, clock, stream)),
  })
  const table = await createDeltaTables({ files: disk, clock: new ScriptedClock(), random }).open(FOLDER)
  const rows: Row[] = []
  for await (const batch of table?.scan(null) ?? []) rows.push(...rowsOf([batch]))
  return { rows: asBag(rows), expected: asBag(await recompute(query.plan, stream)) }
}

function contextOf(files: FileStore, clock: ScriptedClock, stream: MemoryStream): SinkContext {
  return {
    files,
    clock,
    random,
    queryId: QUERY,
    schema: stream.schema,
    outputMode: 'append',
    partitionColumns: [],
    hosted: {
      write: async () => {
        throw new Error('Delta is not hosted')
      },
    },
  }
}

const row = fc.record({
  id: fc.bigInt({ min: 0n, max: 99n }),
  name: fc.option(fc.string({ maxLength: 3 }), { nil: null }),
})

test('any rows, any cut, any kill, any restarts: the Delta table holds each row once', async () => {
  await fc.assert(
    fc.asyncProperty(traces(row, { maxEvents: 10 }), fc.constantFrom(1, Infinity), async (trace, addsPerBatch) => {
      const { rows, expected } = await outcome(trace, addsPerBatch)
      expect(rows).toEqual(expected)
    }),
    { numRuns: 200 },
  )
}, 120_000)

for (const trigger of TRIGGERS) {
  for (const step of AFTER_STEPS) {
    const label = trigger.kind === 'processingTime' ? `processingTime(${trigger.intervalMs} ms)` : trigger.kind
    test(`Delta, ${label}, killed after "${step}": each row once`, async () => {
      const add = (id: bigint) => ({ kind: 'add' as const, rows: [{ id, name: 'x' }] })
      const death = { kind: 'step' as const, step, batchesBefore: 0 }
      const events = [
        add(1n),
        { kind: 'run' as const, trigger, death: null },
        add(2n),
        add(3n),
        { kind: 'run' as const, trigger, death },
      ]
      const { rows, expected } = await outcome({ events }, 1)
      expect(rows).toEqual(expected)
    })
  }
}

test('Delta, killed at every change of a file, the change done or undone: each row once', async () => {
  for (const lastWrite of ['nothing', 'whole'] as const) {
    for (let writesBefore = 0; writesBefore < 14; writesBefore++) {
      const add = (id: bigint) => ({ kind: 'add' as const, rows: [{ id, name: 'x' }] })
      const death = { kind: 'write' as const, writesBefore, lastWrite }
      const run = { kind: 'run' as const, trigger: TRIGGERS[0], death }
      const { rows, expected } = await outcome({ events: [add(1n), add(2n), run, add(3n), run] }, 1)
      expect(rows, `${lastWrite} after ${writesBefore} changes`).toEqual(expected)
    }
  }
}, 60_000)
