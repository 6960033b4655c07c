import { describe, expect, it } from 'vitest'
import type { Column } from '../../protocol/columns'
import { BatchInsightCollector } from './batch-insight'

const long = (validity: number[] | null, length = 3): Column => ({
  layout: 'fixed',
  type: { kind: 'long' },
  length,
  validity: validity === null ? null : Uint8Array.from(validity),
  values: new BigInt64Array(length),
})
const struct = (validity: number[] | null, children: Column[]): Column => ({
  layout: 'struct',
  type: {
    kind: 'struct',
    fields: children.map((child, index) => ({ name: `f${index}`, type: child.type, nullable: true })),
  },
  length: 3,
  validity: validity === null ? null : Uint8Array.from(validity),
  children,
})

describe('what a batch tells about itself', () => {
  it('adds up a filter over batches of columns', () => {
    const insight = new BatchInsightCollector()
    insight.filtered('(amount > 10)', 5, 2)
    insight.filtered('(amount > 10)', 4, 0)
    insight.delivered(2)
    expect(insight.finish(null)).toEqual({
      numOutputRows: 2,
      filters: [{ condition: '(amount > 10)', numInputRows: 9, numOutputRows: 2 }],
      parses: [],
    })
  })

  it('counts the NULLs of each parsed field, those of a NULL struct too', () => {
    const insight = new BatchInsightCollector()
    insight.parsed('data', struct([1, 0, 1], [long([1, 1, 0]), long(null), long([0, 0, 0])]))
    insight.parsed('data', struct(null, [long(null), long([0, 1, 1]), long([0, 0, 0])]))
    expect(insight.finish(null).parses).toEqual([
      {
        column: 'data',
        numRows: 6,
        fields: [
          { name: 'f0', numNulls: 2 },
          { name: 'f1', numNulls: 2 },
          { name: 'f2', numNulls: 6 },
        ],
      },
    ])
  })
})
