import { DuckDBInstance } from '@duckdb/node-api'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { columnFromValues } from '../../engine/batch/from-values'
import { batchFromRows } from '../../engine/batch/from-values'
import { batchToRows } from '../../engine/batch/to-values'
import {
  BINARY,
  BOOLEAN,
  BYTE,
  DATE,
  DOUBLE,
  INTEGER,
  LONG,
  SHORT,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  arrayOf,
  decimal,
  field,
  mapOf,
  structOf,
} from '../../engine/types/atomic-types'
import type { Batch, StructType } from '../../protocol/columns'
import { readParquet, readParquetSchema } from './read-parquet'
import { writeParquet } from './write-parquet'

/** An independent reader and writer on the other side. */
let folder: string
let query: (sql: string) => Promise<Record<string, unknown>[]>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runnel-parquet-'))
  const connection = await (await DuckDBInstance.create()).connect()
  query = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson()
  await query("set timezone = 'UTC'")
})

afterAll(() => rm(folder, { recursive: true }))

async function toDuckDb(name: string, batches: Batch | Batch[], schema: StructType, select = '*') {
  const path = join(folder, name)
  await writeFile(path, writeParquet(batches, schema))
  return query(`select ${select} from '${path}'`)
}

const schema = structOf([
  field('id', LONG, false),
  field('b', BYTE),
  field('sh', SHORT),
  field('bo', BOOLEAN),
  field('d', DOUBLE),
  field('s', STRING),
  field('bin', BINARY),
  field('da', DATE),
  field('ts', TIMESTAMP),
  field('tn', TIMESTAMP_NTZ),
  field('d9', decimal(9, 2)),
  field('d18', decimal(18, 4)),
  field('d38', decimal(38, 10)),
  field('arr', arrayOf(structOf({ sku: STRING, n: INTEGER }))),
  field('m', mapOf(STRING, LONG)),
])

const rows = [
  {
    id: 9_007_199_254_740_993n,
    b: -128,
    sh: -32768,
    bo: true,
    d: -0.5,
    s: 'ü\u{1f600}',
    bin: new Uint8Array([0, 255]),
    da: -1,
    ts: -1n,
    tn: 253_402_300_799_999_999n,
    d9: '-9999999.99',
    d18: '12345678901234.5678',
    d38: '-1234567890123456789012345678.0123456789',
    arr: [{ sku: 'x', n: 1 }, null, { sku: null, n: null }],
    m: new Map([
      ['a', 1n],
      ['b', null],
    ]),
  },
  {
    id: -1n,
    b: null,
    sh: null,
    bo: null,
    d: null,
    s: null,
    bin: null,
    da: null,
    ts: null,
    tn: null,
    d9: null,
    d18: null,
    d38: null,
    arr: null,
    m: null,
  },
  {
    id: 0n,
    b: 0,
    sh: 0,
    bo: false,
    d: 1e300,
    s: '',
    bin: new Uint8Array(0),
    da: 0,
    ts: 0n,
    tn: 0n,
    d9: '0',
    d18: '0',
    d38: '0',
    arr: [],
    m: new Map(),
  },
]

test('DuckDB reads every type as it was written', async () => {
  const select =
    '* replace (ts::varchar as ts, tn::varchar as tn, da::varchar as da, hex(bin) as bin, arr::json as arr, m::varchar as m)'
  expect(await toDuckDb('types.parquet', batchFromRows(schema, rows), schema, select)).toEqual([
    {
      id: '9007199254740993',
      b: -128,
      sh: -32768,
      bo: true,
      d: -0.5,
      s: 'ü\u{1f600}',
      bin: '00FF',
      da: '1969-12-31',
      ts: '1969-12-31 23:59:59.999999+00',
      tn: '9999-12-31 23:59:59.999999',
      d9: '-9999999.99',
      d18: '12345678901234.5678',
      d38: '-1234567890123456789012345678.0123456789',
      arr: '[{"sku":"x","n":1},null,{"sku":null,"n":null}]',
      m: '{a=1, b=NULL}',
    },
    {
      id: '-1',
      b: null,
      sh: null,
      bo: null,
      d: null,
      s: null,
      bin: null,
      da: null,
      ts: null,
      tn: null,
      d9: null,
      d18: null,
      d38: null,
      arr: null,
      m: null,
    },
    {
      id: '0',
      b: 0,
      sh: 0,
      bo: false,
      d: 1e300,
      s: '',
      bin: '',
      da: '1970-01-01',
      ts: '1970-01-01 00:00:00+00',
      tn: '1970-01-01 00:00:00',
      d9: '0.00',
      d18: '0.0000',
      d38: '0.0000000000',
      arr: '[]',
      m: '{}',
    },
  ])
})

test('a file without rows still has its columns', async () => {
  expect(await toDuckDb('empty.parquet', [], schema, 'count(*) as n')).toEqual([{ n: '0' }])
  const bytes = writeParquet([], schema)
  expect((await readParquetSchema(bytes)).schema).toEqual(schema)
})

test('dictionary columns with different dictionaries become one dictionary page', async () => {
  const strings = structOf({ s: STRING })
  const coded = (entries: string[], codes: (number | null)[]): Batch => ({
    schema: strings,
    numRows: codes.length,
    columns: [
      {
        layout: 'dictionary',
        type: STRING,
        length: codes.length,
        validity: Uint8Array.from(codes, (code) => (code === null ? 0 : 1)),
        codes: Int32Array.from(codes, (code) => code ?? 0),
        dictionary: columnFromValues(STRING, entries) as Extract<Batch['columns'][0], { layout: 'bytes' }>,
      },
    ],
  })
  const many = Array.from({ length: 500 }, (_, i) => (i % 7 === 0 ? null : i % 3))
  const batches = [coded(['red', 'green', 'blue'], many), coded(['blue', 'white', 'red'], many)]
  await toDuckDb('dictionary.parquet', batches, strings)
  const counts = await query(
    `select s, count(*) as n from '${join(folder, 'dictionary.parquet')}' group by s order by s nulls first`,
  )
  const expected = new Map<string | null, number>()
  for (const { s } of batches.flatMap(batchToRows) as { s: string | null }[])
    expected.set(s, (expected.get(s) ?? 0) + 1)
  expect(new Map(counts.map((row) => [row.s, Number(row.n)]))).toEqual(expected)
  const back: unknown[] = []
  for await (const batch of readParquet(writeParquet(batches, strings))) {
    expect(batch.columns[0].layout).toBe('dictionary')
    back.push(...batchToRows(batch).map((row) => row.s))
  }
  expect(back).toEqual(batches.flatMap(batchToRows).map((row) => row.s))
  expect(writeParquet(batches, strings).length).toBeLessThan(1000)
})

test.each(['snappy', 'zstd', 'uncompressed'])('files DuckDB writes with %s read the same here', async (codec) => {
  const path = join(folder, `${codec}.parquet`)
  const select = `select i::bigint as id, case when i % 5 = 0 then null else 'text ' || (i % 11) end as s, i::double / 4 as d,
    (i * 1000000)::decimal(30, 3) as big, date '2024-01-01' + i::int as da, timestamp '2024-01-01' + interval (i) second as tn,
    case when i % 3 = 0 then null else [i::int, null] end as arr, {'a': i::int, 'b': [{'c': 'x'}]} as st, map {'k': i::int} as m, i % 2 = 0 as bo
    from range(5000) t(i)`
  await query(`copy (${select}) to '${path}' (format parquet, codec '${codec}', row_group_size 2048)`)
  const bytes = new Uint8Array(await readFile(path))
  const found: Record<string, unknown>[] = []
  for await (const batch of readParquet(bytes)) found.push(...batchToRows(batch))
  expect(found).toHaveLength(5000)
  for (const i of [0, 1, 2048, 4999]) {
    expect(found[i]).toEqual({
      id: BigInt(i),
      s: i % 5 === 0 ? null : `text ${i % 11}`,
      d: i / 4,
      big: `${i * 1_000_000}.000`.replace(/^0\.000$/, '0.000'),
      da: 19_723 + i,
      tn: 1_704_067_200_000_000n + BigInt(i) * 1_000_000n,
      arr: i % 3 === 0 ? null : [i, null],
      st: { a: i, b: [{ c: 'x' }] },
      m: new Map([['k', i]]),
      bo: i % 2 === 0,
    })
  }
  const projected: Record<string, unknown>[] = []
  for await (const batch of readParquet(bytes, { columns: ['bo', 'id'] })) projected.push(...batchToRows(batch))
  expect(projected[4999]).toEqual({ bo: false, id: 4999n })
})
