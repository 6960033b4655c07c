import { readFileSync } from 'node:fs'
import { fromBinary, toJson } from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RunnelError } from '../../../protocol/errors/runnel-error'
import { RelationSchema } from '../../../protocol/spark-connect'
import type { InProcessEngine } from '../../../testing/in-process-engine'
import { inProcessEngine } from '../../../testing/in-process-engine'
import { batchToRows } from '../../batch/to-values'
import { schemaToJson } from '../../types/type-json'

/** A story of statements as a real Spark with Delta answered them, one after the other in one session. */
type Golden = {
  readonly sql: string
  readonly schema?: readonly {
    readonly name: string
    readonly type: unknown
    readonly nullable: boolean
    readonly metadata: unknown
  }[]
  readonly rows?: readonly (readonly unknown[])[]
  readonly error?: {
    readonly condition?: string
    readonly sqlState?: string | null
    readonly parameters?: Record<string, string>
  }
}

const folder = new URL('../../../testing/golden/sql-commands/', import.meta.url)
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as unknown
const { cases } = read('story.json') as { readonly cases: readonly Golden[] }
/** Statements that answer otherwise here, and why. */
const gaps = read('gaps.json') as Readonly<Record<string, string>>

let engine: InProcessEngine
beforeAll(async () => {
  engine = await inProcessEngine({ conf: { 'spark.sql.shuffle.partitions': '1' } })
})
afterAll(() => engine.close())

type Answer = Omit<Golden, 'sql'>

async function answerOf(sql: string): Promise<Answer> {
  const query = sql.replaceAll('<folder>', '/tmp/story')
  try {
    const result = await engine.execute({
      command: { sqlCommand: { input: { common: { planId: '1' }, sql: { query } } } },
    })
    if (result.kind !== 'sqlResult') throw new Error(`answered ${result.kind}`)
    const rows = await engine.execute({ root: toJson(RelationSchema, fromBinary(RelationSchema, result.relation)) })
    if (rows.kind !== 'rows') throw new Error(`answered ${rows.kind}`)
    const { fields } = JSON.parse(schemaToJson(rows.schema)) as { fields: Golden['schema'] }
    const values = rows.batches
      .flatMap(batchToRows)
      .map((row) => rows.schema.fields.map(({ name }) => plain(row[name])))
    return { schema: fields!, rows: values }
  } catch (error) {
    if (!(error instanceof RunnelError)) throw error
    const { condition, sqlState, parameters } = error.shape
    return { error: { condition, sqlState, parameters } }
  }
}

/** Values as the recorder writes them; what differs from run to run is a word in angle brackets. */
function plain(value: unknown): unknown {
  if (typeof value === 'string')
    return value
      .replace(/\/lakehouse\/default\/Tables/g, '<warehouse>')
      .replace(/\/(fs\/)?tmp\/story/g, '<folder>')
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [key, plain(one)]))
  if (Array.isArray(value)) return value.map(plain)
  return value
}

/** Sizes, counts of files and the writer's own name: true here, and other than Spark's. */
function comparable(answer: Answer): Answer {
  const blur = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([key]) => !/Bytes$|Files$/.test(key))
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : value
  const names = (answer.schema ?? []).map((field) => field.name)
  const SKIPPED = /^(engineInfo|timestamp|createdAt|lastModified|numFiles|sizeInBytes|id|day)$/
  const isDetail = names.includes('sizeInBytes') || names.includes('engineInfo') || names.includes('day')
  return {
    ...answer,
    ...(answer.rows === undefined
      ? {}
      : {
          rows: answer.rows.map((row) =>
            row.map((value, i) => (isDetail && SKIPPED.test(names[i]) ? `<${names[i]}>` : blur(value))),
          ),
        }),
  }
}

describe('statements answer as a real Spark with Delta answers them', () => {
  for (const { sql, ...golden } of cases) {
    const run = gaps[sql] === undefined ? test : test.fails
    run(sql.slice(0, 110), async () => {
      const ours = comparable(await answerOf(sql))
      const sparks = comparable(golden)
      if (golden.error === undefined) expect(ours).toEqual(sparks)
      else expect(ours.error).toMatchObject(wanted(golden.error))
    })
  }
})

function wanted(error: NonNullable<Golden['error']>) {
  return {
    ...(error.condition === undefined ? {} : { condition: error.condition }),
    // Delta prints no SQLSTATE behind its words, so its errors carry none here.
    ...(error.sqlState === null || error.sqlState === undefined || error.condition?.startsWith('DELTA_') === true
      ? {}
      : { sqlState: error.sqlState }),
    ...(error.parameters === undefined ? {} : { parameters: error.parameters }),
  }
}
