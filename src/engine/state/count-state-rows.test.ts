import { expect, it } from 'vitest'
import type { Column } from '../../protocol/columns'
import { countStateRows } from './count-state-rows'
import { writeStateFile } from './state-file'

const longs = (...values: bigint[]): Column => ({
  layout: 'fixed',
  type: { kind: 'long' },
  length: values.length,
  validity: null,
  values: BigInt64Array.from(values),
})

it('counts what a version file brings and takes away, over all its tables', () => {
  const types = { keyTypes: [{ kind: 'long' as const }], valueTypes: [{ kind: 'long' as const }] }
  const file = writeStateFile(13, [
    {
      ...types,
      name: 'groups',
      changes: {
        numRemoved: 2,
        removedKeys: [longs(1n, 2n)],
        numRows: 3,
        keys: [longs(3n, 4n, 5n)],
        values: [longs(0n, 0n, 0n)],
      },
    },
    {
      ...types,
      name: 'seen',
      changes: { numRemoved: 0, removedKeys: [], numRows: 1, keys: [longs(7n)], values: [longs(0n)] },
    },
  ])
  expect(countStateRows(file)).toEqual({ numRows: 4, numRemoved: 2 })
  expect(countStateRows(new TextEncoder().encode('something else'))).toBeNull()
})
