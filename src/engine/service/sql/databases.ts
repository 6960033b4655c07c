import type { ExecuteResult } from '../../../protocol/workers/kernel-requests'
import type { Name, Statement } from '../../sql/statement'
import type { EngineService } from '../engine-service'
import { notBuilt } from '../plan-call'
import type { Session } from '../session'
import { doneAnswer } from './answer'
import { schemaExists, schemaNotEmpty, schemaNotFound } from './refusals'
import { CATALOG, DEFAULT_DATABASE } from './table-names'

/** Marks the folder of a schema that holds no table yet. */
const MARK = '_runnel_schema'

/** Schemas of the workspace: `default`, and folders beside its tables that hold tables themselves. */
export async function databaseNames({ ports: { files, paths } }: EngineService): Promise<string[]> {
  const found = [DEFAULT_DATABASE]
  for (const { name, path, isFolder } of await files.list(paths.tablesFolder)) {
    if (isFolder && (await files.stat(`${path}/_delta_log`)) === null) found.push(name)
  }
  return found.sort()
}

export async function tableNamesIn({ ports: { files, paths } }: EngineService, database: string): Promise<string[]> {
  const folder = database === DEFAULT_DATABASE ? paths.tablesFolder : schemaFolder(paths.tablesFolder, database)
  const names: string[] = []
  for (const { name, path, isFolder } of await files.list(folder)) {
    if (isFolder && (await files.stat(`${path}/_delta_log`)) !== null) names.push(name)
  }
  return names.sort()
}

/** The schema's name as it stands on disk. Throws SCHEMA_NOT_FOUND. */
export async function requireDatabase(service: EngineService, name: Name): Promise<string> {
  const wanted = (name.length > 1 && name[0].toLowerCase() === CATALOG ? name.slice(1) : name).join('.')
  const found = (await databaseNames(service)).find((one) => one.toLowerCase() === wanted.toLowerCase())
  if (found === undefined) throw schemaNotFound(wanted)
  return found
}

export async function useDatabase(
  service: EngineService,
  session: Session,
  { database, isCatalog }: Extract<Statement, { kind: 'use' }>,
): Promise<ExecuteResult> {
  if (isCatalog && database.join('.') !== CATALOG) throw notBuilt(`the catalog ${database.join('.')}`)
  session.database = isCatalog ? DEFAULT_DATABASE : await requireDatabase(service, database)
  return doneAnswer()
}

export async function createDatabase(
  service: EngineService,
  _session: Session,
  statement: Extract<Statement, { kind: 'createDatabase' }>,
): Promise<ExecuteResult> {
  const { files, paths } = service.ports
  const name = statement.database.at(-1)!
  if (statement.location !== null)
    throw notBuilt('a schema at a LOCATION', 'Leave LOCATION out: schemas lie under Tables/.')
  if ((await databaseNames(service)).some((one) => one.toLowerCase() === name.toLowerCase())) {
    if (statement.ifNotExists) return doneAnswer()
    throw schemaExists(name)
  }
  await files.write(`${schemaFolder(paths.tablesFolder, name)}/${MARK}`, new Uint8Array())
  return doneAnswer()
}

export async function dropDatabase(
  service: EngineService,
  session: Session,
  statement: Extract<Statement, { kind: 'dropDatabase' }>,
): Promise<ExecuteResult> {
  const { files, paths, emit } = service.ports
  const wanted = statement.database.at(-1)!
  const names = await databaseNames(service)
  const name = names.find((one) => one.toLowerCase() === wanted.toLowerCase())
  if (name === undefined) {
    if (statement.ifExists) return doneAnswer()
    throw schemaNotFound(wanted)
  }
  if (name === DEFAULT_DATABASE) throw notBuilt('dropping the default schema', 'Drop its tables one by one.')
  if (!statement.isCascade && (await tableNamesIn(service, name)).length > 0) throw schemaNotEmpty(name)
  await files.remove(schemaFolder(paths.tablesFolder, name))
  if (session.database === name) session.database = DEFAULT_DATABASE
  emit({ kind: 'tables' })
  return doneAnswer()
}

function schemaFolder(tablesFolder: string, database: string): string {
  return `${tablesFolder}/${database.replaceAll('/', '%2F')}`
}
