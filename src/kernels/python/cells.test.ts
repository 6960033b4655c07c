import { toBinary } from '@bufbuild/protobuf'
import { beforeAll, expect, test } from 'vitest'
import { userError } from '../../protocol/errors/runnel-error'
import type { CellId } from '../../protocol/ids'
import { RelationSchema } from '../../protocol/spark-connect'
import type { Relation } from '../../protocol/spark-connect'
import { TABLE_MIME } from '../../protocol/workers/kernel'
import { startKernel, stringRows } from '../../testing/test-kernel'
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

test('a traceback shows the cells, their lines and carets, and nothing of ours', async () => {
  await python.run('def half(n):\n    return n / 0\n')
  const outcome = await python.run('value = 3\nhalf(value)')
  expect(outcome).toMatchObject({
    status: 'error',
    error: { condition: 'ZeroDivisionError', exception: 'PythonException', place: { cell: 'cell-5', line: 2 } },
  })
  const output = python.outputs().at(-1)
  expect(output).toMatchObject({ output_type: 'error', ename: 'ZeroDivisionError', evalue: 'division by zero' })
  const lines = output?.output_type === 'error' ? output.traceback : []
  expect(lines).toEqual([
    'Traceback (most recent call last):',
    '  File "<cell 5>", line 2, in <module>',
    '    half(value)',
    '    ~~~~^^^^^^^',
    '  File "<cell 4>", line 2, in half',
    '    return n / 0',
    '           ~~^~~',
    'ZeroDivisionError: division by zero',
  ])
})

test('a syntax error has its line', async () => {
  const outcome = await python.run('x = 1\nif x\n  pass')
  expect(outcome).toMatchObject({ status: 'error', error: { condition: 'SyntaxError', place: { line: 2 } } })
})

test('a semicolon hides the last value, None is not shown, and _ holds the last one', async () => {
  await python.run('41;')
  expect(python.outputs()).toEqual([])
  await python.run('None')
  expect(python.outputs()).toEqual([])
  await python.run('"shown"')
  await python.run('_ + "!"')
  expect(python.outputs().at(-1)).toMatchObject({ data: { 'text/plain': "'shown!'" } })
})

test('an object shows what it offers', async () => {
  await python.run(
    'class Html:\n    def _repr_html_(self): return "<b>x</b>"\n    def __repr__(self): return "x"\nHtml()',
  )
  expect(python.outputs().at(-1)).toMatchObject({ data: { 'text/html': '<b>x</b>', 'text/plain': 'x' } })
  await python.run('displayHTML("<i>y</i>")')
  expect(python.outputs().at(-1)).toMatchObject({ output_type: 'display_data', data: { 'text/html': '<i>y</i>' } })
})

test('display of a DataFrame is a table of the first rows', async () => {
  python.engine.isStreaming = false
  python.engine.onExecute = () => stringRows(['c0'], [['1'], [null]])
  expect((await python.run('display(spark.range(2))')).error).toBeNull()
  expect(python.outputs().at(-1)).toMatchObject({
    data: { [TABLE_MIME]: { columns: [{ name: 'id', type: 'bigint' }], rows: [['1'], [null]], isTruncated: false } },
  })
})

test('display of a stream starts a preview on a memory table, and running the cell again stops it', async () => {
  python.engine.isStreaming = true
  const commands: string[] = []
  python.engine.onExecute = (plan) => {
    const command = plan.opType.case === 'command' ? plan.opType.value.commandType : null
    if (command?.case === 'writeStreamOperationStart') {
      commands.push(`${command.value.format} ${command.value.outputMode} ${command.value.queryName}`)
      if (command.value.outputMode === 'append') {
        throw userError('STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION', 'Invalid streaming output mode: append.')
      }
      return { kind: 'streamStarted', id: 'q', runId: 'r', name: 'display_query_1' }
    }
    if (command?.case === 'streamingQueryCommand') {
      commands.push(command.value.command.case ?? '')
      return {
        kind: 'streamStatus',
        status: { message: '', isDataAvailable: false, isTriggerActive: false, isActive: true },
      }
    }
    return { kind: 'done' }
  }
  const preview = {
    cell: 'preview' as CellId,
    cellNumber: 99,
    executionCount: 1,
    source: 'display(spark.readStream.table("t"))',
  }
  expect((await python.kernel.run(preview)).error).toBeNull()
  expect(python.outputs().at(-1)).toMatchObject({ data: { 'application/vnd.runnel.stream+json': { query: 'q' } } })
  await python.kernel.run({ ...preview, source: '1' })
  expect(commands).toEqual(['memory append display_query_1', 'memory complete display_query_1', 'status', 'stop'])
})

test('a SQL cell runs its statements in order and shows the last result', async () => {
  const statements: string[] = []
  python.engine.isStreaming = false
  python.engine.onExecute = (plan) => {
    if (plan.opType.case !== 'command' || plan.opType.value.commandType.case !== 'sqlCommand')
      return stringRows(['c0'], [['7']])
    const { input } = plan.opType.value.commandType.value
    if (input?.relType.case === 'sql') statements.push(input.relType.value.query)
    return { kind: 'sqlResult', relation: toBinary(RelationSchema, input as Relation) }
  }
  await python.run('city = "Oslo"')
  const outcome = await python.run(
    "%%sql\n-- a comment; not a statement\nCREATE TABLE a (x INT);\nSELECT ';' AS x, '{city}', '{nobody}' FROM a;",
  )
  expect(outcome.error).toBeNull()
  expect(statements).toEqual([
    '-- a comment; not a statement\nCREATE TABLE a (x INT)',
    "SELECT ';' AS x, 'Oslo', '{nobody}' FROM a",
  ])
  expect(python.outputs().at(-1)).toMatchObject({ data: { [TABLE_MIME]: { rows: [['7']] } } })
})

test.each([
  ['%pip install pandas', 'display(df)'],
  ['!ls', 'notebookutils.fs.ls'],
  ['%%configure\n{}', 'spark.conf.set'],
  ['%%html\n<b>', 'language'],
  ['import pandas as pd', 'display(df)'],
  ['import threading\nthreading.Thread(target=print).start()', 'display(df)'],
])('%s is refused with what to do instead', async (source, hint) => {
  const outcome = await python.run(source)
  expect(outcome.status).toBe('error')
  expect(outcome.error?.hint).toContain(hint)
})

test('indented code pasted from a list runs, as notebooks run it', async () => {
  await python.run('    a = 1\n    if a:\n        print("in")')
  expect(python.text()).toBe('in\n')
})

test('notebook.exit ends the cell without an error', async () => {
  const outcome = await python.run('import notebookutils\nprint("a")\nnotebookutils.notebook.exit("done")\nprint("b")')
  expect(outcome.status).toBe('ok')
  expect(python.text()).toBe('a\n')
  expect(python.outputs().at(-1)).toMatchObject({ data: { 'text/plain': 'ExitValue: done' } })
})

test('stderr is its own stream, and many prints travel in few messages', async () => {
  await python.run('import sys\nprint("oops", file=sys.stderr)\nfor i in range(5000): print(i)')
  const streams = python.outputs().filter((output) => output.output_type === 'stream')
  const errors = streams.flatMap((output) => (output.name === 'stderr' ? [output.text] : []))
  expect(errors.join('')).toBe('oops\n')
  expect(python.text().split('\n')).toHaveLength(5001)
  expect(streams.length).toBeLessThan(1000)
})

test('completion looks at live objects and hides private names', async () => {
  await python.run('class Thing:\n    def alpha(self): pass\n    def alps(self): pass\nthing = Thing()')
  expect(await python.kernel.complete('x = thing.al', 12)).toMatchObject({ from: 10, labels: ['alpha', 'alps'] })
  expect((await python.kernel.complete('thi', 3)).labels).toContain('thing')
  expect((await python.kernel.complete('EventHubPro', 11)).labels).toEqual([])
})
