import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from '@playwright/test'
import { copyTable } from './pages/files'
import { Workbench } from './pages/workbench'
import { HUB, START_PIPELINE, batchesPass, expectExactlyOnce, settle, startProducer } from './pages/pipeline'

test('an independent reader finds in the files what the page counted and the hub holds', async ({ page }) => {
  const bench = await Workbench.open(page)
  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'silver_events', 2)
  const counts = await settle(bench)
  expectExactlyOnce(counts)

  const folder = mkdtempSync(join(tmpdir(), 'runnel-tables-'))
  try {
    const duck = await (await DuckDBInstance.create()).connect()
    const query = async (sql: string) => (await duck.runAndReadAll(sql)).getRowObjectsJson()
    const bronze = filesOf(await copyTable(bench, 'bronze_events', folder))
    const silver = filesOf(await copyTable(bench, 'silver_events', folder))

    expect(await query(`select count(*)::int as n, count(distinct "eventID")::int as ids from ${bronze}`)).toEqual([
      { n: counts.bronze, ids: counts.distinct },
    ])
    expect(await query(`select coalesce(sum(len("extraPayload")), 0)::int as items from ${bronze}`)).toEqual([
      { items: counts.items },
    ])
    expect(await query(`select count(*)::int as n from ${silver}`)).toEqual([{ n: counts.silver }])

    const events = await bench.evaluate<{ body: string }[]>(
      `runnel.broker.peek(${JSON.stringify(HUB)}, ${counts.sent})`,
    )
    const sent = events.map(({ body }) => /"eventID":\s*"([^"]+)"/.exec(body)?.[1])
    const stored = await query(`select "eventID" as id from ${bronze} order by id`)
    expect(stored.map(({ id }) => id)).toEqual(sent.sort())

    // Every row of silver is one payload item of one bronze row, the same one.
    const item = '"eventID", item."relatedProductId", item."relatedProductCategory"'
    const exploded = `(select "eventID", unnest("extraPayload") as item from ${bronze})`
    expect(
      await query(
        `select count(*)::int as n from ((select ${item} from ${exploded} except all select ${item} from ${silver})
         union all (select ${item} from ${silver} except all select ${item} from ${exploded}))`,
      ),
    ).toEqual([{ n: 0 }])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

function filesOf(paths: readonly string[]): string {
  return `read_parquet([${paths.map((path) => `'${path}'`).join(', ')}])`
}
