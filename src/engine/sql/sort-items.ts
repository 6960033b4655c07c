import type { Expression_SortOrder } from '../../protocol/spark-connect'
import type { Cursor } from './cursor'
import { sortOrder } from './messages'

/** `a DESC NULLS LAST, b` */
export function sortItems(cursor: Cursor): Expression_SortOrder[] {
  return cursor.commas(() => sortItem(cursor))
}

function sortItem(cursor: Cursor): Expression_SortOrder {
  const child = cursor.grammar.expression(cursor)
  const descending = cursor.acceptOne('ASC', 'DESC') === 'DESC'
  if (cursor.accept('NULLS', 'FIRST')) return sortOrder(child, descending, true)
  if (cursor.accept('NULLS', 'LAST')) return sortOrder(child, descending, false)
  return sortOrder(child, descending)
}
