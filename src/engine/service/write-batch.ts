import { create } from '@bufbuild/protobuf'
import type { StructType } from '../../protocol/columns'
import type { Relation, WriteOperation } from '../../protocol/spark-connect'
import {
  RelationSchema,
  WriteOperation_SaveMode,
  WriteOperation_SaveTable_TableSaveMethod,
} from '../../protocol/spark-connect'
import type { TableTarget } from '../../protocol/workers/stream'
import { checkBatch } from '../analyzer/check-streaming'
import { alias, attribute, castTo } from '../analyzer/expression-tree'
import { tableOrViewNotFound } from '../analyzer/input-errors'
import { closePlan } from '../plan/close-plan'
import { OptionMap } from '../ports/options'
import type { SaveMode } from '../ports/sink'
import type { Table } from '../ports/table'
import { sqlName } from '../types/type-names'
import { identifier } from './catalog-relations'
import type { EngineService } from './engine-service'
import { analyseRelation } from './plan-analysis'
import type { PlanCall } from './plan-call'
import { notBuilt, runOptions } from './plan-call'
import type { Session } from './session'
import { tableTarget } from './sql/table-names'
import * as refusals from './write-refusals'

/** `df.write...save()`, `saveAsTable`, `insertInto`: one commit of a Delta table, or rows into a sink that takes batches. */
export async function writeBatch(
  service: EngineService,
  session: Session,
  write: WriteOperation,
  call: PlanCall,
): Promise<void> {
  const { input } = write
  if (input === undefined) throw notBuilt('a plan without an input')
  const format = (write.source ?? session.conf.get('spark.sql.sources.default', 'delta') ?? 'delta').toLowerCase()
  if (format === 'delta') return writeDelta(service, session, write, input, call)
  const { inputs, node } = await analyseRelation(service, session, input, call.cell)
  checkBatch(node)
  const options = runOptions(session, call)
  const sink = format === 'noop' ? null : await service.ports.sink(format)
  if (format !== 'noop' && sink?.writeBatch === undefined)
    throw notBuilt(
      `writing format "${format}" from a batch query`,
      'Write Delta tables: .format("delta") or saveAsTable(...).',
    )
  sink?.checkBatch?.(new OptionMap(write.options), node.schema, modeOf(write))
  const target = sink === null ? { limitRows: 0 } : { sink: { format, options: write.options } }
  await service.batches.run(closePlan(inputs), { ...options, ...target }, call.kernel.signal)
}

async function writeDelta(
  service: EngineService,
  session: Session,
  write: WriteOperation,
  input: Relation,
  call: PlanCall,
): Promise<void> {
  const folder = targetFolder(service, session, write, call)
  for (const query of call.kernel.triggers) service.queries.get(query)?.writtenFolders.add(folder)
  const options = readOptions(new OptionMap(write.options))
  const table = await service.ports.tables.open(folder)
  const isInsert = isInsertInto(write)
  if (isInsert && table === null) throw await missingTable(service, session, write)
  if (isInsert && write.partitioningColumns.length > 0) throw refusals.insertPartitioned()
  const { node } = await analyseRelation(service, session, input, call.cell)
  checkBatch(node)
  // A table's own columns decide where an inserted value goes; names do not matter.
  const source =
    isInsert && table !== null ? byPosition(input, node.schema, table, identifier(tableName(write)).join('.')) : input
  const { inputs } = await analyseRelation(service, session, source, call.cell)
  const mode = isInsert && modeOf(write) !== 'Overwrite' ? 'Append' : modeOf(write)
  if (table !== null && mode === 'Ignore') return
  if (table !== null && mode === 'ErrorIfExists') throw alreadyThere(write, folder)
  if (write.saveType.case === 'table' && !isInsert) checkTablePartitioning(write, table, node.schema, mode)
  const partitionColumns = write.partitioningColumns
  await service.batches.run(
    closePlan(inputs),
    {
      ...runOptions(session, call),
      write: {
        folder,
        mode: mode === 'Overwrite' ? 'overwrite' : 'append',
        partitionColumns,
        mergeSchema: options.mergeSchema,
        overwriteSchema: options.overwriteSchema,
        transaction: options.transaction,
        operation: operationOf(write, mode, table !== null, options),
      },
    },
    call.kernel.signal,
  )
  service.ports.emit({ kind: 'tables' })
}

type WriteOptions = {
  readonly mergeSchema: boolean
  readonly overwriteSchema: boolean
  readonly transaction: TableTarget['transaction']
}

/** Delta's writer options; what is not understood is refused, never dropped. */
function readOptions(options: OptionMap): WriteOptions {
  const flag = (name: string) => {
    const text = options.get(name)?.trim().toLowerCase()
    if (text !== undefined && text !== 'true' && text !== 'false')
      throw refusals.illegalOption(name, text, "must be 'true' or 'false'")
    return text === 'true'
  }
  if (options.has('replaceWhere'))
    throw notBuilt(
      'a write with replaceWhere',
      'Read the rows that stay, join them with the new ones, and overwrite the whole table.',
    )
  if (options.get('partitionOverwriteMode')?.toLowerCase() === 'dynamic')
    throw notBuilt(
      'a dynamic partition overwrite',
      'Read the partitions that stay, join them with the new rows, and overwrite the whole table.',
    )
  const appId = options.get('txnAppId')
  const version = options.get('txnVersion')
  if ((appId === undefined) !== (version === undefined)) throw refusals.halfTransaction()
  if (version !== undefined && !/^\d+$/.test(version))
    throw refusals.illegalOption('txnVersion', version, 'must be a non-negative integer')
  return {
    mergeSchema: flag('mergeSchema'),
    overwriteSchema: flag('overwriteSchema'),
    transaction: appId === undefined || version === undefined ? null : { appId, version: Number(version) },
  }
}

/** What the commit says of itself: a table by name is created or replaced, everything else is a write. */
function operationOf(
  write: WriteOperation,
  mode: SaveMode,
  exists: boolean,
  options: WriteOptions,
): TableTarget['operation'] {
  const partitionBy = JSON.stringify(write.partitioningColumns)
  const schemaFlags = {
    ...(options.mergeSchema ? { canMergeSchema: 'true' } : {}),
    ...(options.overwriteSchema ? { canOverwriteSchema: 'true' } : {}),
  }
  const isSaveAsTable = write.saveType.case === 'table' && !isInsertInto(write)
  if (!isSaveAsTable || (exists && mode === 'Append'))
    // A table found by its name keeps its partitioning, so the writer's own is not told.
    return { name: 'WRITE', parameters: { mode, partitionBy: isSaveAsTable ? '[]' : partitionBy, ...schemaFlags } }
  const table = { partitionBy, clusterBy: '[]', description: null, isManaged: 'true', properties: '{}' }
  return mode === 'Overwrite'
    ? {
        name: 'CREATE OR REPLACE TABLE AS SELECT',
        parameters: { ...table, isV1SaveAsTableOverwrite: 'true', ...schemaFlags },
      }
    : { name: 'CREATE TABLE AS SELECT', parameters: table }
}

/** The input under the table's names and types, column by column; columns beyond the table's keep their own. */
function byPosition(input: Relation, schema: StructType, table: Table, name: string): Relation {
  const wanted = table.schema.fields
  if (schema.fields.length < wanted.length) throw refusals.tooFewColumns(name, wanted.length, schema.fields.length)
  const columnNames = schema.fields.map((field, index) => wanted[index]?.name ?? field.name)
  const renamed = create(RelationSchema, { relType: { case: 'toDf', value: { input, columnNames } } })
  const expressions = columnNames.map((column, index) => {
    const type = wanted[index]?.type
    return type === undefined ? attribute(column) : alias(castTo(attribute(column), sqlName(type)), column)
  })
  return create(RelationSchema, { relType: { case: 'project', value: { input: renamed, expressions } } })
}

function checkTablePartitioning(
  { partitioningColumns }: WriteOperation,
  table: Table | null,
  schema: StructType,
  mode: SaveMode,
): void {
  if (partitioningColumns.length === 0) return
  const names = schema.fields.map((field) => field.name.toLowerCase())
  const unknown = partitioningColumns.find((column) => !names.includes(column.toLowerCase()))
  if (table === null && unknown !== undefined) throw refusals.noSuchPartitionColumn(unknown, schema)
  if (table === null && partitioningColumns.length === names.length) throw refusals.allColumnsPartition()
  if (table !== null && mode === 'Append' && partitioningColumns.join('\n') !== table.partitionColumns.join('\n'))
    throw refusals.otherPartitioning(partitioningColumns, table.partitionColumns)
}

function modeOf({ mode }: WriteOperation): SaveMode {
  switch (mode) {
    case WriteOperation_SaveMode.APPEND:
      return 'Append'
    case WriteOperation_SaveMode.OVERWRITE:
      return 'Overwrite'
    case WriteOperation_SaveMode.IGNORE:
      return 'Ignore'
    default:
      return 'ErrorIfExists'
  }
}

function isInsertInto({ saveType }: WriteOperation): boolean {
  return saveType.case === 'table' && saveType.value.saveMethod === WriteOperation_SaveTable_TableSaveMethod.INSERT_INTO
}

function tableName({ saveType }: WriteOperation): string {
  return saveType.case === 'table' ? saveType.value.tableName : ''
}

async function missingTable(service: EngineService, session: Session, write: WriteOperation) {
  const name = identifier(tableName(write))
  return tableOrViewNotFound(name, await service.catalog(session).similar(name))
}

function targetFolder(service: EngineService, session: Session, write: WriteOperation, call: PlanCall): string {
  const { saveType } = write
  switch (saveType.case) {
    case 'table':
      return tableTarget(service, session, identifier(saveType.value.tableName), call.cell).folder
    case 'path':
      return service.resolvePath(session, saveType.value, call.cell)
    default:
      throw refusals.noPath()
  }
}

function alreadyThere(write: WriteOperation, folder: string) {
  if (write.saveType.case !== 'table') return refusals.pathExists(folder)
  const parts = identifier(write.saveType.value.tableName)
  return refusals.tableExists((parts.length === 1 ? ['default', ...parts] : parts).join('`.`'))
}
