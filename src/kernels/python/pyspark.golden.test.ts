import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { root, startKernel } from '../../testing/test-kernel'
import type { TestKernel } from '../../testing/test-kernel'

type Case = {
  readonly code: string
  readonly value?: string
  readonly raises?: string
  readonly message?: string
  readonly condition?: string | null
}

const golden = JSON.parse(readFileSync(`${root}src/testing/golden/plans/pyspark.json`, 'utf8')) as {
  spark: string
  cases: Case[]
}

let python: TestKernel

beforeAll(async () => {
  python = await startKernel()
  python.engine.isStreaming = false
  await python.run(`
import json
from pyspark.sql import Row, Window, functions as F, types as T
df = spark.range(1)
df.isStreaming
stream = spark.readStream.format("rate").load()
stream._is_streaming = True

def outcome(code):
    try:
        value = eval(code)
    except Exception as raised:
        condition = raised.getCondition() if hasattr(raised, "getCondition") else None
        return {"code": code, "raises": type(raised).__name__, "message": str(raised), "condition": condition}
    return {"code": code, "value": value if isinstance(value, str) else repr(value)}
`)
}, 60_000)

test.each(golden.cases)('$code answers as classic PySpark does', async (expected) => {
  const outcome = await python.run(`print(json.dumps(outcome(${JSON.stringify(expected.code)})))`)
  expect(outcome.error).toBeNull()
  expect(JSON.parse(python.text())).toEqual(expected)
})
