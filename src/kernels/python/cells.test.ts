import { beforeAll, expect, test } from 'vitest'
import { startKernel } from '../../testing/test-kernel'
import type { TestKernel } from '../../testing/test-kernel'

let python: TestKernel

beforeAll(async () => {
  python = await startKernel()
}, 60_000)

test('a cell prints, keeps its names and shows its last expression', async () => {
  const outcome = await python.run('x = 20\nprint("hello")\nx + 1')
  expect(outcome.error).toBeNull()
  expect(outcome.status).toBe('ok')
  expect(python.text()).toBe('hello\n')
  expect(python.outputs().at(-1)).toMatchObject({
    output_type: 'execute_result',
    data: { 'text/plain': '21' },
    execution_count: 1,
  })
  await python.run('print(x * 2)')
  expect(python.text()).toBe('40\n')
})

test('a stream reader builds a plan and the engine analyses it at once', async () => {
  const outcome = await python.run('df = spark.readStream.format("rate").option("rowsPerSecond", 5).load()\ndf')
  expect(outcome.error).toBeNull()
  const plan = python.engine.plans().at(-1)
  expect(plan?.opType).toMatchObject({
    case: 'root',
    value: {
      relType: {
        case: 'read',
        value: {
          isStreaming: true,
          readType: { case: 'dataSource', value: { format: 'rate', options: { rowsPerSecond: '5' } } },
        },
      },
    },
  })
  expect(python.outputs().at(-1)).toMatchObject({ data: { 'text/plain': 'DataFrame[id: bigint]' } })
})
