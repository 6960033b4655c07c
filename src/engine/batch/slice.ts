import type { Batch, Column } from '../../protocol/columns'

/**
 * Rows `[start, end)` of a column as a view: no bytes are copied, buffers are shared and read only.
 * Copy (`gatherColumn`) before a transfer when the original is still needed.
 */
export function sliceColumn(column: Column, start: number, end: number): Column {
  if (start === 0 && end === column.length) return column
  const length = end - start
  const validity = column.validity === null ? null : column.validity.subarray(start, end)
  switch (column.layout) {
    case 'void':
      return { layout: 'void', type: column.type, length, validity: null }
    case 'fixed':
      return { ...column, length, validity, values: column.values.subarray(start, end) }
    case 'decimal128':
      return { ...column, length, validity, values: column.values.subarray(start * 2, end * 2) }
    case 'bytes':
    case 'list':
    case 'map':
      return { ...column, length, validity, offsets: column.offsets.subarray(start, end + 1) }
    case 'dictionary':
      return { ...column, length, validity, codes: column.codes.subarray(start, end) }
    case 'struct':
      return { ...column, length, validity, children: column.children.map((child) => sliceColumn(child, start, end)) }
  }
}

/** Rows `[start, end)` of a batch as a view. */
export function sliceBatch(batch: Batch, start: number, end: number): Batch {
  if (start === 0 && end === batch.numRows) return batch
  return {
    schema: batch.schema,
    numRows: end - start,
    columns: batch.columns.map((column) => sliceColumn(column, start, end)),
  }
}
