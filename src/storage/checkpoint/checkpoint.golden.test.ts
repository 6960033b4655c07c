import { describe, expect, test } from 'vitest'
import { MicroBatchExecution } from '../../engine/execution/micro-batch'
import { OptionMap } from '../../engine/ports/options'
import { errorShape, fullMessage } from '../../protocol/errors/runnel-error'
import type { QueryId, RunId } from '../../protocol/ids'
import { definition as rate } from '../../sources/rate'
import { causeOf, golden } from '../../testing/golden/streaming/golden'
import { identityPlan } from '../../testing/identity-plan'
import { ScriptedClock } from '../../testing/scripted-clock'
import { ScriptedHost } from '../../testing/scripted-host'
import { TABLE } from '../../testing/test-query'
import { publishedBatches, transactionalSink } from '../../testing/transactional-sink'
import { MemoryFileStore } from '../files/memory-file-store'
import { FileCheckpoint, requireNoOffsets } from './file-checkpoint'
import { commitFormat, offsetFormat } from './offset-log'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A checkpoint of real Spark, in files of ours, with the checksum files Hadoop puts beside. */
async function sparkCheckpoint(name: string, change: (files: Record<string, string>) => void = () => {}) {
  const contents = { ...golden.checkpoints[name] }
  change(contents)
  const files = new MemoryFileStore()
  for (const [path, text] of Object.entries(contents)) {
    await files.write(`/ckpt/${path}`, encoder.encode(text))
    await files.write(`/ckpt/${path.replace(/([^/]+)$/, '.$1.crc')}`, new Uint8Array([99, 114, 99]))
  }
  return { files, checkpoint: new FileCheckpoint(files, '/ckpt') }
}

const lastBatch = Math.max(
  ...Object.keys(golden.checkpoints.rate)
    .filter((path) => path.startsWith('offsets/'))
    .map((path) => Number(path.slice('offsets/'.length))),
)

describe('checkpoint files against Spark', () => {
  for (const [name, contents] of Object.entries(golden.checkpoints)) {
    for (const [path, text] of Object.entries(contents)) {
      if (path.startsWith('offsets/')) {
        test(`${name}: ${path} is read and written back byte for byte`, () => {
          expect(offsetFormat.print(offsetFormat.parse(text))).toBe(text)
        })
      } else if (path.startsWith('commits/')) {
        test(`${name}: ${path} is read and written back byte for byte`, () => {
          expect(commitFormat.print(commitFormat.parse(text))).toBe(text)
        })
      }
    }
  }

  test('the query id of Spark is taken over', async () => {
    const { files, checkpoint } = await sparkCheckpoint('rate')
    const id = await checkpoint.queryId('unused' as QueryId)
    expect(golden.checkpoints.rate.metadata).toBe(`{"id":"${id}"}`)
    expect(decoder.decode(await files.read('/ckpt/metadata'))).toBe(golden.checkpoints.rate.metadata)
  })

  test('a new checkpoint is what Spark writes, but for id and times', async () => {
    const { files } = await runRate(new MemoryFileStore(), new ScriptedClock(1_000_000), 2)
    const spark = golden.checkpoints.rate
    const mask = (text: string) =>
      text.replace(/"batchTimestampMs":\d+/, '"batchTimestampMs":_').replace(/\n\d+$/, '\n_')
    for (const path of ['offsets/0', 'offsets/1', 'commits/0', 'sources/0/0']) {
      expect(mask(decoder.decode(await files.read(`/ckpt/${path}`)))).toBe(mask(spark[path]))
    }
    expect(decoder.decode(await files.read('/ckpt/metadata'))).toMatch(/^\{"id":"[0-9a-f-]{36}"\}$/)
  })
})

/** Runs rate -> transactional sink for some triggers over what the files hold. */
async function runRate(files: MemoryFileStore, clock: ScriptedClock, numTriggers: number) {
  const checkpoint = new FileCheckpoint(files, '/ckpt')
  const options = new OptionMap({ rowsPerSecond: '5' })
  const host = new ScriptedHost(clock)
  const broker = () => {
    throw new Error('no broker')
  }
  const schemaContext = { files, streaming: true, compatibility: 'strict' as const, lenient() {} }
  const execution = new MicroBatchExecution({
    id: await checkpoint.queryId('00000000-0000-4000-8000-000000000001' as QueryId),
    runId: '00000000-0000-4000-9000-000000000001' as RunId,
    name: null,
    plan: identityPlan(await rate.schema(options, null, schemaContext), 'rate'),
    trigger: { kind: 'processingTime', intervalMs: 1000 },
    conf: { 'spark.sql.shuffle.partitions': '1' },
    clock,
    checkpoint,
    host,
    openSources: async () => [
      await rate.open!(options, null, { files, clock, broker, metadataPath: checkpoint.sourcePath(0), conf: {} }),
    ],
    openSink: async () => transactionalSink(files, TABLE, 'ours'),
    readStatic: () => {
      throw new Error('no static leaf')
    },
    isCanceled: () => false,
  })
  const end = execution.run()
  for (let i = 0; i < numTriggers; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(1000)
  }
  await new Promise((resolve) => setImmediate(resolve))
  execution.stop()
  return { files, end: await end, host }
}

describe('going on from a checkpoint of Spark', () => {
  const createdMs = Number(golden.checkpoints.rate['sources/0/0'].split('\n')[1])
  const endOf = (batchId: number) => Number(golden.checkpoints.rate[`offsets/${batchId}`].split('\n').at(-1))

  test('the next batch begins where the last one of Spark ended, with its creation time', async () => {
    const { files } = await sparkCheckpoint('rate')
    const clock = new ScriptedClock(createdMs + (endOf(lastBatch) + 2) * 1000)
    await runRate(files, clock, 0)
    const batches = await publishedBatches(files, TABLE)
    expect([...batches.keys()]).toEqual([lastBatch + 1])
    const first = endOf(lastBatch) * 5
    expect(batches.get(lastBatch + 1)).toEqual(
      Array.from({ length: 10 }, (_, i) =>
        JSON.stringify({
          timestamp: `${BigInt(createdMs + endOf(lastBatch) * 1000 + i * 200) * 1000n}L`,
          value: `${first + i}L`,
        }),
      ),
    )
  })

  test('a batch that Spark planned and did not commit runs exactly as planned', async () => {
    const { files } = await sparkCheckpoint('rate', (contents) =>
      Reflect.deleteProperty(contents, `commits/${lastBatch}`),
    )
    const clock = new ScriptedClock(createdMs + 3_600_000)
    const { host } = await runRate(files, clock, 0)
    const [report] = host.progressReports
    expect(report.batchId).toBe(lastBatch)
    expect(report.sources[0]).toMatchObject({ startOffset: endOf(lastBatch - 1), endOffset: endOf(lastBatch) })
    expect(report.numInputRows).toBe((endOf(lastBatch) - endOf(lastBatch - 1)) * 5)
  })
})

describe('damaged checkpoints against Spark', () => {
  const edits: Record<string, (contents: Record<string, string>) => void> = {
    'offsets of a newer version': (contents) => replace(contents, `offsets/${lastBatch}`, 'v99999'),
    'offsets without a version': (contents) => replace(contents, `offsets/${lastBatch}`, 'xyz'),
    'commit of a newer version': (contents) => replace(contents, `commits/${lastBatch}`, 'v99'),
    'offsets gone, commits there': (contents) =>
      Object.keys(contents)
        .filter((path) => path.startsWith('offsets/'))
        .forEach((path) => Reflect.deleteProperty(contents, path)),
    'last offsets gone, their commit there': (contents) => Reflect.deleteProperty(contents, `offsets/${lastBatch}`),
    'offsets gone before a batch that must run again': (contents) => {
      Reflect.deleteProperty(contents, `offsets/${lastBatch - 1}`)
      Reflect.deleteProperty(contents, `commits/${lastBatch}`)
    },
  }
  for (const [name, edit] of Object.entries(edits)) {
    test(name, async () => {
      const { files } = await sparkCheckpoint('rate', edit)
      const { end } = await runRate(files, new ScriptedClock(2_000_000_000_000), 0)
      if (end.kind !== 'failed') throw new Error(`The query ended as "${end.kind}"`)
      // Spark names the file first and writes local paths as URIs.
      const spark = causeOf(golden.damage[name])
        .replace(/^Failed to read log file \S+\. /, '')
        .replace(/file:\/base\/damaged-\d+/, '/ckpt')
      expect(fullMessage(end.error.cause!)).toBe(spark)
    })
  }

  test('a memory sink refuses a checkpoint that was used', async () => {
    const { files } = await sparkCheckpoint('rate')
    const thrown = errorShape(await requireNoOffsets(files, '/ckpt', '/base/memory').catch((error: unknown) => error))
    expect([thrown.exception, thrown.message]).toEqual([
      golden.damage['memory sink on a used checkpoint'].exception,
      golden.damage['memory sink on a used checkpoint'].text,
    ])
    await requireNoOffsets(files, '/unused', '/unused')
  })
})

function replace(contents: Record<string, string>, path: string, version: string): void {
  contents[path] = contents[path].replace('v1', version)
}

test('offsets without some or all metadata mean zeros', () => {
  expect(offsetFormat.parse('v1\n{}\n1\n-')).toEqual({
    batchWatermarkMs: 0,
    batchTimestampMs: 0,
    conf: {},
    offsets: ['1', null],
  })
  expect(offsetFormat.parse('v1\n{"batchWatermarkMs":5,"other":[1]}\n{"logOffset":345}')).toMatchObject({
    batchWatermarkMs: 5,
    offsets: ['{"logOffset":345}'],
  })
  expect(commitFormat.parse('v1\n{}')).toEqual({ nextBatchWatermarkMs: 0 })
})
