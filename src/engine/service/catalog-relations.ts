import type { Catalog } from '../../protocol/spark-connect'
import { userError } from '../../protocol/errors/runnel-error'
import type { Batch, StructType } from '../../protocol/columns'
import { batchFromRows } from '../batch/from-values'
import { simpleString } from '../types/type-names'
import type { Session } from './session'
import type { SessionCatalog } from './session-catalog'
import { viewNames } from './sql/show'

const CATALOG = 'spark_catalog'
const DATABASE = 'default'

const STRING = { kind: 'string' } as const
const BOOLEAN = { kind: 'boolean' } as const
const field = (name: string, type: typeof STRING | typeof BOOLEAN, nullable = true) => ({ name, type, nullable })
const struct = (...fields: ReturnType<typeof field>[]): StructType => ({ kind: 'struct', fields })

const TABLE_SCHEMA = struct(
  field('name', STRING),
  field('catalog', STRING),
  field('namespace', STRING),
  field('description', STRING),
  field('tableType', STRING),
  field('isTemporary', BOOLEAN, false),
)
const COLUMN_SCHEMA = struct(
  field('name', STRING),
  field('description', STRING),
  field('dataType', STRING),
  field('nullable', BOOLEAN, false),
  field('isPartition', BOOLEAN, false),
  field('isBucket', BOOLEAN, false),
  field('isCluster', BOOLEAN, false),
)
const DATABASE_SCHEMA = struct(
  field('name', STRING),
  field('catalog', STRING),
  field('description', STRING),
  field('locationUri', STRING),
)

/** `spark.catalog.*`: answered in the engine worker, at once, whatever else runs. */
export async function answerCatalog(
  question: Catalog,
  session: Session,
  catalog: SessionCatalog,
): Promise<{ schema: StructType; batches: Batch[] }> {
  const { catType } = question
  switch (catType.case) {
    case 'currentCatalog':
      return one('string', STRING, CATALOG)
    case 'currentDatabase':
      return one('string', STRING, DATABASE)
    case 'listDatabases':
      return rows(DATABASE_SCHEMA, [[DATABASE, CATALOG, 'Tables of this workspace', 'Tables']])
    case 'databaseExists':
      return one('boolean', BOOLEAN, catType.value.dbName === DATABASE)
    case 'listTables': {
      const wanted = likePattern(catType.value.pattern)
      const tables = (await catalog.tableNames()).map((name) => tableRow(name, 'MANAGED', false))
      const permanent = viewNames(session, 'permanent').map((name) => tableRow(name, 'VIEW', false))
      const views = [...viewNames(session, 'temporary'), ...session.memoryTables.keys()].map((name) =>
        tableRow(name, 'TEMPORARY', true),
      )
      return rows(
        TABLE_SCHEMA,
        [...tables, ...permanent, ...views].filter((row) => wanted.test(row[0] as string)),
      )
    }
    case 'tableExists':
      return one('boolean', BOOLEAN, (await catalog.lookup(identifier(catType.value.tableName))) !== null)
    case 'getTable': {
      const entry = await requireTable(catType.value.tableName, catalog)
      return rows(TABLE_SCHEMA, [
        tableRow(entry.name, entry.kind === 'view' ? 'TEMPORARY' : 'MANAGED', entry.kind === 'view'),
      ])
    }
    case 'listColumns': {
      const entry = await requireTable(catType.value.tableName, catalog)
      const fields = entry.kind === 'table' ? entry.schema.fields : []
      return rows(
        COLUMN_SCHEMA,
        fields.map((column) => [column.name, null, simpleString(column.type), column.nullable, false, false, false]),
      )
    }
    case 'dropTempView':
      return one('boolean', BOOLEAN, session.views.delete(catType.value.viewName.toLowerCase()))
    default:
      throw userError('UNSUPPORTED_FEATURE.CATALOG', `spark.catalog has no "${catType.case ?? 'unknown'}" here yet.`, {
        sqlState: '0A000',
        hint: 'Available: listTables, tableExists, getTable, listColumns, listDatabases, currentDatabase, dropTempView.',
      })
  }
}

/** `a.b` to its parts; backquotes keep dots. */
export function identifier(text: string): string[] {
  return [...text.matchAll(/`((?:[^`]|``)*)`|([^.`]+)/g)].map((part) =>
    part[1] === undefined ? part[2].trim() : part[1].replaceAll('``', '`'),
  )
}

async function requireTable(name: string, catalog: SessionCatalog) {
  const entry = await catalog.lookup(identifier(name))
  if (entry) return entry
  const near = await catalog.similar(identifier(name))
  throw userError(
    'TABLE_OR_VIEW_NOT_FOUND',
    `The table or view \`${identifier(name).join('`.`')}\` cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the correct schema and catalog.\nTo tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.`,
    {
      sqlState: '42P01',
      parameters: { relationName: name },
      hint: near.length > 0 ? `Similar: ${near.join(', ')}.` : null,
    },
  )
}

function tableRow(name: string, tableType: string, isTemporary: boolean): (string | boolean | null)[] {
  return [name, isTemporary ? null : CATALOG, isTemporary ? null : DATABASE, null, tableType, isTemporary]
}

function likePattern(pattern: string | undefined): RegExp {
  if (pattern === undefined || pattern === '') return /^/
  const body = pattern.replace(/[.+?^${}()[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^(?:${body})$`, 'i')
}

function one(name: string, type: typeof STRING | typeof BOOLEAN, value: string | boolean) {
  return rows(struct(field(name, type)), [[value]])
}

function rows(schema: StructType, values: (string | boolean | null)[][]) {
  return { schema, batches: [batchFromRows(schema, values)] }
}
