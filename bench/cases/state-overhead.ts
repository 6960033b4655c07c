import { FixedValuesState } from '../../src/engine/state/state-values'
import { StateTable } from '../../src/engine/state/state-table'
import type { Column, DataType } from '../../src/protocol/columns'
import type { BenchCase } from '../case'

const LONG: DataType = { kind: 'long' }
const INTEGER: DataType = { kind: 'integer' }
const ROWS_PER_BATCH = 10_000
/** Keys of 8 and 4 bytes, one value of 8. */
const CONTENT_BYTES = 20

/** Bytes a group takes beside its key and value: the worst of all sizes from 100,000 to a million groups, moving tables included. */
export const benchCase: BenchCase = {
  name: 'state-overhead',
  goal: { atMost: 32 },
  run() {
    const table = new StateTable([LONG, INTEGER], new FixedValuesState([LONG]))
    const overheads: { numRows: number; bytes: number }[] = []
    for (let start = 0; start < 1_000_000; start += ROWS_PER_BATCH) {
      table.nextBatch()
      table.upsert(keysFrom(start), ROWS_PER_BATCH)
      const { numRows } = table
      if (numRows >= 100_000) overheads.push({ numRows, bytes: table.sizeBytes / numRows - CONTENT_BYTES })
    }
    const largest = overheads.reduce((a, b) => (a.bytes > b.bytes ? a : b))
    const last = overheads.at(-1)!
    const mean = overheads.reduce((sum, { bytes }) => sum + bytes, 0) / overheads.length
    const detail = `worst at ${largest.numRows} groups; mean ${mean.toFixed(1)}, ${last.bytes.toFixed(1)} at ${last.numRows}`
    return Promise.resolve({ ours: largest.bytes, unit: 'bytes a group', peer: null, ratio: null, detail })
  },
}

function keysFrom(start: number): Column[] {
  const ids = new BigInt64Array(ROWS_PER_BATCH)
  const codes = new Int32Array(ROWS_PER_BATCH)
  for (let row = 0; row < ROWS_PER_BATCH; row++) {
    ids[row] = BigInt(start + row) * 60_000_000n
    codes[row] = row % 30
  }
  const shared = { layout: 'fixed', length: ROWS_PER_BATCH, validity: null } as const
  return [
    { ...shared, type: LONG, values: ids },
    { ...shared, type: INTEGER, values: codes },
  ]
}
