import { afterEach, beforeEach, expect, test } from 'vitest'
import { batchToRows } from '../engine/batch/to-values'
import type { InProcessEngine } from '../testing/in-process-engine'
import { inProcessEngine } from '../testing/in-process-engine'

let engine: InProcessEngine

beforeEach(async () => {
  engine = await inProcessEngine()
})
afterEach(() => engine.close())

const rate = { read: { dataSource: { format: 'rate', options: { rowsPerSecond: '10' } }, isStreaming: true } }

test('rate streams into a memory table that a batch query reads', async () => {
  const started = await engine.execute({
    command: { writeStreamOperationStart: { input: rate, format: 'memory', queryName: 'ticks', outputMode: 'append' } },
  })
  if (started.kind !== 'streamStarted') throw new Error(started.kind)
  await engine.ask('sleep', { durationMs: 20_000 })
  await engine.execute({
    command: { streamingQueryCommand: { queryId: { id: started.id, runId: started.runId }, stop: true } },
  })
  const answer = await engine.execute({ root: { read: { namedTable: { unparsedIdentifier: 'ticks' } } } })
  if (answer.kind !== 'rows') throw new Error(answer.kind)
  const values = answer.batches.flatMap((batch) => batchToRows(batch).map((row) => row.value))
  expect(values.length).toBeGreaterThan(50)
  expect(values).toEqual(values.map((_, index) => BigInt(index)))
})
