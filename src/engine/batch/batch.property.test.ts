import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Column, DataType } from '../../protocol/columns'
import {
  arrayOf,
  BINARY,
  BOOLEAN,
  DATE,
  decimal,
  DOUBLE,
  FLOAT,
  INTEGER,
  LONG,
  mapOf,
  STRING,
  structOf,
  TIMESTAMP,
} from '../types/atomic-types'
import { arrowToBatches, batchesToArrow } from './arrow'
import { columnComparator, sortRows } from './compare'
import { concatColumns } from './concat'
import { withoutDictionaries } from './dictionary'
import { columnFromValues } from './from-values'
import { gatherColumn } from './gather'
import { KeyGroups } from './hash-keys'
import { sliceColumn } from './slice'
import { columnToValues } from './to-values'

const MICROS = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

const CASES: readonly [string, DataType, fc.Arbitrary<unknown>][] = [
  ['boolean', BOOLEAN, fc.boolean()],
  ['byte', { kind: 'byte' }, fc.integer({ min: -128, max: 127 })],
  ['int', INTEGER, fc.integer()],
  ['bigint', LONG, MICROS],
  ['float', FLOAT, fc.float()],
  ['double', DOUBLE, fc.double()],
  ['decimal(10,2)', decimal(10, 2), fc.bigInt({ min: -9999999999n, max: 9999999999n })],
  ['decimal(38,10)', decimal(38, 10), fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })],
  ['date', DATE, fc.integer({ min: -700000, max: 700000 })],
  ['timestamp', TIMESTAMP, MICROS],
  ['string', STRING, fc.oneof(fc.constantFrom('', 'a', 'é', '𝄞', 'a\u0000'), fc.string({ unit: 'grapheme' }))],
  ['binary', BINARY, fc.uint8Array({ maxLength: 40 })],
  ['array', arrayOf(STRING), fc.array(fc.option(fc.string()), { maxLength: 4 })],
  [
    'struct',
    structOf({ a: DOUBLE, b: arrayOf(INTEGER) }),
    fc.record({ a: fc.option(fc.double()), b: fc.option(fc.array(fc.integer(), { maxLength: 3 })) }),
  ],
]

const MAP_CASE: [string, DataType, fc.Arbitrary<unknown>] = [
  'map',
  mapOf(STRING, LONG),
  fc.array(fc.tuple(fc.string(), fc.option(MICROS)), { maxLength: 3 }).map((entries) => new Map(entries)),
]

const values = (value: fc.Arbitrary<unknown>) => fc.array(fc.option(value, { freq: 4 }), { maxLength: 30 })
const build = (type: DataType, rows: readonly unknown[]) => columnFromValues(type, rows)

describe.each([...CASES, MAP_CASE])('columns of %s', (_name, type, value) => {
  test('gathering rows equals picking values', () => {
    fc.assert(
      fc.property(values(value), fc.array(fc.integer({ min: -1, max: 29 })), (rows, picks) => {
        const column = build(type, rows)
        const expected = columnToValues(column)
        const selection = Int32Array.from(picks.map((pick) => (pick < rows.length ? pick : -1)))
        expect(columnToValues(gatherColumn(column, selection))).toEqual(
          [...selection].map((i) => (i < 0 ? null : expected[i])),
        )
      }),
    )
  })

  test('slices joined again are the column, and a gather of a slice is right', () => {
    fc.assert(
      fc.property(values(value), fc.nat(30), fc.nat(30), (rows, a, b) => {
        const column = build(type, rows)
        const [from, to] = [Math.min(a, b, rows.length), Math.min(Math.max(a, b), rows.length)]
        const parts = [
          sliceColumn(column, 0, from),
          sliceColumn(column, from, to),
          sliceColumn(column, to, rows.length),
        ]
        expect(columnToValues(concatColumns(type, parts))).toEqual(columnToValues(column))
        const backwards = Int32Array.from({ length: to - from }, (_, i) => to - from - 1 - i)
        expect(columnToValues(gatherColumn(parts[1], backwards))).toEqual(columnToValues(parts[1]).reverse())
      }),
    )
  })

  test('Arrow bytes give the same rows back, whole and sliced', () => {
    fc.assert(
      fc.property(values(value), fc.nat(10), (rows, cut) => {
        const column = sliceColumn(build(type, rows), Math.min(cut, rows.length), rows.length)
        const schema = structOf({ x: type, y: type })
        const bytes = batchesToArrow(schema, [{ schema, numRows: column.length, columns: [column, column] }])
        const back = arrowToBatches(bytes)
        expect(back.batches.flatMap((batch) => columnToValues(batch.columns[0]))).toEqual(columnToValues(column))
        expect(back.batches.flatMap((batch) => columnToValues(batch.columns[1]))).toEqual(columnToValues(column))
      }),
    )
  })
})

describe.each(CASES)('keys of %s', (_name, type, value) => {
  test('group ids equal a plain search by comparison, over several batches and after dropping groups', () => {
    fc.assert(
      fc.property(fc.array(values(value), { minLength: 1, maxLength: 4 }), (batches) => {
        const groups = new KeyGroups([type])
        const seen: { column: Column; row: number }[] = []
        for (const rows of batches) {
          const column = build(type, rows)
          const expected = rows.map((_, row) => {
            const known = seen.findIndex((key) => columnComparator(key.column, column)(key.row, row) === 0)
            if (known >= 0) return known
            seen.push({ column, row })
            return seen.length - 1
          })
          expect([...groups.groupsOf([column], rows.length)]).toEqual(expected)
        }
        const kept = Int32Array.from(seen.map((_, i) => i).filter((i) => i % 2 === 0))
        groups.retain(kept)
        const keys = concatColumns(
          type,
          seen.map((key) => gatherColumn(key.column, Int32Array.of(key.row))),
        )
        const expected = seen.map((_, i) => (i % 2 === 0 ? i / 2 : -1))
        expect([...groups.findGroups([keys], seen.length)]).toEqual(expected)
        expect(columnToValues(withoutDictionaries(groups.keysOf(Int32Array.from(kept.keys()))[0])).map(normal)).toEqual(
          columnToValues(gatherColumn(keys, kept)).map(normal),
        )
      }),
    )
  })

  test('sorting puts rows in order, NULL where asked', () => {
    fc.assert(
      fc.property(values(value), fc.boolean(), fc.boolean(), (rows, descending, nullsFirst) => {
        const column = build(type, rows)
        const order = sortRows([column], rows.length, [{ descending, nullsFirst }])
        const compare = columnComparator(column, column)
        const isNull = (row: number) => column.validity !== null && column.validity[row] === 0
        for (let i = 1; i < order.length; i++) {
          const [a, b] = [order[i - 1], order[i]]
          if (isNull(a) || isNull(b)) expect(isNull(a) === isNull(b) || isNull(nullsFirst ? a : b)).toBe(true)
          else expect(compare(a, b) * (descending ? -1 : 1)).toBeLessThanOrEqual(0)
        }
      }),
    )
  })
})

/** -0.0 and 0.0 are one key. */
function normal(value: unknown): unknown {
  if (value === 0) return 0
  if (Array.isArray(value)) return value.map(normal)
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, normal(entry)]))
  }
  return value
}

test('many keys over a growing table keep their ids', () => {
  const groups = new KeyGroups([LONG, STRING])
  const n = 60_000
  for (let round = 0; round < 2; round++) {
    for (let start = 0; start < n; start += 7_000) {
      const rows = Array.from({ length: Math.min(7_000, n - start) }, (_, i) => start + i)
      const columns = [
        columnFromValues(LONG, rows),
        columnFromValues(
          STRING,
          rows.map((row) => `k${row % 977}`),
        ),
      ]
      expect(groups.groupsOf(columns, rows.length)).toEqual(Int32Array.from(rows))
    }
  }
  expect(groups.numGroups).toBe(n)
})
