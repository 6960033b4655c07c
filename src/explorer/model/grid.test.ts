import { expect, it } from 'vitest'
import type { Column } from '../../protocol/columns/column'
import { cellText, gridOf, typeName } from './grid'

const text = (words: string[]): Extract<Column, { layout: 'bytes' }> => {
  const bytes = new TextEncoder().encode(words.join(''))
  const offsets = new Int32Array(words.length + 1)
  words.forEach((word, index) => (offsets[index + 1] = offsets[index] + word.length))
  return { layout: 'bytes', type: { kind: 'string' }, length: words.length, validity: null, offsets, bytes }
}

it('turns columns into rows of text with NULL as null', () => {
  const schema = {
    kind: 'struct',
    fields: [
      { name: 'n', type: { kind: 'long' }, nullable: true },
      { name: 's', type: { kind: 'string' }, nullable: true },
    ],
  } as const
  const numbers: Column = {
    layout: 'fixed',
    type: { kind: 'long' },
    length: 2,
    validity: new Uint8Array([1, 0]),
    values: new BigInt64Array([7n, 0n]),
  }
  const grid = gridOf(schema, [{ schema, numRows: 2, columns: [numbers, text(['ab', 'c'])] }])
  expect(grid).toEqual({
    columns: [
      { name: 'n', type: 'bigint' },
      { name: 's', type: 'string' },
    ],
    rows: [
      ['7', 'ab'],
      [null, 'c'],
    ],
  })
})

it('writes times, decimals, nested values and dictionary strings', () => {
  const at = (type: Column['type'], value: bigint): Column => ({
    layout: 'fixed',
    type,
    length: 1,
    validity: null,
    values: new BigInt64Array([value]),
  })
  expect(cellText(at({ kind: 'timestamp' }, 1_768_471_200_500_000n), 0)).toBe('2026-01-15 10:00:00.5')
  expect(cellText(at({ kind: 'timestamp' }, -1n), 0)).toBe('1969-12-31 23:59:59.999999')
  expect(cellText(at({ kind: 'decimal', precision: 10, scale: 2 }, -5n), 0)).toBe('-0.05')
  const list: Column = {
    layout: 'list',
    type: { kind: 'array', elementType: { kind: 'string' }, containsNull: true },
    length: 1,
    validity: null,
    offsets: new Int32Array([1, 3]),
    child: text(['a', 'b', 'c']),
  }
  expect(cellText(list, 0)).toBe('[b, c]')
  expect(
    cellText(
      {
        layout: 'dictionary',
        type: { kind: 'string' },
        length: 1,
        validity: null,
        codes: new Int32Array([1]),
        dictionary: text(['x', 'y']),
      },
      0,
    ),
  ).toBe('y')
  expect(
    typeName({
      kind: 'struct',
      fields: [
        { name: 'a', type: { kind: 'array', elementType: { kind: 'integer' }, containsNull: true }, nullable: true },
      ],
    }),
  ).toBe('struct<a:array<int>>')
})
