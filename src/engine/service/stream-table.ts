import type { Catalog } from '../ports/catalog'
import { userError } from '../../protocol/errors/runnel-error'
import { identifier } from './catalog-relations'
import type { StreamRequest } from './stream-start'

/** What `toTable` refuses: a temporary view, and a table of another format than the query's. */
export async function checkStreamTable({ tableName, format }: StreamRequest, catalog: Catalog): Promise<void> {
  if (tableName === null) return
  const name = identifier(tableName)
  const entry = await catalog.lookup(name)
  if (entry?.kind === 'view')
    throw userError('_LEGACY_ERROR_TEMP_1190', `Temporary view ${name.join('.')} doesn't support streaming write.`, {
      hint: 'Choose a table name that no temporary view has.',
    })
  if (entry?.kind === 'table' && entry.format !== format)
    throw userError(
      '_LEGACY_ERROR_TEMP_1192',
      `The input source(${format}) is different from the table ${name.join('.')}'s data source provider(${entry.format}).`,
      { hint: `Leave .format(...) out, or write .format("${entry.format}").` },
    )
}
