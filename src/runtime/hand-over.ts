import type { Batch, Column } from '../protocol/columns'
import { buffersOf } from '../protocol/columns/transfer'
import { transfer } from '../protocol/workers/remote'

/**
 * Copies of batches that may be transferred to another worker. The originals may share buffers with what the plan keeps
 * (literals, dictionaries, cached slices), and a transfer would empty those.
 */
export function handOver(batches: readonly Batch[]): Batch[] {
  const copies = batches.map((batch) => ({ ...batch, columns: batch.columns.map(copyColumn) }))
  return transfer(copies, buffersOf(copies))
}

function copyColumn(column: Column): Column {
  const validity = column.validity?.slice() ?? null
  switch (column.layout) {
    case 'fixed':
    case 'decimal128':
      return { ...column, validity, values: column.values.slice() } as Column
    case 'bytes':
      return { ...column, validity, offsets: column.offsets.slice(), bytes: column.bytes.slice() }
    case 'dictionary':
      return {
        ...column,
        validity,
        codes: column.codes.slice(),
        dictionary: copyColumn(column.dictionary) as typeof column.dictionary,
      }
    case 'list':
      return { ...column, validity, offsets: column.offsets.slice(), child: copyColumn(column.child) }
    case 'map':
      return {
        ...column,
        validity,
        offsets: column.offsets.slice(),
        keys: copyColumn(column.keys),
        values: copyColumn(column.values),
      }
    case 'struct':
      return { ...column, validity, children: column.children.map(copyColumn) }
    case 'void':
      return { ...column, validity }
  }
}
