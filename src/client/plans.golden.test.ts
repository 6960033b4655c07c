import { fromJson, toJson } from '@bufbuild/protobuf'
import type { JsonValue } from '@bufbuild/protobuf'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Window, functions as F, StructField, StructType, LongType, SparkSession } from '.'
import type { DataFrame } from '.'
import { PlanSchema } from '../protocol/spark-connect'
import type { Connection, Json } from './connection'

/** Plans of Apache's Connect client, recorded from Python code; the same in TypeScript must be the same plan. */
const golden = JSON.parse(
  readFileSync(new URL('../testing/golden/plans/dataframes.json', import.meta.url), 'utf8'),
) as { cases: { code: string; plan: JsonValue }[] }

const SCHEMA = {
  type: 'struct',
  fields: ['id', 'name', 'ts', 'nested'].map((name) => ({ name, type: 'string', nullable: true, metadata: {} })),
}
const connection: Connection = {
  execute: () => Promise.resolve({ kind: 'done' }),
  executeNow: () => ({ kind: 'done' }),
  analyze: () => ({ schemaJson: JSON.stringify(SCHEMA), flag: true }),
  requestNow: () => null,
  addLocalRows: (schemaJson) => ({ token: '', schemaJson }),
  registerFunction: () => 'ts:1',
  print: () => undefined,
  sleep: () => Promise.resolve(),
  nowMs: () => 0,
}
const spark = new SparkSession(connection)
const df = spark.table('t')

/** Python's code, and the same in TypeScript. */
const SAME: Readonly<Record<string, () => DataFrame<object>>> = {
  'spark.range(10)': () => spark.range(10),
  'spark.range(1, 10, 2, 3)': () => spark.range(1, 10, 2, 3),
  'spark.table("t")': () => spark.table('t'),
  'spark.read.option("mergeSchema", True).table("t")': () => spark.read.option('mergeSchema', true).table('t'),
  'spark.read.format("delta").option("versionAsOf", 3).load("/t")': () =>
    spark.read.format('delta').option('versionAsOf', 3).load('/t'),
  'spark.read.schema("a INT, b STRING").json("Files/in")': () => spark.read.schema('a INT, b STRING').json('Files/in'),
  'spark.read.csv("Files/in.csv", header=True, sep=";")': () =>
    spark.read.csv('Files/in.csv', { header: true, sep: ';' }),
  'spark.read.parquet("Files/a", "Files/b")': () => spark.read.parquet('Files/a', 'Files/b'),
  'spark.readStream.format("rate").option("rowsPerSecond", 5).load()': () =>
    spark.readStream.format('rate').option('rowsPerSecond', 5).load(),
  'spark.readStream.schema(T.StructType([T.StructField("a", T.LongType(), False)])).json("Files/in")': () =>
    spark.readStream.schema(new StructType([new StructField('a', LongType, false)])).json('Files/in'),
  'spark.readStream.table("bronze")': () => spark.readStream.table('bronze'),
  'df.select("id", "name")': () => df.select('id', 'name'),
  'df.exceptAll(df)': () => df.exceptAll(df),
  'df.limit(5)': () => df.limit(5),
  'df.offset(5)': () => df.offset(5),
  'df.sample(0.5, 7)': () => df.sample(0.5, { seed: 7 }),
  'df.coalesce(1)': () => df.coalesce(1),
  'df.distinct()': () => df.distinct(),
  'df.dropDuplicates(["id"])': () => df.dropDuplicates('id'),
  'df.dropDuplicatesWithinWatermark(["id"])': () => df.dropDuplicatesWithinWatermark('id'),
  'df.withWatermark("ts", "10 minutes")': () => df.withWatermark('ts', '10 minutes'),
  'df.filter("id > 1")': () => df.filter('id > 1'),
  'df.where(F.col("id") > 1)': () => df.where(F.col('id').gt(1)),
  'df.filter(df.id > 1)': () => df.filter(df.col('id').gt(1)),
  'df.union(df)': () => df.union(df),
  'df.unionByName(df, allowMissingColumns=True)': () => df.unionByName(df, true),
  'df.crossJoin(df)': () => df.crossJoin(df),
  'df.join(df, "id")': () => df.join(df, 'id'),
  'df.join(df, "id", "left")': () => df.join(df, 'id', 'left'),
  'df.join(df, ["id", "name"], "left")': () => df.join(df, ['id', 'name'], 'left'),
  'df.groupBy("name").count()': () => df.groupBy('name').count(),
  'df.groupBy("name").agg(F.sum("id").alias("total"))': () => df.groupBy('name').agg(F.sum('id').alias('total')),
  'df.orderBy("id")': () => df.orderBy('id'),
  'df.orderBy(F.col("id").desc())': () => df.orderBy(F.col('id').desc()),
  'df.drop("name")': () => df.drop('name'),
  'df.alias("a")': () => df.alias('a'),
  'df.selectExpr("id + 1 AS next", "name")': () => df.selectExpr('id + 1 AS next', 'name'),
  'df.withColumnRenamed("id", "key")': () => df.withColumnRenamed('id', 'key'),
  'df.toDF("a", "b", "c", "d")': () => df.toDF('a', 'b', 'c', 'd'),
  'df.select(F.row_number().over(Window.partitionBy("name").orderBy("ts")))': () =>
    df.select(F.row_number().over(Window.partitionBy('name').orderBy('ts'))),
}

const CASES = golden.cases.filter(({ code }) => code in SAME)

test('enough recorded plans are written in TypeScript too', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(15)
})

test.each(CASES)('$code', ({ code, plan }) => {
  const ours = { root: SAME[code]().plan }
  expect(normal(known(ours))).toEqual(normal(known(plan)))
})

function known(plan: JsonValue | Json): JsonValue {
  return toJson(PlanSchema, fromJson(PlanSchema, plan as JsonValue, { ignoreUnknownFields: true }))
}

/** Plan ids get numbers by first use. */
function normal(value: JsonValue): JsonValue {
  const ids = new Map<string, string>()
  return JSON.parse(JSON.stringify(value), (key, item: unknown) => {
    if (key !== 'planId') return item
    const id = String(item)
    if (!ids.has(id)) ids.set(id, `#${ids.size}`)
    return ids.get(id)
  }) as JsonValue
}
