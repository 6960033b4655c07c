import { expect, test } from 'vitest'
import type { Batch } from '../../protocol/columns'
import type { QueryId, RunId } from '../../protocol/ids'
import { OptionMap } from '../ports/options'
import { definition as memorySink } from '../../sinks/memory'
import { definition as rateSource } from '../../sources/rate'
import { FileCheckpoint } from '../../storage/checkpoint/file-checkpoint'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { identityPlan } from '../../testing/identity-plan'
import { rowsOf } from '../../testing/rows'
import { ScriptedClock } from '../../testing/scripted-clock'
import { ScriptedHost } from '../../testing/scripted-host'
import { MicroBatchExecution } from './micro-batch'

const ID = '00000000-0000-4000-8000-000000000001' as QueryId

test('rate to memory: batches follow the clock and rows arrive once', async () => {
  const clock = new ScriptedClock(1_000_000)
  const files = new MemoryFileStore()
  const host = new ScriptedHost(clock)
  const written: { batchId: number; batches: readonly Batch[] }[] = []
  const options = new OptionMap({ rowsPerSecond: '2' })
  const schema = await rateSource.schema(options, null, {
    files,
    streaming: true,
    compatibility: 'strict',
    lenient() {},
  })
  const checkpoint = new FileCheckpoint(files, '/ckpt')
  const execution = new MicroBatchExecution({
    id: await checkpoint.queryId(ID),
    runId: ID as string as RunId,
    name: 'q',
    plan: identityPlan(schema, 'rate'),
    trigger: { kind: 'processingTime', intervalMs: 1000 },
    conf: {},
    clock,
    checkpoint,
    host,
    openSources: async () => [
      await rateSource.open!(options, null, {
        files,
        clock,
        broker: () => {
          throw new Error('no broker')
        },
        metadataPath: checkpoint.sourcePath(0),
        conf: {},
      }),
    ],
    openSink: () =>
      memorySink.open(new OptionMap({}), {
        files,
        clock,
        random: { next: () => 0, uuid: () => ID },
        queryId: ID,
        schema,
        outputMode: 'append',
        partitionColumns: [],
        hosted: {
          async write(_kind, batchId, batches) {
            written.push({ batchId, batches })
          },
        },
      }),
    readStatic: () => {
      throw new Error('no static leaf')
    },
    isCanceled: () => false,
  })
  const end = execution.run()
  while (host.reports.length < 3) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    if (host.triggers.length === host.reports.length) clock.advance(1000)
  }
  execution.stop()
  expect(await end).toEqual({ kind: 'stopped' })
  expect(written.map(({ batchId, batches }) => [batchId, rowsOf(batches).map((row) => row.value)])).toEqual([
    [0, []],
    [1, [0n, 1n]],
    [2, [2n, 3n]],
  ])
})
