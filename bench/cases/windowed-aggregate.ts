import { batchToRows } from '../../src/engine/batch/to-values'
import { sliceColumn } from '../../src/engine/batch/slice'
import { parseDdl } from '../../src/engine/types/type-ddl'
import type { Batch, BytesColumn } from '../../src/protocol/columns'
import { median } from '../case'
import type { BenchCase } from '../case'
import { bodiesOf, eventTexts } from './event-data'
import { openPipeline, overBodies } from './windowed-pipeline'

const ROWS_PER_BATCH = 10_000
const BODY_SCHEMA = parseDdl('value STRING')
export const EVENT_DDL =
  'eventType STRING, userAgent STRUCT<platform: STRING>, page_loading_seconds DOUBLE, eventDate TIMESTAMP'

/** Batches of a round before its time counts: a query's generated code is new, and a stream runs for longer than a round. */
const WARM_UP_BATCHES = 10

/** Bytes -> from_json -> filter -> watermark -> window -> update rows, no table written; rounds interleaved with JSON.parse and a Map. */
export const benchCase: BenchCase = {
  name: 'windowed-pipeline',
  goal: { atLeast: 5 },
  async run() {
    return measurePipeline(200_000, 7)
  },
}

export async function measurePipeline(numRows: number, rounds: number) {
  const bodies = bodiesOf(eventTexts(numRows))
  const ours = async () => {
    const pipeline = await openPipeline(overBodies(EVENT_DDL), BODY_SCHEMA)
    const batches = cut(bodies).map((value): Batch => ({
      schema: BODY_SCHEMA,
      numRows: value.length,
      columns: [value],
    }))
    for (const batch of batches.slice(0, WARM_UP_BATCHES)) await pipeline.run(batch)
    const start = performance.now()
    let output: Batch[] = []
    for (const batch of batches.slice(WARM_UP_BATCHES)) output = await pipeline.run(batch)
    return { ms: performance.now() - start, last: checksum(output) }
  }
  const theirs = async () => {
    const batches = cut(bodies)
    const pipeline = mapPipeline()
    for (const batch of batches.slice(0, WARM_UP_BATCHES)) pipeline(batch)
    const start = performance.now()
    let output: MapRow[] = []
    for (const batch of batches.slice(WARM_UP_BATCHES)) output = pipeline(batch)
    return { ms: performance.now() - start, last: output.reduce((sum, row) => sum + row.n + row.seconds, 0) }
  }
  return interleaved(numRows - WARM_UP_BATCHES * ROWS_PER_BATCH, rounds, ours, theirs, 'JSON.parse and a Map')
}

function cut(bodies: BytesColumn): BytesColumn[] {
  const batches: BytesColumn[] = []
  for (let start = 0; start < bodies.length; start += ROWS_PER_BATCH)
    batches.push(sliceColumn(bodies, start, Math.min(bodies.length, start + ROWS_PER_BATCH)) as BytesColumn)
  return batches
}

function checksum(batches: readonly Batch[]): number {
  return batches.flatMap(batchToRows).reduce((sum, row) => sum + Number(row.n) + (row.seconds as number), 0)
}

async function interleaved(
  numRows: number,
  rounds: number,
  ours: () => Promise<{ ms: number; last: number }>,
  theirs: () => Promise<{ ms: number; last: number }>,
  peer: string,
) {
  const first = [await ours(), await theirs()]
  if (Math.abs(first[0].last - first[1].last) > 1e-6 * first[1].last)
    throw new Error(`The results differ: ${first[0].last} and ${first[1].last}`)
  await ours()
  const times: { ours: number; theirs: number }[] = []
  for (let round = 0; round < rounds; round++) times.push({ ours: (await ours()).ms, theirs: (await theirs()).ms })
  const rate = (ms: number) => numRows / ms / 1000
  const oursMs = times.map((round) => round.ours)
  return {
    ours: rate(median(oursMs)),
    unit: 'Mrows/s',
    peer: { name: peer, value: rate(median(times.map((round) => round.theirs))) },
    ratio: median(times.map((round) => round.theirs / round.ours)),
    detail: `${Math.min(...oursMs).toFixed(1)}..${Math.max(...oursMs).toFixed(1)} ms for ${numRows} rows in batches of ${ROWS_PER_BATCH}`,
  }
}

type MapRow = { window: number; eventType: string; platform: string; n: number; seconds: number; epoch: number }
type EventObject = {
  eventType: string
  userAgent: { platform: string }
  page_loading_seconds: number
  eventDate: string
}

/** What one would write by hand without an engine: an object a row, a string key, a Map. */
function mapPipeline(): (batch: BytesColumn) => MapRow[] {
  const groups = new Map<string, MapRow>()
  const decoder = new TextDecoder()
  const windowMs = 5 * 60_000
  let epoch = 0
  let watermarkMs = 0
  return ({ bytes, offsets, length }) => {
    epoch++
    let maxMs = 0
    for (let row = 0; row < length; row++) {
      const event = JSON.parse(decoder.decode(bytes.subarray(offsets[row], offsets[row + 1]))) as EventObject
      if (!(event.page_loading_seconds > 0.5)) continue
      const timeMs = Date.parse(event.eventDate)
      if (timeMs > maxMs) maxMs = timeMs
      const window = Math.floor(timeMs / windowMs) * windowMs
      if (window + windowMs <= watermarkMs) continue
      const key = `${window}|${event.eventType}|${event.userAgent.platform}`
      let group = groups.get(key)
      if (group === undefined) {
        group = { window, eventType: event.eventType, platform: event.userAgent.platform, n: 0, seconds: 0, epoch }
        groups.set(key, group)
      }
      group.n++
      group.seconds += event.page_loading_seconds
      group.epoch = epoch
    }
    const changed = [...groups.values()].filter((group) => group.epoch === epoch)
    for (const [key, group] of groups) if (group.window + windowMs <= watermarkMs) groups.delete(key)
    watermarkMs = Math.max(watermarkMs, maxMs - 30_000)
    return changed
  }
}
