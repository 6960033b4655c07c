import type { StructField } from '../../../protocol/columns'
import { RunnelError } from '../../../protocol/errors/runnel-error'
import type { Relation } from '../../../protocol/spark-connect'
import { parseStatement } from '../../sql/parse'
import type { EngineService } from '../engine-service'
import { analyseRelation, sqlOptions } from '../plan-analysis'
import type { Session } from '../session'
import { databaseNames, tableNamesIn } from '../sql/databases'
import { isPathName, qualify } from '../sql/table-names'
import { viewOf } from '../sql/views'

export type NamedRelation = { readonly name: string; readonly kind: 'table' | 'view' }

/** Columns of a view's relation: it is closed, so they do not change. */
const fieldsOfViews = new WeakMap<Relation, Promise<readonly StructField[] | null>>()

/** What names mean to one session, asked while somebody types: nothing throws for a name that is not there. */
export class SessionNames {
  readonly #service: EngineService
  readonly #session: Session

  constructor(service: EngineService, session: Session) {
    this.#service = service
    this.#session = session
  }

  databases(): Promise<string[]> {
    return databaseNames(this.#service)
  }

  /** Tables of a schema, or without one everything a bare name can mean. */
  async relations(database: string | null): Promise<NamedRelation[]> {
    const tables = await this.#tables(database ?? this.#session.database)
    const views = [...this.#session.views.values()].filter(({ scope }) =>
      database === null
        ? scope !== 'global'
        : database.toLowerCase() === 'global_temp'
          ? scope === 'global'
          : scope === 'permanent' && database.toLowerCase() === this.#session.database.toLowerCase(),
    )
    const memory = database === null ? [...this.#session.memoryTables.keys()] : []
    return [
      ...tables.map((name) => ({ name, kind: 'table' as const })),
      ...[...views.map(({ name }) => name), ...memory].sort().map((name) => ({ name, kind: 'view' as const })),
    ]
  }

  /** Columns of a table or view; null when the name means nothing here. */
  async fieldsOf(name: readonly string[]): Promise<readonly StructField[] | null> {
    for (const scope of ['temporary', 'global', 'permanent'] as const) {
      const view = viewOf(this.#session, name, scope)
      if (view !== undefined) return this.#fieldsOfView(view.relation)
    }
    const memory = name.length === 1 ? this.#session.memoryTables.get(name[0].toLowerCase()) : undefined
    if (memory !== undefined) return memory.schema.fields
    const folder = await this.#folderOf(name)
    const table = folder === null ? null : await this.#service.ports.tables.open(folder)
    return table?.schema.fields ?? null
  }

  /** Columns of a whole query; null while it cannot be read or analysed. */
  async fieldsOfQuery(text: string): Promise<readonly StructField[] | null> {
    return orNull(() => {
      const statement = parseStatement(text, sqlOptions(this.#session))
      return statement.kind === 'query' ? this.#analyse(statement.relation) : Promise.resolve(null)
    })
  }

  #fieldsOfView(relation: Relation): Promise<readonly StructField[] | null> {
    const known = fieldsOfViews.get(relation)
    if (known !== undefined) return known
    const fields = orNull(() => this.#analyse(relation))
    fieldsOfViews.set(relation, fields)
    return fields
  }

  async #analyse(relation: Relation): Promise<readonly StructField[]> {
    return (await analyseRelation(this.#service, this.#session, relation, null)).node.schema.fields
  }

  /** The folder behind a name in any case of letters. */
  async #folderOf(name: readonly string[]): Promise<string | null> {
    const { paths } = this.#service.ports
    if (isPathName(name)) return paths.resolve(name[1]).path
    const [database, wanted] = qualify(this.#session, name).slice(-2)
    const found = (await this.#tables(database)).find((table) => table.toLowerCase() === wanted.toLowerCase())
    return found === undefined ? null : paths.tableFolder([database, found])
  }

  async #tables(database: string): Promise<string[]> {
    const wanted = database.toLowerCase()
    const isDefault = LAKEHOUSE_NAMES.has(wanted)
    const found = isDefault ? 'default' : (await this.databases()).find((name) => name.toLowerCase() === wanted)
    return found === undefined ? [] : tableNamesIn(this.#service, found)
  }
}

/** Names of the lakehouse itself in front of a table. */
const LAKEHOUSE_NAMES = new Set(['default', 'lakehouse', 'dbo', 'spark_catalog'])

async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (thrown) {
    // Half-written text is what completion is asked about.
    if (thrown instanceof RunnelError) return null
    throw thrown
  }
}
