import { describe, expect, test } from 'vitest'
import { OptionMap } from '../../engine/ports/options'
import type { SourceContext } from '../../engine/ports/source'
import { errorShape, fullMessage } from '../../protocol/errors/runnel-error'
import type { Batch } from '../../protocol/columns'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { causeOf, golden } from '../../testing/golden/streaming/golden'
import { rowsOf } from '../../testing/rows'
import { ScriptedClock } from '../../testing/scripted-clock'
import { definition } from '.'
import { valueAtSecond } from './rate-values'

function contextAt(clock: ScriptedClock, files = new MemoryFileStore()): SourceContext {
  const broker = () => {
    throw new Error('rate needs no broker')
  }
  return { files, clock, broker, metadataPath: '/ckpt/sources/0', conf: {} }
}

const schemaContext = { files: new MemoryFileStore(), streaming: true, compatibility: 'strict' as const, lenient() {} }

async function collect(batches: AsyncIterable<Batch>) {
  const all: Batch[] = []
  for await (const batch of batches) all.push(batch)
  return rowsOf(all)
}

describe('rate options against Spark', () => {
  for (const expected of golden.rateOptions) {
    test(JSON.stringify(expected.options), async () => {
      const options = new OptionMap(expected.options)
      const open = async () => {
        await definition.schema(options, null, schemaContext)
        return definition.open!(options, null, contextAt(new ScriptedClock()))
      }
      if ('description' in expected) {
        expect((await open()).description).toBe(expected.description)
        return
      }
      const thrown = errorShape(
        await open().then(
          () => null,
          (error: unknown) => error,
        ),
      )
      const isInQuery = expected.exception === 'StreamingQueryException'
      expect(fullMessage(thrown)).toBe(isInQuery ? causeOf(expected) : expected.text)
      if (!isInQuery) expect(thrown.exception).toBe(expected.exception)
    })
  }

  test('a schema of the user is refused', async () => {
    await expect(definition.schema(new OptionMap({}), { kind: 'struct', fields: [] }, schemaContext)).rejects.toThrow(
      'RateStreamProvider source does not support user-specified schema.',
    )
  })
})

describe('rate rows', () => {
  test('each batch of Spark comes back row for row, times included', async () => {
    const { options, createdMs, ends, batches } = golden.rateRows
    const source = await definition.open!(new OptionMap(options), null, contextAt(new ScriptedClock(createdMs)))
    let start: string | null = null
    for (const [index, end] of ends.entries()) {
      const rows = await collect(source.read(start, String(end), null))
      expect(rows.map((row) => [timestampText(row.timestamp as bigint), Number(row.value)])).toEqual(batches[index])
      start = String(end)
    }
  })

  test('any cut of the seconds gives the same values, each once', async () => {
    const source = await definition.open!(
      new OptionMap({ rowsPerSecond: '3', rampUpTime: '4s' }),
      null,
      contextAt(new ScriptedClock(0)),
    )
    const whole = await collect(source.read(null, '9', ['value']))
    const cut = [
      ...(await collect(source.read(null, '2', ['value']))),
      ...(await collect(source.read('2', '9', ['value']))),
    ]
    expect(cut).toEqual(whole)
    expect(whole[0]).toEqual({ value: 0n })
  })

  test('the ramp climbs 0, 2, 6, 12, 20 and goes on at full speed', () => {
    const options = { rowsPerSecond: 10n, rampUpTimeSeconds: 4, numPartitions: null }
    expect([0n, 1n, 2n, 3n, 4n, 5n, 6n].map((second) => valueAtSecond(second, options))).toEqual([
      0n,
      2n,
      6n,
      12n,
      20n,
      30n,
      40n,
    ])
  })

  test('more rows than one batch of columns holds come in several', async () => {
    const source = await definition.open!(
      new OptionMap({ rowsPerSecond: '25000' }),
      null,
      contextAt(new ScriptedClock(0)),
    )
    const sizes: number[] = []
    for await (const batch of source.read(null, '1', null)) sizes.push(batch.numRows)
    expect(sizes).toEqual([10_000, 10_000, 5_000])
  })
})

describe('rate offsets', () => {
  test('the first batch exists at once and counts whole seconds since creation', async () => {
    const clock = new ScriptedClock(50_000)
    const source = await definition.open!(new OptionMap({}), null, contextAt(clock))
    expect(await source.latestOffset(null, { kind: 'default' })).toEqual({ end: '0', latest: '0' })
    clock.advance(2_999)
    expect((await source.latestOffset('0', { kind: 'default' })).end).toBe('2')
  })

  test('the creation time survives a restart', async () => {
    const files = new MemoryFileStore()
    const clock = new ScriptedClock(50_000)
    await definition.open!(new OptionMap({}), null, contextAt(clock, files))
    expect(new TextDecoder().decode(await files.read('/ckpt/sources/0/0'))).toBe('v1\n50000')
    clock.advance(10_000)
    const again = await definition.open!(new OptionMap({}), null, contextAt(clock, files))
    expect((await again.latestOffset('3', { kind: 'default' })).end).toBe('10')
  })

  test('past the largest BIGINT the read is refused', async () => {
    const source = await definition.open!(
      new OptionMap({ rowsPerSecond: '5000000000000000000' }),
      null,
      contextAt(new ScriptedClock(0)),
    )
    await expect(collect(source.read('1', '2', null))).rejects.toThrow(
      "Max offset with 5000000000000000000 rowsPerSecond is 1, but it's 2 now.",
    )
  })
})

function timestampText(micros: bigint): string {
  const text = new Date(Number(micros / 1000n)).toISOString().replace('T', ' ').replace('Z', '')
  return text.endsWith('.000') ? text.slice(0, -4) : `${text}000`
}
