import { describe, expect, test } from 'vitest'
import { batchFromRows } from '../../engine/batch/from-values'
import { OptionMap } from '../../engine/ports/options'
import { consoleText } from '../../engine/show-string/console-text'
import { parseDdl } from '../../engine/types/type-ddl'
import type { DataType } from '../../protocol/columns'
import { sinksGolden, wordsOf } from '../../testing/golden/sinks/golden'
import type { ConsoleCase } from '../../testing/golden/sinks/golden'
import { consoleOptions } from '.'

const golden = sinksGolden().console

/** A recorded JSON value as the engine's value of that type. */
function valueOf(value: unknown, type: DataType): unknown {
  if (value === null || value === undefined) return null
  switch (type.kind) {
    case 'long':
      // What Python wrote is past the exact doubles in one case; it is the text that counts.
      return BigInt(value === 9007199254740992 ? '9007199254740993' : (value as number))
    case 'decimal':
      return (value as number).toFixed(type.scale)
    case 'timestamp':
      return BigInt(Date.parse(value as string)) * 1000n
    case 'date':
      return Date.parse(value as string) / 86_400_000
    case 'array':
      return (value as unknown[]).map((item) => valueOf(item, type.elementType))
    case 'map':
      return new Map(Object.entries(value).map(([key, item]) => [key, valueOf(item, type.valueType)]))
    case 'struct':
      return Object.fromEntries(
        type.fields.map((field) => [field.name, valueOf((value as Record<string, unknown>)[field.name], field.type)]),
      )
    default:
      return value
  }
}

/** The rows a batch of the case shows: aggregations were made by Spark and are read from its text. */
function printed(name: string, { ddl, batches, options }: ConsoleCase): string {
  const schema = parseDdl(ddl)
  const { numRows, truncate } = consoleOptions(new OptionMap(options))
  return batches
    .map((lines, batchId) => {
      const shown = name === 'empty batch' ? lines.filter((line) => (line['n'] as number) > 0) : lines
      const rows = shown.map((line) => schema.fields.map((field) => valueOf(line[field.name], field.type)))
      const batch = batchFromRows(schema, rows)
      return consoleText(batchId, schema, rows.length === 0 ? [] : [batch], { numRows, truncate, timeZone: 'UTC' })
    })
    .join('')
}

describe('console text is that of Spark', () => {
  const cases = Object.entries(golden).filter(([name, { text }]) => text !== undefined && !name.startsWith('counts'))
  test.each(cases)('%s', (name, item) => {
    expect(printed(name, item)).toBe(item.text)
  })

  test('a table of counts, as complete and update modes print it', () => {
    const schema = parseDdl('k STRING, count BIGINT')
    const text = (batchId: number, rows: [string, bigint][]) =>
      consoleText(batchId, schema, [batchFromRows(schema, rows)], { numRows: 20, truncate: true, timeZone: 'UTC' })
    const complete =
      text(0, [
        ['b', 1n],
        ['a', 2n],
      ]) +
      text(1, [
        ['c', 1n],
        ['b', 1n],
        ['a', 3n],
      ])
    const update =
      text(0, [
        ['a', 2n],
        ['b', 1n],
      ]) +
      text(1, [
        ['c', 1n],
        ['a', 3n],
      ])
    expect(complete).toBe(golden['counts, complete'].text)
    expect(update).toBe(golden['counts, update'].text)
  })
})

test.each(['bad numRows', 'bad truncate'])('%s is refused in the words of Spark', (name) => {
  const { options, error } = golden[name]
  expect(() => consoleOptions(new OptionMap(options))).toThrow(wordsOf(error!))
})
