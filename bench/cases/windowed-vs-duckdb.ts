import type { JsonValue } from '@bufbuild/protobuf'
import { batchToRows } from '../../src/engine/batch/to-values'
import type { Batch } from '../../src/protocol/columns'
import { median } from '../case'
import type { BenchCase, BenchResult } from '../case'
import { insertBatches, openDuckDb } from '../duckdb'
import { COLUMNS, columnBatches } from './event-columns'
import { OVER_COLUMNS, openPipeline } from './windowed-pipeline'

const NUM_ROWS = 1_000_000
const ROWS_PER_BATCH = 10_000
/** Batches of a round before its time counts, as in `windowed-pipeline`: each round is a new query with new generated code. */
const WARM_UP_BATCHES = 10
const WARM_UP_ROUNDS = 3
const ROUNDS = 9

/** What the peer computes beside the group's key. */
export const AGGREGATES = 'count(*) AS n, sum(page_loading_seconds) AS seconds, avg(page_loading_seconds) AS mean'

/**
 * Windowed count, sum and mean: ours incremental, against DuckDB-WASM recomputing the same rows in one query.
 *
 * Ours   100 micro-batches of 10,000 rows: watermark, late rows, groups, eviction, update rows of every batch, state changes
 *        encoded as a checkpoint would have them; nothing is written
 * Peer   one prepared GROUP BY over all the rows, which lie in its table already: one Arrow IPC insert, not timed. The window
 *        is an integer division, faster there than `time_bucket`. Strings are strings, as the insert makes them; the detail
 *        gives its time over ENUM columns made by hand, and the insert
 * Ratio  its time a row by ours, in each round: its million rows, our last 900,000, the first batches being a new query's warm-up
 *        (its statement is prepared once for all rounds). A recompute for every batch would cost it far more
 */
export const benchCase: BenchCase = {
  name: 'windowed-vs-duckdb',
  goal: { atLeast: 2.5 },
  run: () => measureAgainstDuckDb(OVER_COLUMNS, AGGREGATES),
}

/** `relation` over our columns against `aggregates` in DuckDB. Both names and values must agree: a column a field. */
export async function measureAgainstDuckDb(relation: JsonValue, aggregates: string): Promise<BenchResult> {
  const batches = columnBatches(NUM_ROWS, ROWS_PER_BATCH)
  const peer = await openPeer(batches, aggregates)
  assertSameGroups(await groupsOf(relation, batches), peer.rows())
  /** For the million, at the pace after the warm-up. */
  const oursMs = async () => (await runMs(relation, batches)) * (batches.length / (batches.length - WARM_UP_BATCHES))
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    await oursMs()
    peer.recompute()
    peer.recomputeEnums()
  }
  const times: { ours: number; peer: number; enums: number }[] = []
  for (let round = 0; round < ROUNDS; round++)
    times.push({
      ours: await oursMs(),
      peer: await timed(peer.recompute),
      enums: await timed(peer.recomputeEnums),
    })
  const [ours, theirs, enums] = (['ours', 'peer', 'enums'] as const).map((side) => times.map((time) => time[side]))
  const rate = (ms: number) => NUM_ROWS / ms / 1000
  return {
    ours: rate(median(ours)),
    unit: 'Mrows/s',
    peer: { name: 'DuckDB-WASM', value: rate(median(theirs)) },
    ratio: median(times.map((time) => time.peer / time.ours)),
    detail: `${median(ours).toFixed(1)} (${spread(ours)}) against ${median(theirs).toFixed(1)} (${spread(theirs)}) ms; ENUM columns ${median(enums).toFixed(1)} ms, insert ${peer.insertMs.toFixed(0)} ms`,
  }
}

async function openPeer(batches: readonly Batch[], aggregates: string) {
  const connection = await openDuckDb()
  const insertMs = await timed(() => insertBatches(connection, 'events', COLUMNS, batches))
  for (const name of ['eventType', 'platform', 'productId'])
    connection.query(`CREATE TYPE ${name} AS ENUM (SELECT DISTINCT ${name} FROM events)`)
  connection.query(
    'CREATE TABLE coded AS SELECT * REPLACE (eventType::eventType AS eventType, platform::platform AS platform, productId::productId AS productId) FROM events',
  )
  const grouped = (table: string) =>
    connection.prepare(
      `SELECT epoch_us(eventDate) // 300000000 AS fiveMinutes, eventType, platform, ${aggregates} FROM ${table} GROUP BY ALL`,
    )
  const [overStrings, overEnums] = [grouped('events'), grouped('coded')]
  return {
    insertMs,
    recompute: () => void overStrings.query(),
    recomputeEnums: () => void overEnums.query(),
    rows: () =>
      overStrings
        .query()
        .toArray()
        .map((row) => row.toJSON() as Record<string, unknown>),
  }
}

async function runMs(relation: JsonValue, batches: readonly Batch[]): Promise<number> {
  const pipeline = await openPipeline(relation, COLUMNS)
  for (const batch of batches.slice(0, WARM_UP_BATCHES)) await pipeline.run(batch)
  const rest = batches.slice(WARM_UP_BATCHES)
  const start = performance.now()
  for (const batch of rest) await pipeline.run(batch)
  return performance.now() - start
}

async function timed(run: () => Promise<void> | void): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

/** Every group as the last batch that changed it gave it out. */
async function groupsOf(relation: JsonValue, batches: readonly Batch[]): Promise<Map<string, Record<string, unknown>>> {
  const pipeline = await openPipeline(relation, COLUMNS)
  const groups = new Map<string, Record<string, unknown>>()
  for (const batch of batches) {
    for (const row of (await pipeline.run(batch)).flatMap(batchToRows)) {
      const { start } = row.window as { start: bigint }
      groups.set(`${start / 300_000_000n}|${row.eventType as string}|${row.platform as string}`, row)
    }
  }
  return groups
}

function assertSameGroups(
  ours: Map<string, Record<string, unknown>>,
  theirs: readonly Record<string, unknown>[],
): void {
  if (ours.size !== theirs.length) throw new Error(`${ours.size} groups against ${theirs.length} of DuckDB`)
  for (const { fiveMinutes, eventType, platform, ...values } of theirs) {
    const key = `${fiveMinutes as bigint}|${eventType as string}|${platform as string}`
    for (const [name, value] of Object.entries(values)) {
      const [a, b] = [Number(ours.get(key)?.[name]), Number(value)]
      // Sums are added in another order there.
      if (!(Math.abs(a - b) <= 1e-9 * Math.abs(b)))
        throw new Error(`Group ${key}, ${name}: ${a} against ${b} of DuckDB`)
    }
  }
}

function spread(ms: readonly number[]): string {
  return `${Math.min(...ms).toFixed(1)}..${Math.max(...ms).toFixed(1)}`
}
