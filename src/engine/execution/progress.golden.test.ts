import { describe, expect, test } from 'vitest'
import { errorShape, userError } from '../../protocol/errors/runnel-error'
import type { QueryId, RunId } from '../../protocol/ids'
import type { StreamingQueryProgress } from '../../protocol/workers/progress'
import { definition as foreachBatchSink } from '../../sinks/foreach-batch'
import { definition as memorySink } from '../../sinks/memory'
import { definition as noopSink } from '../../sinks/noop'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { golden } from '../../testing/golden/streaming/golden'
import { MemoryStream } from '../../testing/memory-stream'
import { ScriptedClock } from '../../testing/scripted-clock'
import { TestRun, allOf } from '../../testing/test-query'
import { OptionMap } from '../ports/options'
import type { SinkContext, SinkDefinition } from '../ports/sink'
import { RecentProgress, buildProgress, prettyProgressJson, progressJson } from './progress'
import { streamFailure, streamFailureText } from './stream-failure'
import { parseIntervalMs } from './triggers'

/** The measures a report of Spark was made from: what it shows, and the time since the trigger before it. */
function measuresOf(text: string, previous: string | undefined) {
  const report = JSON.parse(text) as StreamingQueryProgress
  const startMs = Date.parse(report.timestamp)
  return {
    id: report.id as QueryId,
    runId: report.runId as RunId,
    name: report.name,
    startMs,
    batchId: report.batchId,
    batchDurationMs: report.batchDuration,
    sinceLastTriggerMs:
      previous === undefined
        ? Infinity
        : startMs - Date.parse((JSON.parse(previous) as StreamingQueryProgress).timestamp),
    durationMs: report.durationMs ?? {},
    eventTime: null,
    stateOperators: [],
    sources: report.sources.map((source) => ({
      description: source.description,
      start: offsetText(source.startOffset),
      end: offsetText(source.endOffset),
      latest: offsetText(source.latestOffset),
      numInputRows: source.numInputRows,
      metrics: source.metrics ?? {},
    })),
    sink: report.sink,
  }
}

const offsetText = (offset: unknown) => (offset === null ? null : JSON.stringify(offset))

describe('progress JSON against Spark', () => {
  for (const [scenario, reports] of Object.entries(golden.progress)) {
    test(`${scenario}: the same measures give the same text, rates included`, () => {
      reports.forEach((text, index) => {
        // Between polls Spark runs triggers it does not report, so only neighbours that both ran batches tell the time between.
        const previous =
          index === 0 || (JSON.parse(text) as StreamingQueryProgress).numInputRows === 0
            ? undefined
            : reports[index - 1]
        const isPolled = scenario === 'files to noop'
        const ours = progressJson(buildProgress(measuresOf(text, isPolled ? undefined : previous)))
        if (isPolled) expect(withoutInputRate(ours)).toBe(withoutInputRate(text))
        else expect(ours).toBe(text)
      })
    })
  }

  test('prettyJson is laid out as Spark lays it out', () => {
    const last = golden.progress['files to noop'].at(-1)!
    expect(prettyProgressJson(buildProgress(measuresOf(last, undefined)))).toBe(golden.prettyProgress)
  })
})

const withoutInputRate = (text: string) => text.replace(/"inputRowsPerSecond":[\d.]+/g, '"inputRowsPerSecond":_')

describe('a run of ours against Spark', () => {
  const sinks: readonly [scenario: string, sink: SinkDefinition][] = [
    ['rate to noop', noopSink],
    ['rate to memory', memorySink],
    ['rate to foreachBatch', foreachBatchSink],
  ]
  for (const [scenario, definition] of sinks) {
    test(`${scenario}: same keys in the same order, same sink`, async () => {
      const stream = new MemoryStream('value INT')
      stream.add([{ value: 1 }])
      const run = new TestRun(allOf(stream), new MemoryFileStore(), new ScriptedClock(), {
        sink: await definition.open(new OptionMap({}), { hosted: { write: async () => {} } } as unknown as SinkContext),
      })
      await run.processAllAvailable()
      await run.stop()
      const ours = JSON.parse(progressJson(run.host.progressReports[0])) as StreamingQueryProgress
      const spark = JSON.parse(golden.progress[scenario].at(-1)!) as StreamingQueryProgress
      expect(keysOf(ours)).toEqual(keysOf(spark))
      expect(ours.sink.description).toBe(spark.sink.description)
      expect(ours.sink.numOutputRows).toBe(spark.sink.numOutputRows === -1 ? -1 : 1)
    })
  }

  test('an idle trigger of a fresh run reports at once, without numbers of rows and as no event', async () => {
    const run = new TestRun(allOf(new MemoryStream('value INT')), new MemoryFileStore(), new ScriptedClock(), {
      trigger: { kind: 'once' },
    })
    await run.end
    const ours = JSON.parse(progressJson(run.host.progressReports[0])) as StreamingQueryProgress
    const spark = JSON.parse(golden.progress['Once without data'][0]) as StreamingQueryProgress
    expect(keysOf(ours)).toEqual(keysOf(spark))
    expect(ours.sink.numOutputRows).toBe(spark.sink.numOutputRows)
    expect(ours.numInputRows).toBe(0)
  })

  test('an idle query reports after each 10 s of stream time, with the id of the next batch', async () => {
    const clock = new ScriptedClock()
    const stream = new MemoryStream('value INT')
    stream.add([{ value: 1 }])
    const run = new TestRun(allOf(stream), new MemoryFileStore(), clock, {
      trigger: { kind: 'processingTime', intervalMs: 1000 },
    })
    await run.processAllAvailable()
    const startMs = clock.nowMs()
    while (clock.nowMs() < startMs + 25_000) await run.passUntil(clock.sleep(500))
    await run.stop()
    const [batch, ...idle] = run.host.reports
    expect([batch.isIdle, ...idle.map((report) => report.isIdle)]).toEqual([false, true, true])
    expect(idle.map(({ progress }) => [progress.batchId, progress.numInputRows, progress.sink.numOutputRows])).toEqual([
      [1, 0, 0],
      [1, 0, 0],
    ])
    const [first, second] = idle.map(({ progress }) => Date.parse(progress.timestamp))
    expect(second - first).toBe(10_000)
    expect(Object.keys(idle[0].progress.durationMs!)).toEqual(
      Object.keys((JSON.parse(golden.progress['files to noop'].at(-1)!) as StreamingQueryProgress).durationMs!),
    )
  })
})

/** Every key with its place, arrays by their first element; each source has offsets of its own shape. */
function keysOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(keysOf)
  if (typeof value !== 'object' || value === null) return null
  return Object.entries(value).map(([key, item]) => [key, key.endsWith('Offset') ? null : keysOf(item)])
}

describe('progress without a Spark sample', () => {
  const measures = {
    ...measuresOf(golden.progress['rate to noop'][0], undefined),
    batchDurationMs: 0,
    sources: [{ description: 's', start: null, end: '1', latest: null, numInputRows: 2, metrics: { b: '2', a: '1' } }],
  }

  test('two rows in no time are 2000 rows a second', () => {
    expect(buildProgress(measures).processedRowsPerSecond).toBe(2000)
  })

  test('a rate that is not finite is left out', () => {
    const progress = buildProgress({ ...measures, sinceLastTriggerMs: 0 })
    expect('inputRowsPerSecond' in progress).toBe(false)
    expect('inputRowsPerSecond' in progress.sources[0]).toBe(false)
  })

  test('rates are rounded half up to one decimal in the JSON only, and never in E notation', () => {
    const progress = buildProgress({ ...measures, sinceLastTriggerMs: 1600 })
    expect(progress.inputRowsPerSecond).toBe(1.25)
    expect(progressJson(progress)).toContain('"inputRowsPerSecond":1.3,')
    expect(progressJson({ ...progress, inputRowsPerSecond: 1.5e20 })).toContain(
      '"inputRowsPerSecond":150000000000000000000.0,',
    )
  })

  test('an offset that is no JSON is shown as text, metrics come sorted', () => {
    const [source] = buildProgress({ ...measures, sources: [{ ...measures.sources[0], end: 'a-b' }] }).sources
    expect(source.endOffset).toBe('a-b')
    expect(Object.keys(source.metrics!)).toEqual(['a', 'b'])
  })

  test('event times show the watermark in force and what the batch saw', () => {
    const seen = { minMs: 1000, maxMs: 3000, avgMs: 2000.9 }
    expect(buildProgress({ ...measures, eventTime: { watermarkMs: 500, seen } }).eventTime).toEqual({
      avg: '1970-01-01T00:00:02.000Z',
      max: '1970-01-01T00:00:03.000Z',
      min: '1970-01-01T00:00:01.000Z',
      watermark: '1970-01-01T00:00:00.500Z',
    })
  })

  test('99 reports are kept', () => {
    const recent = new RecentProgress()
    for (let batchId = 0; batchId < 150; batchId++) recent.add({ ...buildProgress(measures), batchId })
    expect([recent.all.length, recent.all[0].batchId, recent.last?.batchId]).toEqual([99, 51, 149])
  })
})

test('a failure is told in the words of Spark', () => {
  const { failure } = golden
  const [, message, sqlState, rest] = /^\[DIVIDE_BY_ZERO\] (.*) SQLSTATE: (\d+)(.*)$/s.exec(failure.cause)!
  const cause = userError('DIVIDE_BY_ZERO', message, { sqlState, exception: 'ArithmeticException' })
  const description = 'RateStreamV2[rowsPerSecond=5, rampUpTimeSeconds=0, numPartitions=default'
  const planText = /Logical Plan:\n(.*)\n$/s.exec(failure.text)![1]
  const { shape } = streamFailure(cause, {
    id: failure.id as QueryId,
    runId: failure.runId as RunId,
    name: 'bad',
    state: 'ACTIVE',
    sources: [{ description, committed: '0', available: '1' }],
    startOffsets: ['0'],
    endOffsets: ['1'],
    planText,
  })
  // The query context of the cause is a part of its own shape, not of its message.
  expect(streamFailureText(shape)).toBe(failure.text.replace(rest, ''))
  expect([shape.parameters.startOffset, shape.parameters.endOffset]).toEqual([failure.startOffset, failure.endOffset])
  expect(shape.cause).toEqual(errorShape(cause))
})

describe('trigger intervals against Spark', () => {
  for (const [text, expected] of Object.entries(golden.intervals)) {
    test(JSON.stringify(text), () => {
      if (typeof expected === 'number') {
        expect(parseIntervalMs(text)).toBe(expected)
        return
      }
      const thrown = errorOf(() => parseIntervalMs(text))
      expect(thrown.exception).toBe(expected.exception)
      const prefix = thrown.condition.startsWith('_LEGACY') ? '' : `[${thrown.condition}] `
      const suffix = thrown.sqlState === null ? '' : ` SQLSTATE: ${thrown.sqlState}`
      expect(`${prefix}${thrown.message}${suffix}`).toBe(expected.text)
    })
  }
})

function errorOf(body: () => unknown) {
  try {
    body()
  } catch (thrown) {
    return errorShape(thrown)
  }
  throw new Error('It did not throw')
}
