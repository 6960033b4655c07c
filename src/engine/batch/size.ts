import type { Column } from '../../protocol/columns'

/** Bytes of a column's buffers, spare room included. */
export function columnSizeBytes(column: Column): number {
  const own = column.layout === 'void' || column.validity === null ? 0 : column.validity.byteLength
  switch (column.layout) {
    case 'void':
      return 0
    case 'fixed':
    case 'decimal128':
      return own + column.values.byteLength
    case 'bytes':
      return own + column.offsets.byteLength + column.bytes.byteLength
    case 'dictionary':
      return own + column.codes.byteLength + columnSizeBytes(column.dictionary)
    case 'list':
      return own + column.offsets.byteLength + columnSizeBytes(column.child)
    case 'map':
      return own + column.offsets.byteLength + columnSizeBytes(column.keys) + columnSizeBytes(column.values)
    case 'struct':
      return column.children.reduce((sum, child) => sum + columnSizeBytes(child), own)
  }
}
