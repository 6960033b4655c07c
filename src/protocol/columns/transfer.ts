import type { Batch, Column } from './column'

/** Every ArrayBuffer behind the batches, once each: the transfer list of `postMessage`. Shared buffers are left out. */
export function buffersOf(batches: readonly Batch[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  const add = (array: ArrayBufferView | null) => {
    if (array !== null && array.buffer instanceof ArrayBuffer) buffers.add(array.buffer)
  }
  const visit = (column: Column): void => {
    add(column.validity)
    switch (column.layout) {
      case 'fixed':
      case 'decimal128':
        return add(column.values)
      case 'bytes':
        add(column.offsets)
        return add(column.bytes)
      case 'dictionary':
        add(column.codes)
        return visit(column.dictionary)
      case 'list':
        add(column.offsets)
        return visit(column.child)
      case 'map':
        add(column.offsets)
        visit(column.keys)
        return visit(column.values)
      case 'struct':
        return column.children.forEach(visit)
      case 'void':
        return
    }
  }
  for (const batch of batches) batch.columns.forEach(visit)
  return [...buffers]
}
