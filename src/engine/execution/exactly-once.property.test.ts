import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AFTER_STEPS } from '../../protocol/workers/engine'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { MemoryStream } from '../../testing/memory-stream'
import { recompute } from '../../testing/recompute'
import { asBag } from '../../testing/rows'
import { runTrace } from '../../testing/run-trace'
import { TABLE, allOf } from '../../testing/test-query'
import { TRIGGERS, traces } from '../../testing/traces'
import type { Trace } from '../../testing/traces'
import { publishedBatches } from '../../testing/transactional-sink'

async function outcome(trace: Trace, options: { addsPerBatch?: number; canPin?: boolean } = {}) {
  const stream = new MemoryStream('id BIGINT, name STRING', options)
  const query = allOf(stream)
  const files = new MemoryFileStore()
  await runTrace(trace, query, stream, { files })
  const batches = await publishedBatches(files, TABLE)
  return { batches, rows: [...batches.values()].flat(), expected: asBag(await recompute(query.plan, stream)) }
}

const row = fc.record({
  id: fc.bigInt({ min: 0n, max: 99n }),
  name: fc.option(fc.string({ maxLength: 3 }), { nil: null }),
})

describe('exactly once', () => {
  test('any rows, any cut into batches, any kill, any restarts: the sink holds each row once', async () => {
    await fc.assert(
      fc.asyncProperty(
        traces(row),
        fc.constantFrom(1, 2, Infinity),
        fc.boolean(),
        async (trace, addsPerBatch, canPin) => {
          const { rows, batches, expected } = await outcome(trace, { addsPerBatch, canPin })
          expect([...rows].sort()).toEqual(expected)
          expect([...batches.keys()]).toEqual(Array.from({ length: batches.size }, (_, batchId) => batchId))
        },
      ),
      { numRuns: 300 },
    )
  }, 60_000)

  for (const trigger of TRIGGERS) {
    for (const step of AFTER_STEPS) {
      const label = trigger.kind === 'processingTime' ? `processingTime(${trigger.intervalMs} ms)` : trigger.kind
      test(`${label} killed after "${step}" of its second batch`, async () => {
        const ids = (...values: bigint[]) => ({ kind: 'add' as const, rows: values.map((id) => ({ id, name: null })) })
        const killed = { kind: 'run' as const, trigger, death: { kind: 'step' as const, step, batchesBefore: 0 } }
        const quiet = { kind: 'run' as const, trigger, death: null }
        const { rows, expected } = await outcome(
          { events: [ids(1n), quiet, ids(2n), ids(3n), killed, ids(4n), killed, quiet] },
          { addsPerBatch: 1 },
        )
        expect(rows.sort()).toEqual(expected)
        expect(expected).toHaveLength(4)
      })
    }
  }

  for (const lastWrite of ['nothing', 'whole'] as const) {
    test(`killed at every single change of a file, that change ${lastWrite === 'whole' ? 'done' : 'undone'}`, async () => {
      for (let writesBefore = 0; writesBefore < 16; writesBefore++) {
        const add = (id: bigint) => ({ kind: 'add' as const, rows: [{ id, name: 'x' }] })
        const death = { kind: 'write' as const, writesBefore, lastWrite }
        const run = { kind: 'run' as const, trigger: TRIGGERS[0], death }
        const { rows, expected } = await outcome({ events: [add(1n), add(2n), run, add(3n), run] }, { addsPerBatch: 1 })
        expect(rows.sort(), `after ${writesBefore} changes`).toEqual(expected)
      }
    })
  }
})
