import { create } from '@bufbuild/protobuf'
import type { StructField, StructType } from '../../../protocol/columns'
import type { Relation } from '../../../protocol/spark-connect'
import {
  RelationSchema,
  WriteOperationSchema,
  WriteOperation_SaveMode,
  WriteOperation_SaveTable_TableSaveMethod,
} from '../../../protocol/spark-connect'
import type { ExecuteResult } from '../../../protocol/workers/kernel-requests'
import type { TableTarget as WriteTarget } from '../../../protocol/workers/stream'
import { checkBatch } from '../../analyzer/check-streaming'
import { alias, attribute, castTo, nullLiteral } from '../../analyzer/expression-tree'
import { dataSourceNotFound } from '../../analyzer/input-errors'
import { closePlan } from '../../plan/close-plan'
import type { AlterTable, ColumnDefinition, CreateTable, DropTable, Insert, Name } from '../../sql/statement'
import { sqlName } from '../../types/type-names'
import type { EngineService } from '../engine-service'
import { analyseRelation } from '../plan-analysis'
import type { PlanCall } from '../plan-call'
import { notBuilt, runOptions } from '../plan-call'
import type { Session } from '../session'
import { writeBatch } from '../write-batch'
import * as writeRefusals from '../write-refusals'
import { doneAnswer } from './answer'
import { duplicateColumn, fieldExists, insertArity, noPartitionColumn, unknownColumn, wrongDrop } from './refusals'
import type { TableTarget } from './table-names'
import { notFound, quoted, requireTable, tableTarget } from './table-names'
import { viewOf } from './views'

const OTHER_FORMATS = new Set(['parquet', 'csv', 'json', 'orc', 'text', 'avro', 'hive'])

/** CREATE [OR REPLACE] TABLE, with columns or AS SELECT: one commit of a Delta table. */
export async function createTable(
  service: EngineService,
  session: Session,
  statement: CreateTable,
  call: PlanCall,
): Promise<ExecuteResult> {
  checkFormat(statement)
  const target = tableTarget(service, session, statement.table, call.cell)
  const exists = (await service.ports.tables.open(target.folder)) !== null
  if (exists && statement.ifNotExists) return doneAnswer()
  if (exists && !statement.orReplace && !statement.mustExist) throw tableExists(target)
  if (!exists && statement.mustExist) throw await notFound(service, session, statement.table)
  if (statement.query === null) await createEmpty(service, statement, target, exists)
  else await createAsSelect(service, session, statement, statement.query, target, exists, call)
  service.ports.emit({ kind: 'tables' })
  return doneAnswer()
}

function checkFormat({ format, location, clusteredBy }: CreateTable): void {
  if (format !== null && format !== 'delta') {
    if (!OTHER_FORMATS.has(format)) throw dataSourceNotFound(format, ['delta'])
    throw notBuilt(`tables of format ${format}`, 'Tables here are Delta tables: leave USING out, or write USING DELTA.')
  }
  if (location !== null) {
    throw notBuilt(
      'a table name for another LOCATION',
      `This workspace keeps no metastore: a table is a folder under Tables/. Create it by path: CREATE TABLE delta.\`${location}\`.`,
    )
  }
  if (clusteredBy.length > 0) throw notBuilt('CLUSTER BY', 'Use PARTITIONED BY, or leave it out.')
}

async function createEmpty(
  { ports: { tables } }: EngineService,
  statement: CreateTable,
  target: TableTarget,
  exists: boolean,
): Promise<void> {
  const { partitionedBy, properties, comment } = statement
  const schema = schemaOf(statement.columns ?? [])
  checkPartitions(partitionedBy, schema)
  if (!exists) {
    const described = comment === null ? {} : { comment }
    await tables.create(target.folder, schema, { partitionColumns: partitionedBy, properties, ...described })
    return
  }
  const replaced = {
    ...asWrite(statement, target.folder, true),
    operation: operation('CREATE OR REPLACE TABLE', statement),
  }
  await tables.write(target.folder, { ...replaced, schema, batches: [] })
}

async function createAsSelect(
  service: EngineService,
  session: Session,
  statement: CreateTable,
  query: Relation,
  target: TableTarget,
  exists: boolean,
  call: PlanCall,
): Promise<void> {
  const { inputs, node } = await analyseRelation(service, session, query, call.cell)
  checkBatch(node)
  checkDuplicates(node.schema.fields)
  checkPartitions(statement.partitionedBy, node.schema)
  if (Object.keys(statement.properties).length > 0)
    throw notBuilt('TBLPROPERTIES with AS SELECT', 'Create the table first, then INSERT INTO it.')
  const name = statement.orReplace ? 'CREATE OR REPLACE TABLE AS SELECT' : 'CREATE TABLE AS SELECT'
  const write: WriteTarget = { ...asWrite(statement, target.folder, exists), operation: operation(name, statement) }
  await service.batches.run(closePlan(inputs), { ...runOptions(session, call), write }, call.kernel.signal)
}

function asWrite({ partitionedBy }: CreateTable, folder: string, exists: boolean): Omit<WriteTarget, 'operation'> {
  return {
    folder,
    mode: exists ? 'overwrite' : 'append',
    partitionColumns: partitionedBy,
    mergeSchema: false,
    overwriteSchema: exists,
    transaction: null,
  }
}

function operation(name: string, { partitionedBy, comment, properties }: CreateTable): WriteTarget['operation'] {
  return {
    name,
    parameters: {
      partitionBy: JSON.stringify(partitionedBy),
      clusterBy: '[]',
      description: comment,
      isManaged: 'true',
      properties: JSON.stringify(properties),
    },
  }
}

function tableExists({ name, isPath, folder }: TableTarget) {
  return isPath ? writeRefusals.pathExists(folder) : writeRefusals.tableExists(name.join('`.`'))
}

function schemaOf(columns: readonly ColumnDefinition[]): StructType {
  const fields = columns.map((column): StructField => {
    if (column.generatedAs !== null || column.defaultValue !== null)
      throw notBuilt('generated columns and column defaults', 'Compute the value in the query that writes the table.')
    const { name, type, nullable, comment, metadata } = column
    const described = comment === null ? metadata : { ...metadata, comment }
    return { name, type, nullable, ...(described === undefined ? {} : { metadata: described }) }
  })
  checkDuplicates(fields)
  return { kind: 'struct', fields }
}

function checkDuplicates(fields: readonly StructField[]): void {
  const seen = new Set<string>()
  for (const { name } of fields) {
    if (seen.has(name.toLowerCase())) throw duplicateColumn(name)
    seen.add(name.toLowerCase())
  }
}

function checkPartitions(partitionedBy: readonly string[], schema: StructType): void {
  const names = schema.fields.map((field) => field.name.toLowerCase())
  const unknown = partitionedBy.find((name) => !names.includes(name.toLowerCase()))
  if (unknown !== undefined) throw noPartitionColumn(unknown, schema)
}

/** INSERT INTO and INSERT OVERWRITE: the query's columns go to the table's by position, or by the names in the list. */
export async function insert(
  service: EngineService,
  session: Session,
  statement: Insert,
  call: PlanCall,
): Promise<ExecuteResult> {
  if (statement.replaceWhere !== null) throw notBuilt('INSERT INTO ... REPLACE WHERE')
  if (statement.isOverwrite && statement.partition.length > 0)
    throw notBuilt('INSERT OVERWRITE of a partition', 'Overwrite the table, or append to it.')
  const target = await requireTable(service, session, statement.table, call.cell)
  const input = await arranged(service, session, statement, target, call)
  await writeBatch(
    service,
    session,
    create(WriteOperationSchema, {
      input,
      mode: statement.isOverwrite ? WriteOperation_SaveMode.OVERWRITE : WriteOperation_SaveMode.APPEND,
      saveType: {
        case: 'table',
        value: {
          tableName: quoted(target.name),
          saveMethod: WriteOperation_SaveTable_TableSaveMethod.INSERT_INTO,
        },
      },
    }),
    call,
  )
  return doneAnswer()
}

/** The query with a column for each column of the table, in its order; what a column list leaves out is NULL. */
async function arranged(
  service: EngineService,
  session: Session,
  { query, columns, isByName, partition }: Insert,
  { table, shown }: { table: { readonly schema: StructType }; shown: string },
  call: PlanCall,
): Promise<Relation> {
  if (columns === null && !isByName && partition.length === 0) return query
  const { node } = await analyseRelation(service, session, query, call.cell)
  const given = node.schema.fields.map((field) => field.name)
  const all = table.schema.fields.map((field) => field.name)
  const fixed = new Map(
    partition.flatMap(({ column, value }) => (value === null ? [] : [[column.toLowerCase(), value]])),
  )
  const open = all.filter((name) => !fixed.has(name.toLowerCase()))
  const wanted = columns ?? (isByName ? given : open)
  for (const name of [...wanted, ...fixed.keys()])
    if (!all.some((one) => one.toLowerCase() === name.toLowerCase())) throw unknownColumn(name, all)
  if (wanted.length !== given.length) throw insertArity(shown, wanted, given)
  const numbered = given.map((_, index) => `_${index}`)
  const renamed = create(RelationSchema, {
    relType: { case: 'toDf', value: { input: query, columnNames: numbered } },
  })
  const expressions = table.schema.fields.map(({ name, type }) => {
    const at = wanted.findIndex((one) => one.toLowerCase() === name.toLowerCase())
    const value = at >= 0 ? attribute(numbered[at]) : fixed.get(name.toLowerCase())
    return alias(value ?? castTo(nullLiteral(), sqlName(type)), name)
  })
  return create(RelationSchema, { relType: { case: 'project', value: { input: renamed, expressions } } })
}

export async function dropTable(
  service: EngineService,
  session: Session,
  { table: name, ifExists }: DropTable,
  call: PlanCall,
): Promise<ExecuteResult> {
  const { folder, shown, name: qualified } = tableTarget(service, session, name, call.cell)
  if (viewOf(session, name, 'permanent') !== undefined) throw wrongDrop(shown, 'view')
  if ((await service.ports.tables.open(folder)) === null) {
    if (ifExists) return doneAnswer()
    throw await notFound(service, session, ['spark_catalog', ...qualified])
  }
  await service.ports.files.remove(folder)
  service.ports.emit({ kind: 'tables' })
  return doneAnswer()
}

export async function alterTable(
  service: EngineService,
  session: Session,
  { table: name, action }: AlterTable,
  call: PlanCall,
): Promise<ExecuteResult> {
  const { folder, table } = await requireTable(service, session, name, call.cell)
  switch (action.kind) {
    case 'setProperties':
      await service.ports.tables.alter(folder, { kind: 'set-properties', properties: action.properties })
      break
    case 'unsetProperties':
      await service.ports.tables.alter(folder, { kind: 'unset-properties', keys: action.keys })
      break
    case 'addColumns': {
      const added = schemaOf(action.columns).fields
      const known = new Set(table.schema.fields.map((field) => field.name.toLowerCase()))
      const twice = added.find((field) => known.has(field.name.toLowerCase()))
      if (twice !== undefined) throw fieldExists(twice.name, table.schema)
      await service.ports.tables.alter(folder, { kind: 'add-columns', columns: added })
      break
    }
    default:
      throw notBuilt(
        `ALTER TABLE (${action.kind})`,
        'Available: ADD COLUMNS, SET TBLPROPERTIES, UNSET TBLPROPERTIES. CREATE OR REPLACE TABLE ... AS SELECT makes a table anew.',
      )
  }
  service.ports.emit({ kind: 'tables' })
  return doneAnswer()
}

/** A relation that reads a table or view by name. */
export function readNamed(name: Name): Relation {
  return create(RelationSchema, {
    relType: {
      case: 'read',
      value: { readType: { case: 'namedTable', value: { unparsedIdentifier: quoted(name) } } },
    },
  })
}
