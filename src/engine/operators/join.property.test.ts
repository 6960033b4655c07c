import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Join_JoinType } from '../../protocol/spark-connect'
import { attribute, call } from '../analyzer/expression-tree'
import { localRows, planOf, relation, rowsOf } from '../../testing/plan-builder'

type Row = readonly [number | null, string | null]

const key = fc.option(fc.integer({ min: 0, max: 4 }), { nil: null })
const side = fc.array(fc.tuple(key, fc.option(fc.constantFrom('a', 'b'), { nil: null })), { maxLength: 12 })

/** Each pair of rows in turn, as the definition of a join says it. */
function slowJoin(left: readonly Row[], right: readonly Row[], type: Join_JoinType): unknown[] {
  const matches = (l: Row, r: Row) => l[0] !== null && l[0] === r[0]
  const pairs = left.flatMap((l) => right.filter((r) => matches(l, r)).map((r) => [...l, ...r]))
  const lonelyLeft = left.filter((l) => !right.some((r) => matches(l, r)))
  const lonelyRight = right.filter((r) => !left.some((l) => matches(l, r)))
  const nulls = [null, null]
  switch (type) {
    case Join_JoinType.INNER:
      return pairs
    case Join_JoinType.LEFT_OUTER:
      return [...pairs, ...lonelyLeft.map((l) => [...l, ...nulls])]
    case Join_JoinType.RIGHT_OUTER:
      return [...pairs, ...lonelyRight.map((r) => [...nulls, ...r])]
    case Join_JoinType.FULL_OUTER:
      return [...pairs, ...lonelyLeft.map((l) => [...l, ...nulls]), ...lonelyRight.map((r) => [...nulls, ...r])]
    case Join_JoinType.LEFT_SEMI:
      return left.filter((l) => !lonelyLeft.includes(l))
    default:
      return lonelyLeft
  }
}

const types = [
  Join_JoinType.INNER,
  Join_JoinType.LEFT_OUTER,
  Join_JoinType.RIGHT_OUTER,
  Join_JoinType.FULL_OUTER,
  Join_JoinType.LEFT_SEMI,
  Join_JoinType.LEFT_ANTI,
]

const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort()

describe('hash join', () => {
  it('gives the rows of the slow join for any rows, duplicates and NULL keys included', async () => {
    await fc.assert(
      fc.asyncProperty(side, side, fc.constantFrom(...types), async (left, right, joinType) => {
        const join = relation({
          case: 'join',
          value: {
            left: localRows('k INT, a STRING', left),
            right: localRows('j INT, b STRING', right),
            joinType,
            joinCondition: equal('k', 'j'),
          },
        })
        const rows = await rowsOf(await planOf(join))
        expect(sorted(rows.map((row) => Object.values(row)))).toEqual(sorted(slowJoin(left, right, joinType)))
      }),
      { numRuns: 150 },
    )
  })
})

function equal(a: string, b: string) {
  return call('==', attribute(a), attribute(b))
}
