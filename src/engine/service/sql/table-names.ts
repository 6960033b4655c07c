import type { CellId } from '../../../protocol/ids'
import { tableOrViewNotFound } from '../../analyzer/input-errors'
import type { Table } from '../../ports/table'
import { quoteIdentifier } from '../../types/type-names'
import type { EngineService } from '../engine-service'
import type { Session } from '../session'
import type { Name } from '../../sql/statement'

export const CATALOG = 'spark_catalog'
export const DEFAULT_DATABASE = 'default'

/** A table as a statement names it: by name in a schema, or delta.`path`. */
export type TableTarget = {
  readonly name: Name
  readonly folder: string
  /** `spark_catalog.default.events`, as Spark shows tables; delta.`/path` for a path. */
  readonly shown: string
  readonly isPath: boolean
}

export function tableTarget(service: EngineService, session: Session, name: Name, cell: CellId | null): TableTarget {
  if (isPathName(name)) {
    return { name, folder: service.resolvePath(session, name[1], cell), shown: `delta.\`${name[1]}\``, isPath: true }
  }
  const qualified = qualify(session, name)
  return {
    name: qualified,
    folder: service.ports.paths.tableFolder(qualified),
    shown: [CATALOG, ...qualified].join('.'),
    isPath: false,
  }
}

export function isPathName(name: Name): boolean {
  return name.length === 2 && name[0].toLowerCase() === 'delta'
}

/** `[schema, table]`: the session's current schema in front of a bare name, the catalog left off. */
export function qualify(session: Session, name: Name): Name {
  const parts = name.length > 2 && name[0].toLowerCase() === CATALOG ? name.slice(1) : name
  return parts.length === 1 ? [session.database, ...parts] : parts
}

/** `` `spark_catalog`.`default`.`events` ``. */
export function quoted(name: Name): string {
  return name.map((part) => quoteIdentifier(part)).join('.')
}

/** The table, or TABLE_OR_VIEW_NOT_FOUND with the name as written and what is near it. */
export async function requireTable(
  service: EngineService,
  session: Session,
  name: Name,
  cell: CellId | null,
): Promise<TableTarget & { readonly table: Table }> {
  const target = tableTarget(service, session, name, cell)
  const table = await service.ports.tables.open(target.folder)
  if (table === null) throw await notFound(service, session, name)
  return { ...target, table }
}

export async function notFound(service: EngineService, session: Session, name: Name) {
  return tableOrViewNotFound(name, await service.catalog(session).similar(name))
}
