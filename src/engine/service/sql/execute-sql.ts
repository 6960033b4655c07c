import type { SQL, SqlCommand } from '../../../protocol/spark-connect'
import type { ExecuteResult } from '../../../protocol/workers/kernel-requests'
import { assertNever } from '../../../protocol/assert-never'
import { internalError } from '../../../protocol/errors/runnel-error'
import { argumentsOf, parseStatement } from '../../sql/parse'
import type { Statement } from '../../sql/statement'
import type { EngineService } from '../engine-service'
import { analyseRelation, sqlOptions } from '../plan-analysis'
import type { PlanCall } from '../plan-call'
import { notBuilt } from '../plan-call'
import type { Session } from '../session'
import { doneAnswer, relationAnswer } from './answer'
import { alterTable, createTable, dropTable, insert } from './change-tables'
import { createDatabase, dropDatabase, useDatabase } from './databases'
import { describeDatabase, describeDetail, describeHistory, describeQuery, describeTable } from './describe'
import { noDeltaTruncate, noShowCreate } from './refusals'
import { resetConf, setConf } from './set-conf'
import {
  explain,
  showCatalogs,
  showColumns,
  showDatabases,
  showFunctions,
  showProperties,
  showTables,
  showViews,
} from './show'
import { requireTable } from './table-names'
import { createView, dropView } from './views'

/**
 * `spark.sql(text)`: a query comes back as its relation, analysed but not run; every other statement runs at once and its answer is a
 * local relation.
 */
export async function executeSql(
  service: EngineService,
  session: Session,
  command: SqlCommand,
  call: PlanCall,
): Promise<ExecuteResult> {
  const sql = sqlOf(command)
  const statement = parseStatement(sql.query, { ...sqlOptions(session), ...argumentsOf(sql) })
  return executeStatement(service, session, statement, call)
}

function sqlOf({ input }: SqlCommand): SQL {
  if (input?.relType.case !== 'sql') throw internalError('an SQL command without text')
  return input.relType.value
}

async function executeStatement(
  service: EngineService,
  session: Session,
  statement: Statement,
  call: PlanCall,
): Promise<ExecuteResult> {
  switch (statement.kind) {
    case 'query':
      await analyseRelation(service, session, statement.relation, call.cell)
      return relationAnswer(statement.relation)
    case 'createTable':
      return createTable(service, session, statement, call)
    case 'insert':
      return insert(service, session, statement, call)
    case 'dropTable':
      return dropTable(service, session, statement, call)
    case 'alterTable':
      return alterTable(service, session, statement, call)
    case 'createView':
      return createView(service, session, statement, call)
    case 'dropView':
      return dropView(service, session, statement, call)
    case 'showTables':
      return showTables(service, session, statement)
    case 'showViews':
      return showViews(session, statement.pattern)
    case 'showDatabases':
      return showDatabases(service, session, statement.pattern)
    case 'showCatalogs':
      return showCatalogs(statement.pattern)
    case 'showColumns':
      return showColumns(service, session, statement, call)
    case 'showTableProperties':
      return showProperties(service, session, statement, call)
    case 'showFunctions':
      return showFunctions(statement)
    case 'showCreateTable':
      await requireTable(service, session, statement.table, call.cell)
      throw noShowCreate()
    case 'describeTable':
      return describeTable(service, session, statement, call)
    case 'describeDetail':
      return describeDetail(service, session, statement.table, call)
    case 'describeHistory':
      return describeHistory(service, session, statement.table, statement.limit, call)
    case 'describeQuery':
      return describeQuery(service, session, statement.relation, call)
    case 'describeDatabase':
      return describeDatabase(service, session, statement.database)
    case 'use':
      return useDatabase(service, session, statement)
    case 'createDatabase':
      return createDatabase(service, session, statement)
    case 'dropDatabase':
      return dropDatabase(service, session, statement)
    case 'set':
      return setConf(session, statement)
    case 'reset':
      return resetConf(session, statement.key)
    case 'explain':
      return explain(service, session, statement, call)
    case 'cacheTable':
    case 'uncacheTable':
    case 'refreshTable':
      if (statement.kind !== 'cacheTable' || statement.query === null)
        await requireRelation(service, session, statement.table)
      return doneAnswer()
    case 'clearCache':
      return doneAnswer()
    case 'truncateTable': {
      const { shown } = await requireTable(service, session, statement.table, call.cell)
      throw noDeltaTruncate(shown)
    }
    case 'delete':
    case 'update':
    case 'merge':
    case 'optimize':
    case 'vacuum':
    case 'restore':
    case 'showPartitions':
    case 'describeFunction':
      throw notBuilt(
        NAMES[statement.kind],
        'On a cluster the same statement runs; here read the table and write it again.',
      )
    default:
      return assertNever(statement, 'statement')
  }
}

const NAMES = {
  delete: 'DELETE FROM',
  update: 'UPDATE',
  merge: 'MERGE INTO',
  optimize: 'OPTIMIZE',
  vacuum: 'VACUUM',
  restore: 'RESTORE TABLE',
  showPartitions: 'SHOW PARTITIONS',
  describeFunction: 'DESCRIBE FUNCTION',
}

/** Caching is a promise about speed: everything is read where it lies. The name must be there. */
async function requireRelation(service: EngineService, session: Session, name: readonly string[]): Promise<void> {
  if ((await service.catalog(session).lookup(name)) === null) await requireTable(service, session, name, null)
}
