import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { MicroBatchExecution } from '../../engine/execution/micro-batch'
import { OptionMap } from '../../engine/ports/options'
import type { QueryId, RunId } from '../../protocol/ids'
import { definition as rate } from '../../sources/rate'
import { identityPlan } from '../../testing/identity-plan'
import { ScriptedClock } from '../../testing/scripted-clock'
import { ScriptedHost } from '../../testing/scripted-host'
import { settle, TABLE } from '../../testing/test-query'
import { publishedBatches, transactionalSink } from '../../testing/transactional-sink'
import { MemoryFileStore } from '../files/memory-file-store'
import { FileCheckpoint } from './file-checkpoint'

/** A checkpoint goes back and forth between ours and a live Spark; needs RUNNEL_PYTHON with pyspark, and Java. */
const python = process.env.RUNNEL_PYTHON
const folder = mkdtempSync(join(tmpdir(), 'runnel-checkpoint-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SPARK_ONCE = `
import json, sys
from pyspark.sql import SparkSession
spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
         .config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "1").getOrCreate())
spark.sparkContext.setLogLevel("OFF")
rows = []
query = (spark.readStream.format("rate").option("rowsPerSecond", 5).load().writeStream
         .foreachBatch(lambda df, i: rows.append([i, [r.value for r in df.collect()]]))
         .option("checkpointLocation", sys.argv[1]).trigger(once=True).start())
query.awaitTermination()
print("ANSWER " + json.dumps({"rows": rows, "id": str(query.id), "progress": [json.loads(p.json()) for p in query._jsq.recentProgress()]}))
spark.stop()
`

type SparkAnswer = {
  readonly rows: readonly (readonly [batchId: number, values: number[]])[]
  readonly id: string
  readonly progress: readonly {
    readonly batchId: number
    readonly sources: readonly { readonly startOffset: number; readonly endOffset: number }[]
  }[]
}

function sparkOnce(checkpoint: string): SparkAnswer {
  const output = execFileSync(python!, ['-c', SPARK_ONCE, checkpoint], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return JSON.parse(
    output
      .split('\n')
      .find((line) => line.startsWith('ANSWER '))!
      .slice(7),
  ) as SparkAnswer
}

/** One trigger of ours over the checkpoint at this session time; gives the values of each batch it published. */
async function oursOnce(files: MemoryFileStore, nowMs: number, parkAfterOffsets = false) {
  const clock = new ScriptedClock(nowMs)
  const host = new ScriptedHost(clock)
  const checkpoint = new FileCheckpoint(files, '/ckpt')
  const options = new OptionMap({ rowsPerSecond: '5' })
  const broker = () => {
    throw new Error('no broker')
  }
  const schema = await rate.schema(options, null, { files, streaming: true, compatibility: 'strict', lenient() {} })
  const execution = new MicroBatchExecution({
    id: await checkpoint.queryId('11111111-2222-4333-8444-555555555555' as QueryId),
    runId: '11111111-2222-4333-8444-666666666666' as RunId,
    name: null,
    plan: identityPlan(schema, 'rate'),
    trigger: { kind: 'once' },
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
  const parked = parkAfterOffsets ? host.crashAfter('offsets') : null
  const end = execution.run()
  await Promise.race([end, parked ?? new Promise(() => {})])
  await settle()
  const batches = await publishedBatches(files, TABLE)
  return new Map(
    [...batches].map(([batchId, rows]) => [
      batchId,
      rows.map((row) => Number((JSON.parse(row) as { value: string }).value.replace('L', ''))),
    ]),
  )
}

async function toDisk(files: MemoryFileStore, from: string, to: string): Promise<void> {
  for (const entry of await files.list(from)) {
    if (entry.isFolder) {
      await toDisk(files, entry.path, join(to, entry.name))
      continue
    }
    mkdirSync(to, { recursive: true })
    writeFileSync(join(to, entry.name), await files.read(entry.path))
  }
}

async function fromDisk(from: string, files: MemoryFileStore, to: string): Promise<void> {
  for (const name of readdirSync(from)) {
    const path = join(from, name)
    if (statSync(path).isDirectory()) await fromDisk(path, files, `${to}/${name}`)
    else await files.write(`${to}/${name}`, readFileSync(path))
  }
}

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, i) => start + i)

test.skipIf(!python)(
  'a checkpoint goes from ours to Spark and back, and every value is seen once',
  async () => {
    const started = Date.now() - 60_000
    const ours = new MemoryFileStore()
    const first = await oursOnce(ours, started)
    expect([...first]).toEqual([[0, []]])
    const second = await oursOnce(ours, started + 4_500)
    expect(second.get(1)).toEqual(range(0, 20))

    const disk = join(folder, 'handover')
    await toDisk(ours, '/ckpt', disk)
    const spark = sparkOnce(disk)
    expect(spark.id).toBe('11111111-2222-4333-8444-555555555555')
    expect(spark.progress[0].batchId).toBe(2)
    expect(spark.progress[0].sources[0].startOffset).toBe(4)
    const sparkEnd = spark.progress[0].sources[0].endOffset
    expect(spark.rows).toEqual([[2, range(20, sparkEnd * 5)]])

    const back = new MemoryFileStore()
    await fromDisk(disk, back, '/ckpt')
    const third = await oursOnce(back, started + (sparkEnd + 3) * 1000)
    expect([...third]).toEqual([[3, range(sparkEnd * 5, (sparkEnd + 3) * 5)]])
  },
  120_000,
)

test.skipIf(!python)(
  'a batch that ours planned and did not finish is run by Spark exactly as planned',
  async () => {
    const started = Date.now() - 600_000
    const ours = new MemoryFileStore()
    await oursOnce(ours, started)
    await oursOnce(ours, started + 3_000, true)
    const disk = join(folder, 'pending')
    await toDisk(ours, '/ckpt', disk)
    expect(sparkOnce(disk).rows).toEqual([[1, range(0, 15)]])
  },
  120_000,
)
