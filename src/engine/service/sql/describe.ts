import type { ExecuteResult } from '../../../protocol/workers/kernel-requests'
import type { Relation } from '../../../protocol/spark-connect'
import type { StructField, StructType } from '../../../protocol/columns'
import { BOOLEAN, INTEGER, LONG, STRING, TIMESTAMP, arrayOf, structOf } from '../../types/atomic-types'
import { simpleString } from '../../types/type-names'
import type { Name, Statement } from '../../sql/statement'
import type { EngineService } from '../engine-service'
import { analyseRelation } from '../plan-analysis'
import type { PlanCall } from '../plan-call'
import { notBuilt } from '../plan-call'
import type { Session } from '../session'
import type { AnswerColumn } from './answer'
import { column, optionalText, rowsAnswer, text } from './answer'
import { requireDatabase } from './databases'
import { unknownColumn } from './refusals'
import { allProperties } from './show'
import { CATALOG, DEFAULT_DATABASE, requireTable } from './table-names'
import { readNamed } from './change-tables'

const COLUMNS = [
  text('col_name', 'name of the column'),
  text('data_type', 'data type of the column'),
  optionalText('comment', 'comment of the column'),
]

function columnRow({ name, type, metadata }: StructField): unknown[] {
  const comment = metadata?.comment
  return [name, simpleString(type), typeof comment === 'string' ? comment : null]
}

/** DESCRIBE of a table, a view, or one column of them. */
export async function describeTable(
  service: EngineService,
  session: Session,
  { table: name, isExtended, column: wanted }: Extract<Statement, { kind: 'describeTable' }>,
  call: PlanCall,
): Promise<ExecuteResult> {
  const entry = await service.catalog(session).lookup(name)
  if (entry?.kind === 'view') {
    const { node } = await analyseRelation(service, session, readNamed(name), call.cell)
    return wanted === null
      ? rowsAnswer(COLUMNS, node.schema.fields.map(columnRow))
      : describeColumn(node.schema, wanted)
  }
  const { table, shown, isPath } = await requireTable(service, session, name, call.cell)
  if (wanted !== null) return describeColumn(table.schema, wanted)
  const rows = table.schema.fields.map(columnRow)
  if (table.partitionColumns.length > 0) {
    rows.push(['# Partition Information', '', ''], ['# col_name', 'data_type', 'comment'])
    for (const key of table.partitionColumns) {
      const field = table.schema.fields.find((one) => one.name === key)
      if (field !== undefined) rows.push(columnRow(field))
    }
  }
  if (isExtended) {
    const properties = Object.entries(allProperties(table)).sort()
    rows.push(['', '', ''], ['# Detailed Table Information', '', ''], ['Name', shown, ''])
    if (table.description !== null) rows.push(['Comment', table.description, ''])
    rows.push(
      ['Type', isPath ? 'EXTERNAL' : 'MANAGED', ''],
      ['Location', table.folder, ''],
      ['Provider', 'delta', ''],
      ['Table Properties', `[${properties.map(([key, value]) => `${key}=${value}`).join(',')}]`, ''],
    )
  }
  return rowsAnswer(COLUMNS, rows)
}

function describeColumn(schema: StructType, name: Name): ExecuteResult {
  const field = schema.fields.find((one) => one.name.toLowerCase() === name[0].toLowerCase())
  if (field === undefined)
    throw unknownColumn(
      name.join('.'),
      schema.fields.map((one) => one.name),
    )
  if (name.length > 1) throw notBuilt('DESCRIBE of a nested column', 'Describe the column it stands in.')
  const [shown, type, comment] = columnRow(field)
  return rowsAnswer(
    [text('info_name', 'name of the column info'), text('info_value', 'value of the column info')],
    [
      ['col_name', shown],
      ['data_type', type],
      ['comment', comment ?? 'NULL'],
    ],
  )
}

export async function describeQuery(
  service: EngineService,
  session: Session,
  relation: Relation,
  call: PlanCall,
): Promise<ExecuteResult> {
  const { node } = await analyseRelation(service, session, relation, call.cell)
  return rowsAnswer(COLUMNS, node.schema.fields.map(columnRow))
}

export async function describeDatabase(service: EngineService, _session: Session, name: Name): Promise<ExecuteResult> {
  const database = await requireDatabase(service, name)
  const folder = service.ports.paths.tablesFolder
  return rowsAnswer(
    [text('info_name', 'name of the namespace info'), optionalText('info_value', 'value of the namespace info')],
    [
      ['Catalog Name', CATALOG],
      ['Namespace Name', database],
      ['Comment', database === DEFAULT_DATABASE ? 'default database' : ''],
      ['Location', database === DEFAULT_DATABASE ? folder : `${folder}/${database}`],
    ],
  )
}

const TEXTS = arrayOf(STRING, true)
const TEXT_MAP = { kind: 'map', keyType: STRING, valueType: STRING, valueContainsNull: true } as const

const DETAIL: readonly AnswerColumn[] = [
  column('format', STRING, true),
  column('id', STRING, true),
  column('name', STRING, true),
  column('description', STRING, true),
  column('location', STRING, true),
  column('createdAt', TIMESTAMP, true),
  column('lastModified', TIMESTAMP, true),
  column('partitionColumns', TEXTS, true),
  column('clusteringColumns', TEXTS, true),
  column('numFiles', LONG, true),
  column('sizeInBytes', LONG, true),
  column('properties', TEXT_MAP, true),
  column('minReaderVersion', INTEGER, true),
  column('minWriterVersion', INTEGER, true),
  column('tableFeatures', TEXTS, true),
]

export async function describeDetail(
  service: EngineService,
  session: Session,
  name: Name,
  call: PlanCall,
): Promise<ExecuteResult> {
  const { table, shown, isPath } = await requireTable(service, session, name, call.cell)
  const row = [
    'delta',
    table.id,
    isPath ? null : shown,
    table.description,
    table.folder,
    micros(table.createdMs),
    micros(table.modifiedMs),
    table.partitionColumns,
    [],
    BigInt(table.numFiles),
    BigInt(table.sizeBytes),
    new Map(Object.entries(table.properties)),
    table.minReaderVersion,
    table.minWriterVersion,
    table.features,
  ]
  return rowsAnswer(DETAIL, [row])
}

const micros = (ms: number | null) => (ms === null ? null : BigInt(Math.trunc(ms)) * 1000n)

const JOB = structOf({
  jobId: STRING,
  jobName: STRING,
  jobRunId: STRING,
  runId: STRING,
  jobOwnerId: STRING,
  triggerType: STRING,
})
const HISTORY: readonly AnswerColumn[] = [
  column('version', LONG, true),
  column('timestamp', TIMESTAMP, true),
  column('userId', STRING, true),
  column('userName', STRING, true),
  column('operation', STRING, true),
  column('operationParameters', TEXT_MAP, true),
  column('job', JOB, true),
  column('notebook', structOf({ notebookId: STRING }), true),
  column('clusterId', STRING, true),
  column('readVersion', LONG, true),
  column('isolationLevel', STRING, true),
  column('isBlindAppend', BOOLEAN, true),
  column('operationMetrics', TEXT_MAP, true),
  column('userMetadata', STRING, true),
  column('engineInfo', STRING, true),
]

/** Commits of a table, newest first, as far back as its log still holds them. */
export async function describeHistory(
  service: EngineService,
  session: Session,
  name: Name,
  limit: number | null,
  call: PlanCall,
): Promise<ExecuteResult> {
  const { folder } = await requireTable(service, session, name, call.cell)
  const entries = await service.ports.tables.history(folder, limit ?? Infinity)
  const rows = entries.map((entry) => [
    BigInt(entry.version),
    micros(entry.timestampMs),
    null,
    null,
    entry.operation,
    new Map(Object.entries(entry.operationParameters)),
    null,
    null,
    null,
    entry.readVersion === null ? null : BigInt(entry.readVersion),
    entry.isolationLevel,
    entry.isBlindAppend,
    new Map(Object.entries(entry.operationMetrics)),
    null,
    entry.engineInfo,
  ])
  return rowsAnswer(HISTORY, rows)
}
