import type { Relation } from '../../protocol/spark-connect'
import type { Cursor } from './cursor'

export function query(cursor: Cursor): Relation {
  throw cursor.error()
}
