import { create } from '@bufbuild/protobuf'
import type { Relation } from '../../protocol/spark-connect'
import { RelationSchema } from '../../protocol/spark-connect'
import { batchesToArrow } from '../batch/arrow'
import type { Catalog, CatalogEntry } from '../ports/catalog'
import type { FileStore } from '../ports/file-store'
import type { Tables } from '../ports/table'
import type { WorkspacePaths } from '../ports/workspace'
import { schemaToJson } from '../types/type-json'
import type { MemoryTable, Session } from './session'
import { isPathName, qualify } from './sql/table-names'
import { viewOf } from './sql/views'

/** Views and memory tables of one session, then the tables of the workspace. */
export class SessionCatalog implements Catalog {
  readonly #session: Session
  readonly #files: FileStore
  readonly #tables: Tables
  readonly #paths: WorkspacePaths

  constructor(session: Session, ports: { files: FileStore; tables: Tables; paths: WorkspacePaths }) {
    this.#session = session
    this.#files = ports.files
    this.#tables = ports.tables
    this.#paths = ports.paths
  }

  async lookup(identifier: readonly string[]): Promise<CatalogEntry | null> {
    const name = identifier.at(-1) ?? ''
    for (const scope of ['temporary', 'global', 'permanent'] as const) {
      const view = viewOf(this.#session, identifier, scope)
      if (view !== undefined) return { kind: 'view', name, relation: view.relation }
    }
    if (identifier.length === 1) {
      const memory = this.#session.memoryTables.get(name.toLowerCase())
      if (memory) return { kind: 'view', name, relation: memoryRelation(memory) }
    }
    const path = isPathName(identifier)
      ? this.#paths.resolve(identifier[1]).path
      : this.#paths.tableFolder(qualify(this.#session, identifier))
    const table = await this.#tables.open(path)
    if (!table) return null
    return { kind: 'table', name, format: 'delta', path, schema: table.schema, options: {} }
  }

  async similar(identifier: readonly string[]): Promise<string[]> {
    const wanted = (identifier.at(-1) ?? '').toLowerCase()
    const views = [...this.#session.views.values()].map((view) => view.name)
    const names = [...views, ...this.#session.memoryTables.keys(), ...(await this.tableNames())]
    return names.filter((name) => isNear(wanted, name.toLowerCase())).slice(0, 5)
  }

  /** Managed tables of the workspace, sorted. */
  async tableNames(): Promise<string[]> {
    const folders = await this.#files.list(this.#paths.tablesFolder)
    return folders
      .filter((entry) => entry.isFolder)
      .map((entry) => entry.name)
      .sort()
  }
}

function memoryRelation(table: MemoryTable): Relation {
  return create(RelationSchema, {
    relType: {
      case: 'localRelation',
      value: { data: batchesToArrow(table.schema, table.batches), schema: schemaToJson(table.schema) },
    },
  })
}

/** At most two edits apart, or one name inside the other. */
function isNear(a: string, b: string): boolean {
  if (a === '' || b.includes(a) || a.includes(b)) return true
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length] <= 2
}
