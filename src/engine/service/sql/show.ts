import type { ExecuteResult } from '../../../protocol/workers/kernel-requests'
import { AGGREGATES } from '../../expressions/aggregates/registry'
import { SCALAR_FUNCTIONS } from '../../expressions/functions/registry'
import { explainString } from '../../show-string/explain-string'
import type { Statement } from '../../sql/statement'
import type { EngineService } from '../engine-service'
import { analyseRelation } from '../plan-analysis'
import type { PlanCall } from '../plan-call'
import { notBuilt } from '../plan-call'
import type { Session } from '../session'
import { flag, optionalText, rowsAnswer, text } from './answer'
import { databaseNames, requireDatabase, tableNamesIn } from './databases'
import { CATALOG, requireTable } from './table-names'

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>

/** Tables of a schema, its views, and the session's temporary ones, which belong to no schema. */
export async function showTables(
  service: EngineService,
  session: Session,
  { database, pattern, isExtended }: Of<'showTables'>,
): Promise<ExecuteResult> {
  if (isExtended) throw notBuilt('SHOW TABLE EXTENDED', 'DESCRIBE EXTENDED shows one table.')
  const schema = database === null ? session.database : await requireDatabase(service, database)
  const permanent = viewNames(session, 'permanent')
  const named = [...(await tableNamesIn(service, schema)), ...permanent].sort()
  const temporary = [...viewNames(session, 'temporary'), ...session.memoryTables.keys()].sort()
  const wanted = matching(pattern)
  return rowsAnswer(
    [text('namespace'), text('tableName'), flag('isTemporary')],
    [
      ...named.filter(wanted).map((name) => [schema, name, false]),
      ...temporary.filter(wanted).map((name) => ['', name, true]),
    ],
  )
}

export function showViews(session: Session, pattern: string | null): ExecuteResult {
  const wanted = matching(pattern)
  return rowsAnswer(
    [text('namespace'), text('viewName'), flag('isTemporary')],
    [
      ...viewNames(session, 'permanent')
        .filter(wanted)
        .map((name) => [session.database, name, false]),
      ...viewNames(session, 'temporary')
        .filter(wanted)
        .map((name) => ['', name, true]),
    ],
  )
}

export function viewNames(session: Session, scope: 'temporary' | 'permanent'): string[] {
  return [...session.views.values()]
    .filter((view) => view.scope === scope)
    .map((view) => view.name)
    .sort()
}

export async function showDatabases(
  service: EngineService,
  _session: Session,
  pattern: string | null,
): Promise<ExecuteResult> {
  const names = (await databaseNames(service)).filter(matching(pattern))
  return rowsAnswer(
    [text('namespace')],
    names.map((name) => [name]),
  )
}

export function showCatalogs(pattern: string | null): ExecuteResult {
  return rowsAnswer(
    [text('catalog')],
    [CATALOG].filter(matching(pattern)).map((name) => [name]),
  )
}

export async function showColumns(
  service: EngineService,
  session: Session,
  { table: name, database }: Of<'showColumns'>,
  call: PlanCall,
): Promise<ExecuteResult> {
  const { table } = await requireTable(
    service,
    session,
    database === null ? name : [...database, name.at(-1)!],
    call.cell,
  )
  return rowsAnswer(
    [optionalText('col_name')],
    table.schema.fields.map((field) => [field.name]),
  )
}

export async function showProperties(
  service: EngineService,
  session: Session,
  { table: name, key }: Of<'showTableProperties'>,
  call: PlanCall,
): Promise<ExecuteResult> {
  const { table, shown } = await requireTable(service, session, name, call.cell)
  const properties = allProperties(table)
  const columns = [text('key'), text('value')]
  if (key === null) return rowsAnswer(columns, Object.entries(properties).sort())
  return rowsAnswer(columns, [[key, properties[key] ?? `Table ${shown} does not have property: ${key}`]])
}

/** The table's own properties and what its protocol asks, as Delta shows them. */
export function allProperties(table: {
  readonly properties: Readonly<Record<string, string>>
  readonly minReaderVersion: number
  readonly minWriterVersion: number
}): Record<string, string> {
  return {
    ...table.properties,
    'delta.minReaderVersion': String(table.minReaderVersion),
    'delta.minWriterVersion': String(table.minWriterVersion),
  }
}

export function showFunctions({ pattern }: Of<'showFunctions'>): ExecuteResult {
  const names = new Set([...SCALAR_FUNCTIONS, ...AGGREGATES].flatMap((entry) => [entry.name, ...(entry.aliases ?? [])]))
  return rowsAnswer(
    [text('function')],
    [...names]
      .sort()
      .filter(matching(pattern))
      .map((name) => [name]),
  )
}

export async function explain(
  service: EngineService,
  session: Session,
  { statement, mode }: Of<'explain'>,
  call: PlanCall,
): Promise<ExecuteResult> {
  if (statement.kind !== 'query') throw notBuilt('EXPLAIN of a command', 'EXPLAIN shows the plan of a query.')
  const { node } = await analyseRelation(service, session, statement.relation, call.cell)
  return rowsAnswer([optionalText('plan')], [[explainString(node, mode)]])
}

/** Spark's pattern of SHOW ... LIKE: `*` stands for anything, `|` parts alternatives, case does not matter. */
export function matching(pattern: string | null): (name: string) => boolean {
  if (pattern === null) return () => true
  const parts = pattern.split('|').map((part) =>
    part
      .trim()
      .replace(/[.+?^${}()[\]\\]/g, '\\$&')
      .replaceAll('*', '.*'),
  )
  const regex = new RegExp(`^(?:${parts.join('|')})$`, 'i')
  return (name) => regex.test(name)
}
