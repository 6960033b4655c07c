import { describe, expect, it } from 'vitest'
import type { Batch } from '../../protocol/columns'
import { batchFromRows } from '../batch/from-values'
import { batchToRows } from '../batch/to-values'
import { columnNode } from '../expressions/node'
import { schemaOf, testContext } from '../../testing/plan-builder'
import { distinct } from './distinct'
import { filter } from './filter'
import { generate } from './generate'
import { limit, tail } from './limit'
import { local, range } from './local'
import type { Operator } from './operator'
import { ROWS_PER_BATCH, fused } from './operator'
import { sample } from './sample'
import { setDifference } from './set-difference'
import { sort } from './sort'
import { union } from './union'

const schema = schemaOf('n INT, t STRING')
const all = new Set([0, 1])
const column = (index: number) => columnNode(schema.fields[index], index)

/** One input batch per list of rows: what an operator may not depend on is where they are cut. */
function inputOf(...batches: (readonly (readonly unknown[])[])[]): Operator {
  return local(batches.map((rows) => batchFromRows(schema, rows)))
}

async function run(operator: Operator): Promise<unknown[][]> {
  const rows: unknown[][] = []
  for await (const batch of operator({ read: () => union(schema, [])({} as never), context: testContext })) {
    rows.push(...batchToRows(batch).map((row) => Object.values(row)))
  }
  return rows
}

describe('range', () => {
  it('counts down with a negative step and stops before the end', async () => {
    expect(await run(range(schemaOf('id BIGINT NOT NULL'), 5n, 0n, -2n))).toEqual([[5n], [3n], [1n]])
  })

  it('cuts long ranges into batches that join without a gap', async () => {
    const sizes: number[] = []
    let last = -1n
    for await (const batch of range(
      schemaOf('id BIGINT NOT NULL'),
      0n,
      BigInt(ROWS_PER_BATCH) + 1n,
      1n,
    )({ read: () => union(schema, [])({} as never), context: testContext })) {
      sizes.push(batch.numRows)
      const [ids] = batch.columns
      if (ids.layout === 'fixed') {
        expect(ids.values[0]).toBe(last + 1n)
        last = ids.values[batch.numRows - 1] as bigint
      }
    }
    expect(sizes).toEqual([ROWS_PER_BATCH, 1])
  })
})

describe('limit and tail', () => {
  it('skips and takes across batch borders', async () => {
    const input = inputOf(
      [
        [1, 'a'],
        [2, 'b'],
      ],
      [],
      [
        [3, 'c'],
        [4, 'd'],
        [5, 'e'],
      ],
    )
    expect(await run(limit(input, 3, 1))).toEqual([
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
    ])
    expect(await run(limit(input, -1, 4))).toEqual([[5, 'e']])
    expect(await run(limit(input, 0, 0))).toEqual([])
  })

  it('keeps the last rows in order, also when there are fewer', async () => {
    const input = inputOf(
      [
        [1, 'a'],
        [2, 'b'],
      ],
      [[3, 'c']],
      [[4, 'd']],
    )
    expect(await run(tail(input, 3))).toEqual([
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
    ])
    expect(await run(tail(input, 10))).toHaveLength(4)
    expect(await run(tail(input, 0))).toEqual([])
  })
})

describe('filter', () => {
  it('drops a batch whole when nothing stays and passes it uncopied when all stays', () => {
    const condition = columnNode({ name: 'k', type: { kind: 'boolean' }, nullable: true }, 0)
    const keep = (values: (boolean | null)[]): Batch =>
      batchFromRows(
        schemaOf('k BOOLEAN'),
        values.map((value) => [value]),
      )
    const only = filter(condition, new Set([0]))
    expect(only(keep([false, null]), testContext)).toBeNull()
    const whole = keep([true, true])
    expect(only(whole, testContext)).toBe(whole)
    expect(only(keep([true, null, true]), testContext)?.numRows).toBe(2)
  })
})

describe('generate', () => {
  const input = batchFromRows(schemaOf('id INT, xs ARRAY<INT>'), [
    [1, [7, null]],
    [2, []],
    [3, null],
    [4, [9]],
  ])
  const shape = {
    schema: schemaOf('id INT, xs ARRAY<INT>, pos INT, col INT'),
    inputWidth: 2,
    generator: columnNode(input.schema.fields[1], 1),
    position: true,
    inline: false,
  }
  const wanted = new Set([0, 2, 3])
  const rowsOf = (batch: Batch | null) =>
    batch === null ? [] : batchToRows(batch).map((row) => [row['id'], row['pos'], row['col']])

  it('gives one row an element, none for empty and NULL arrays', () => {
    expect(rowsOf(generate({ ...shape, outer: false }, wanted)(input, testContext))).toEqual([
      [1, 0, 7],
      [1, 1, null],
      [4, 0, 9],
    ])
  })

  it('outer keeps rows that generate nothing, with NULL position and element', () => {
    expect(rowsOf(generate({ ...shape, outer: true }, wanted)(input, testContext))).toEqual([
      [1, 0, 7],
      [1, 1, null],
      [2, null, null],
      [3, null, null],
      [4, 0, 9],
    ])
  })
})

describe('distinct and set operations', () => {
  const rows = [
    [1, 'a'],
    [null, 'a'],
    [1, 'a'],
  ]

  it('keeps the first of each key across batches; NULL equals NULL', async () => {
    expect(
      await run(
        distinct(
          inputOf(rows, [
            [null, 'a'],
            [2, 'b'],
          ]),
          schema,
          [0, 1],
          all,
        ),
      ),
    ).toEqual([
      [1, 'a'],
      [null, 'a'],
      [2, 'b'],
    ])
    expect(await run(distinct(inputOf(rows, [[3, 'a']]), schema, [1], all))).toEqual([[1, 'a']])
  })

  it('INTERSECT ALL keeps the smaller number of copies, EXCEPT ALL what is left over', async () => {
    const left = inputOf(
      [
        [1, 'a'],
        [1, 'a'],
        [2, 'b'],
      ],
      [[1, 'a']],
    )
    const right = inputOf(
      [[1, 'a']],
      [
        [1, 'a'],
        [3, 'c'],
      ],
    )
    expect(await run(setDifference(left, right, schema, 'intersect', true))).toEqual([
      [1, 'a'],
      [1, 'a'],
    ])
    expect(await run(setDifference(left, right, schema, 'except', true))).toEqual([
      [2, 'b'],
      [1, 'a'],
    ])
    expect(await run(setDifference(left, right, schema, 'intersect', false))).toEqual([[1, 'a']])
    expect(await run(setDifference(left, right, schema, 'except', false))).toEqual([[2, 'b']])
  })
})

describe('sort', () => {
  it('is stable and puts NULL where the key says', async () => {
    const input = inputOf(
      [
        [2, 'x'],
        [null, 'y'],
      ],
      [
        [1, 'p'],
        [2, 'q'],
      ],
    )
    const key = (descending: boolean, nullsFirst: boolean) => [{ expression: column(0), descending, nullsFirst }]
    expect(await run(sort(input, schema, key(false, true), all))).toEqual([
      [null, 'y'],
      [1, 'p'],
      [2, 'x'],
      [2, 'q'],
    ])
    expect(await run(sort(input, schema, key(true, false), all))).toEqual([
      [2, 'x'],
      [2, 'q'],
      [1, 'p'],
      [null, 'y'],
    ])
    expect(await run(sort(inputOf(), schema, key(false, true), all))).toEqual([])
  })
})

describe('sample', () => {
  it('gives the same rows for the same seed wherever the batches are cut', async () => {
    const rows = Array.from({ length: 200 }, (_, index) => [index, 'r'])
    const whole = await run(sample(inputOf(rows), 0, 0.3, false, 42n))
    expect(
      await run(sample(inputOf(rows.slice(0, 7), rows.slice(7, 120), rows.slice(120)), 0, 0.3, false, 42n)),
    ).toEqual(whole)
    expect(whole.length).toBeGreaterThan(30)
    expect(whole.length).toBeLessThan(90)
    expect(await run(sample(inputOf(rows), 0, 0.3, false, 43n))).not.toEqual(whole)
  })

  it('may repeat rows with replacement', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => [index, 'r'])
    const drawn = await run(sample(inputOf(rows), 0, 1, true, 7n))
    expect(new Set(drawn.map(String)).size).toBeLessThan(drawn.length)
  })
})

describe('fused', () => {
  it('does not hand on batches that a transform emptied', async () => {
    const empty = fused(inputOf([[1, 'a']], [[2, 'b']]), [(batch) => (batch.columns[0].length === 0 ? batch : null)])
    expect(await run(empty)).toEqual([])
  })
})
