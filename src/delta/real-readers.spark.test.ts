import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batchFromRows } from '../engine/batch/from-values'
import { batchToRows } from '../engine/batch/to-values'
import type { TableWrite } from '../engine/ports/table'
import {
  BINARY,
  BOOLEAN,
  BYTE,
  DATE,
  DOUBLE,
  FLOAT,
  INTEGER,
  LONG,
  SHORT,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  arrayOf,
  decimal,
  mapOf,
  structOf,
} from '../engine/types/atomic-types'
import type { StructType } from '../protocol/columns'
import { NodeFileStore } from '../storage/node/node-file-store'
import { deltaContext } from './delta.fixture'
import { DeltaLog } from './delta-log'
import { TableKeeper } from './table-keeper'
import { createDeltaTables } from './tables'
import { publishWrite, stageWrite } from './write-table'

/** Tables of ours under real readers, and a real writer's tables under ours. Needs Python with pyspark and deltalake, and Java. */
const PYTHON = process.env.RUNNEL_PYTHON

const SCRIPT = `
import json, os, sys
from datetime import date, datetime
from decimal import Decimal
root = sys.argv[1]
from pyspark.sql import SparkSession
from deltalake import DeltaTable, QueryBuilder
spark = (SparkSession.builder.master('local[1]')
  .config('spark.jars.packages', 'io.delta:delta-spark_4.1_2.13:4.2.0')
  .config('spark.sql.extensions', 'io.delta.sql.DeltaSparkSessionExtension')
  .config('spark.sql.catalog.spark_catalog', 'org.apache.spark.sql.delta.catalog.DeltaCatalog')
  .config('spark.ui.enabled', 'false').config('spark.sql.session.timeZone', 'UTC')
  .config('spark.sql.shuffle.partitions', '1').config('spark.databricks.delta.snapshotPartitions', '1').getOrCreate())
spark.sparkContext.setLogLevel('ERROR')
out = {}
def rows(name, path, version=None):
    reader = spark.read.format('delta')
    if version is not None: reader = reader.option('versionAsOf', version)
    frame = reader.load(root + path)
    # Spark's JSON cuts times to milliseconds, its casts do not.
    times = [f.name for f in frame.schema.fields if f.dataType.typeName() in ('timestamp', 'timestamp_ntz')]
    for time in times: frame = frame.withColumn(time, frame[time].cast('string'))
    out[name] = {'rows': frame.toJSON().collect()}
def lake(name, path):
    table = DeltaTable(root + path)
    result = QueryBuilder().register('t', table).execute('select count(*) as n from t').read_all()
    out[name] = {'version': table.version(), 'rows': result.column('n').to_pylist()[0]}
rows('types', '/ours/types'); lake('types.lake', '/ours/types')
rows('parts', '/ours/parts'); lake('parts.lake', '/ours/parts')
rows('long', '/ours/long'); lake('long.lake', '/ours/long')
rows('long.v150', '/ours/long', 150)
rows('ntz', '/ours/ntz')
rows('merged', '/ours/merged'); lake('merged.lake', '/ours/merged')
rows('merged.v60', '/ours/merged', 60)
merged = DeltaTable(root + '/ours/merged')
out['merged.ids'] = sorted(QueryBuilder().register('t', merged).execute('select n from t').read_all().column('n').to_pylist())
out['merged.history'] = [r.operation for r in spark.sql(f"describe history delta.\`{root}/ours/merged\`").select('operation').collect()]
out['history'] = [r.operation for r in spark.sql(f"describe history delta.\`{root}/ours/types\`").select('operation').collect()]
out['filtered'] = [r.id for r in spark.read.format('delta').load(root + '/ours/types').where("ts > timestamp'2024-01-01' and name >= 'b'").select('id').collect()]
spark.sql("select 77L as n").write.format('delta').mode('append').save(root + '/ours/long')
spark.sql(f"delete from delta.\`{root}/ours/parts\` where id = 1").collect()
p = root + '/theirs/nested'
spark.sql("select id, cast(id as double)/2 x, array(named_struct('a',id,'b',array(cast(id as string),null))) n, map('k',map(id,'v')) m, cast(id as decimal(38,18)) big, date_add(date'1900-01-01', cast(id as int)) dd, timestamp_ntz'1999-12-31 23:59:59.999999' tn, timestamp'1600-01-01 00:00:00.000001' ts, X'00ff' bin, cast(id as byte) b, cast(id as short) sh, concat('p /',id%3,'é') p, id%2=0 bo, cast(id as float) f, timestamp'2024-01-01 00:00:00.5' tp from range(0,10)").repartition(1).write.format('delta').partitionBy('p','bo','tp').save(p)
rows('nested', '/theirs/nested')
p = root + '/theirs/vectors'
spark.sql(f"create table delta.\`{p}\` (id bigint, v string, s struct<a:int,b:string>) using delta tblproperties('delta.enableDeletionVectors'='true','delta.columnMapping.mode'='name')")
spark.range(0,1000,1,1).selectExpr('id',"concat('v',id) v","named_struct('a',cast(id as int),'b','x') s").write.format('delta').mode('append').save(p)
spark.sql(f"delete from delta.\`{p}\` where id % 7 = 0").collect()
spark.sql(f"alter table delta.\`{p}\` rename column v to w")
spark.sql(f"alter table delta.\`{p}\` add column z int")
spark.sql(f"delete from delta.\`{p}\` where id between 100 and 900").collect()
rows('vectors', '/theirs/vectors')
p = root + '/theirs/v2'
spark.sql(f"create table delta.\`{p}\` (id bigint, v string) using delta partitioned by (v) tblproperties('delta.checkpointPolicy'='v2','delta.checkpointInterval'='3')")
for i in range(5): spark.sql(f"select {i}L id, 'a b/{i}%' v").write.format('delta').mode('append').save(p)
rows('v2', '/theirs/v2')
p = root + '/theirs/classic'
spark.sql(f"create table delta.\`{p}\` (id bigint, d decimal(20,3)) using delta tblproperties('delta.checkpointInterval'='3')")
for i in range(5): spark.sql(f"select {i}L id, cast({i}.125 as decimal(20,3)) d").write.format('delta').mode('append').option('txnAppId','app').option('txnVersion',str(i)).save(p)
spark.sql(f"delete from delta.\`{p}\` where id=0").collect()
rows('classic', '/theirs/classic')
json.dump(out, open(root + '/out.json', 'w'))
spark.stop()
`

type Read = { readonly rows: readonly string[] }

describe.skipIf(PYTHON === undefined)('with real Spark and delta-rs (RUNNEL_PYTHON)', () => {
  let root: string
  let out: Record<string, unknown>

  const types = structOf({
    id: LONG,
    name: STRING,
    b: BYTE,
    sh: SHORT,
    i: INTEGER,
    f: FLOAT,
    d: DOUBLE,
    bo: BOOLEAN,
    bin: BINARY,
    da: DATE,
    ts: TIMESTAMP,
    d9: decimal(9, 2),
    d18: decimal(18, 4),
    d38: decimal(38, 10),
    arr: arrayOf(structOf({ sku: STRING, n: INTEGER })),
    m: mapOf(STRING, LONG),
    st: structOf({ a: INTEGER, c: structOf({ e: STRING }) }),
  })
  const typeRows = [
    {
      id: 1n,
      name: 'a',
      b: 1,
      sh: 2,
      i: 3,
      f: 1.5,
      d: 0.25,
      bo: true,
      bin: new Uint8Array([0, 255]),
      da: 19000,
      ts: 1_704_164_645_123_456n,
      d9: '1.25',
      d18: '-99999999999999.9999',
      d38: '1234567890123456789012345678.0123456789',
      arr: [{ sku: 'x', n: 1 }, null],
      m: new Map([['k', 9_007_199_254_740_993n]]),
      st: { a: 1, c: { e: 'z' } },
    },
    {
      id: 2n,
      name: 'b',
      b: null,
      sh: null,
      i: null,
      f: null,
      d: null,
      bo: null,
      bin: null,
      da: null,
      ts: 1_704_164_645_999_999n,
      d9: null,
      d18: null,
      d38: '-0.0000000001',
      arr: [],
      m: new Map(),
      st: { a: null, c: null },
    },
    {
      id: 3n,
      name: 'ü\u{1f600}',
      b: -128,
      sh: -32768,
      i: -2147483648,
      f: -1.5,
      d: -1e300,
      bo: false,
      bin: new Uint8Array(0),
      da: -1,
      ts: -1n,
      d9: '-9999999.99',
      d18: '0.0001',
      d38: null,
      arr: null,
      m: null,
      st: null,
    },
  ]

  const tablesAt = (folder: string) => createDeltaTables(deltaContext(new NodeFileStore(folder)))

  function write(
    schema: StructType,
    rows: readonly Record<string, unknown>[],
    more: Partial<TableWrite> = {},
  ): TableWrite {
    return {
      mode: 'append',
      schema,
      batches: [batchFromRows(schema, rows)],
      partitionColumns: [],
      mergeSchema: false,
      overwriteSchema: false,
      transaction: null,
      operation: { name: 'WRITE', parameters: { mode: 'Append', partitionBy: '[]' } },
      ...more,
    }
  }

  async function readOurs(folder: string): Promise<Record<string, unknown>[]> {
    const table = await tablesAt(root).open(folder)
    const rows: Record<string, unknown>[] = []
    for await (const batch of table!.scan(null)) rows.push(...batchToRows(batch))
    return rows
  }

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'runnel-delta-'))
    const tables = tablesAt(root)
    await tables.write('/ours/types', write(types, typeRows.slice(0, 2)))
    await tables.write('/ours/types', write(types, typeRows.slice(2)))
    const parts = structOf({ id: LONG, day: STRING, at: TIMESTAMP, dt: DATE })
    const partRows = [
      { id: 1n, day: 'a/b c%é=', at: 1_704_164_645_500_000n, dt: 19000 },
      { id: 2n, day: null, at: 1_704_164_645_500_000n, dt: 19001 },
    ]
    await tables.write('/ours/parts', write(parts, partRows, { partitionColumns: ['day', 'at', 'dt'] }))
    const numbers = structOf({ n: LONG })
    for (let n = 0; n < 250; n++) {
      await tables.write('/ours/long', write(numbers, [{ n: BigInt(n) }], { transaction: { appId: 'q', version: n } }))
    }
    await tables.write('/ours/ntz', write(structOf({ t: TIMESTAMP_NTZ }), [{ t: 1_704_164_645_123_456n }]))
    await writeMerged(new NodeFileStore(root))
    const script = join(root, 'check.py')
    await writeFile(script, SCRIPT)
    await promisify(execFile)(PYTHON!, [script, root], { maxBuffer: 1 << 26 })
    out = JSON.parse(new TextDecoder().decode(await new NodeFileStore(root).read('/out.json'))) as Record<
      string,
      unknown
    >
  }, 900_000)

  afterAll(async () => {
    await rm(root, { recursive: true, force: true })
  })

  /** 130 commits of a stream with its keeper beside it. */
  async function writeMerged(files: NodeFileStore): Promise<void> {
    const schema = structOf({ n: LONG, day: STRING })
    const context = deltaContext(files)
    const log = new DeltaLog(files, '/ours/merged')
    const keeper = new TableKeeper(log, context)
    for (let n = 0; n < 130; n++) {
      const staged = await stageWrite(
        log,
        context,
        write(schema, [{ n: BigInt(n), day: `d ${n % 2}` }], { partitionColumns: ['day'] }),
      )
      await publishWrite(log, context, staged, (snapshot) => keeper.committed(snapshot))
      keeper.start()
      await keeper.settled()
    }
  }

  const jsonRows = (name: string) => (out[name] as Read).rows.map((row) => JSON.parse(row) as Record<string, unknown>)

  test('Spark reads every type as it was written', () => {
    const [first, second, third] = jsonRows('types')
    expect(first).toMatchObject({
      id: 1,
      name: 'a',
      b: 1,
      sh: 2,
      i: 3,
      f: 1.5,
      d: 0.25,
      bo: true,
      bin: 'AP8=',
      da: '2022-01-08',
      ts: '2024-01-02 03:04:05.123456',
      d9: 1.25,
      arr: [{ sku: 'x', n: 1 }, null],
      st: { a: 1, c: { e: 'z' } },
    })
    const text = (out.types as Read).rows.join('\n')
    expect(text).toContain('"d38":1234567890123456789012345678.0123456789')
    expect(text).toContain('"d18":-99999999999999.9999')
    expect(text).toContain('"m":{"k":9007199254740993}')
    expect(second).toMatchObject({ id: 2, name: 'b', ts: '2024-01-02 03:04:05.999999', arr: [], m: {}, st: {} })
    expect(third).toMatchObject({
      id: 3,
      name: 'ü\u{1f600}',
      b: -128,
      sh: -32768,
      da: '1969-12-31',
      ts: '1969-12-31 23:59:59.999999',
      d: -1e300,
    })
    expect(third).not.toHaveProperty('arr')
    expect(out['types.lake']).toEqual({ version: 1, rows: 3 })
    expect(out.history).toEqual(['WRITE', 'WRITE'])
  })

  test('Spark’s data skipping by our statistics loses no row', () => {
    expect(out.filtered).toEqual([2])
  })

  test('partition values with odd characters, times and dates come back', () => {
    expect(jsonRows('parts').sort((a, b) => Number(a.id) - Number(b.id))).toEqual([
      { id: 1, day: 'a/b c%é=', at: '2024-01-02 03:04:05.5', dt: '2022-01-08' },
      { id: 2, at: '2024-01-02 03:04:05.5', dt: '2022-01-09' },
    ])
    expect(out['parts.lake']).toEqual({ version: 0, rows: 2 })
  })

  test('a table whose log was shortened opens from our checkpoint, also at an older version', () => {
    expect(
      jsonRows('long')
        .map((row) => Number(row.n))
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 250 }, (_, n) => n))
    expect(jsonRows('long.v150')).toHaveLength(151)
    expect(out['long.lake']).toEqual({ version: 249, rows: 250 })
    expect(jsonRows('ntz')).toEqual([{ t: '2024-01-02 03:04:05.123456' }])
  })

  test('a table whose small files were merged reads the same, now and at an older version', () => {
    const all = Array.from({ length: 130 }, (_, n) => n)
    const numbers = (name: string) =>
      jsonRows(name)
        .map((row) => Number(row.n))
        .sort((a, b) => a - b)
    expect(numbers('merged')).toEqual(all)
    expect(out['merged.ids']).toEqual(all)
    expect(numbers('merged.v60')).toEqual(all.slice(0, 61))
    const merges = (out['merged.history'] as string[]).filter((operation) => operation === 'OPTIMIZE').length
    expect(merges).toBeGreaterThan(0)
    // Version 0 is the first of the 130 appends.
    expect(out['merged.lake']).toEqual({ version: 129 + merges, rows: 130 })
  })

  test('we go on after Spark appended to and deleted from our tables', async () => {
    expect((await readOurs('/ours/long')).map((row) => row.n)).toContain(77n)
    expect(await readOurs('/ours/long')).toHaveLength(251)
    expect((await readOurs('/ours/parts')).map((row) => row.id)).toEqual([2n])
    const { version } = await tablesAt(root).write('/ours/long', write(structOf({ n: LONG }), [{ n: 5n }]))
    expect(version).toBe(251)
  })

  test('Spark’s tables read the same here: nested types, deletion vectors, column mapping, both kinds of checkpoint', async () => {
    const nested = (await readOurs('/theirs/nested')).sort((a, b) => Number(a.id) - Number(b.id))
    expect(nested).toHaveLength(10)
    expect(nested[4]).toEqual({
      id: 4n,
      x: 2,
      n: [{ a: 4n, b: ['4', null] }],
      m: new Map([['k', new Map([[4n, 'v']])]]),
      big: '4.000000000000000000',
      dd: -25563,
      tn: 946_684_799_999_999n,
      ts: -11_676_095_999_999_999n,
      bin: new Uint8Array([0, 255]),
      b: 4,
      sh: 4,
      p: 'p /1é',
      bo: true,
      f: 4,
      tp: 1_704_067_200_500_000n,
    })
    const vectors = await readOurs('/theirs/vectors')
    const wanted = jsonRows('vectors')
    expect(vectors.map((row) => Number(row.id)).sort((a, b) => a - b)).toEqual(
      wanted.map((row) => Number(row.id)).sort((a, b) => a - b),
    )
    expect(vectors[0]).toEqual({ id: 1n, w: 'v1', s: { a: 1, b: 'x' }, z: null })
    expect((await readOurs('/theirs/v2')).map((row) => [row.id, row.v]).sort()).toEqual(
      [0, 1, 2, 3, 4].map((i) => [BigInt(i), `a b/${i}%`]),
    )
    expect((await readOurs('/theirs/classic')).map((row) => row.d).sort()).toEqual(['1.125', '2.125', '3.125', '4.125'])
  })
})
