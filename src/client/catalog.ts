import { structFromJson } from './types'
import type { TypeJson } from './types'
import type { Connection, Json } from './connection'
import { relation } from './plan'
import { rowsOf } from './rows'

export type CatalogTable = {
  readonly name: string
  readonly catalog: string | null
  readonly namespace: readonly string[] | null
  readonly description: string | null
  readonly tableType: string
  readonly isTemporary: boolean
}
export type CatalogDatabase = {
  readonly name: string
  readonly catalog: string | null
  readonly description: string | null
  readonly locationUri: string
}
export type CatalogColumn = { readonly name: string; readonly dataType: string; readonly nullable: boolean }

/** `spark.catalog`: tables, views and databases. */
export class Catalog {
  readonly #connection: Connection

  /** @internal */
  constructor(connection: Connection) {
    this.#connection = connection
  }

  currentCatalog(): string {
    return this.#value('currentCatalog', {})
  }
  currentDatabase(): string {
    return this.#value('currentDatabase', {})
  }
  setCurrentDatabase(dbName: string): void {
    this.#ask('setCurrentDatabase', { dbName })
  }
  listDatabases(): CatalogDatabase[] {
    return this.#ask('listDatabases', {}) as CatalogDatabase[]
  }
  databaseExists(dbName: string): boolean {
    return this.#value('databaseExists', { dbName })
  }
  /** Tables and temp views. */
  listTables(dbName?: string): CatalogTable[] {
    return this.#ask('listTables', dbName === undefined ? {} : { dbName }) as CatalogTable[]
  }
  getTable(tableName: string): CatalogTable {
    return this.#ask('getTable', { tableName })[0] as CatalogTable
  }
  tableExists(tableName: string): boolean {
    return this.#value('tableExists', { tableName })
  }
  listColumns(tableName: string): CatalogColumn[] {
    return this.#ask('listColumns', { tableName }) as CatalogColumn[]
  }
  /** True when there was one. */
  dropTempView(viewName: string): boolean {
    return this.#value('dropTempView', { viewName })
  }

  #ask(kind: string, fields: Json): object[] {
    const answer = this.#connection.executeNow({ root: relation({ catalog: { [kind]: fields } }) })
    return answer.kind === 'rows' ? rowsOf(answer.batches) : []
  }
  #value<T>(kind: string, fields: Json): T {
    return Object.values(this.#ask(kind, fields)[0])[0] as T
  }
}

/** `spark.conf`: the session's options. */
export class RuntimeConfig {
  readonly #connection: Connection

  /** @internal */
  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** The value; without a default an option nobody knows is an error. */
  get(key: string, fallback?: string | null): string | null {
    return this.#connection.requestNow('config', { op: 'get', key, fallback }).value
  }
  set(key: string, value: string | number | boolean): void {
    this.#connection.requestNow('config', { op: 'set', key, value: String(value) })
  }
  unset(key: string): void {
    this.#connection.requestNow('config', { op: 'unset', key })
  }
  getAll(): Readonly<Record<string, string>> {
    return this.#connection.requestNow('config', { op: 'getAll' }).all ?? {}
  }
  isModifiable(key: string): boolean {
    return this.#connection.requestNow('config', { op: 'isModifiable', key }).value === 'true'
  }
}

/** @internal */
export function schemaOfDdl(connection: Connection, ddl: string) {
  const { schemaJson } = connection.requestNow('parseDdl', { ddl })
  return structFromJson(JSON.parse(schemaJson) as TypeJson)
}
