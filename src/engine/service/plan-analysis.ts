import { clone } from '@bufbuild/protobuf'
import type { StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import type { CellId } from '../../protocol/ids'
import type { Read_DataSource, Relation } from '../../protocol/spark-connect'
import { RelationSchema } from '../../protocol/spark-connect'
import { analyze } from '../analyzer/analyze'
import type { LeafRequest } from '../analyzer/resolve-inputs'
import { resolveInputs } from '../analyzer/resolve-inputs'
import type { PlanNode, ResolvedInputs } from '../plan/node'
import { relationOfSql } from '../sql/parse'
import { OptionMap } from '../ports/options'
import type { SchemaContext } from '../ports/source'
import type { EngineService } from './engine-service'
import type { Lenient } from './leniency'
import type { Session } from './session'

export type Analysed = { readonly inputs: ResolvedInputs; readonly node: PlanNode }

/** Both phases of analysis for a plan of this session. */
export async function analyseRelation(
  service: EngineService,
  session: Session,
  relation: Relation,
  cell: CellId | null,
): Promise<Analysed> {
  const lenient = service.lenient(session, cell)
  const inputs = await resolveInputs(
    withWorkspacePaths(service, session, relation, cell),
    service.catalog(session),
    { schemaOf: (leaf) => leafSchema(service, session, leaf, lenient) },
    {
      defaultFormat: session.conf.get('spark.sql.sources.default') ?? 'delta',
      parseSql: (sql) => withWorkspacePaths(service, session, relationOfSql(sql, sqlOptions(session)), cell),
    },
  )
  const node = analyze(inputs, { conf: session.conf.all(), isStreaming: false, lenient })
  return { inputs, node }
}

/** What the text of a statement means in this session. */
export function sqlOptions(session: Session) {
  return { timeZone: session.conf.get('spark.sql.session.timeZone') ?? 'UTC' }
}

/** A copy of the plan whose readers name files where they lie in the workspace. */
function withWorkspacePaths(
  service: EngineService,
  session: Session,
  relation: Relation,
  cell: CellId | null,
): Relation {
  const copy = clone(RelationSchema, relation)
  forEachReader(copy, (reader) => {
    reader.paths = reader.paths.map((path) => service.resolvePath(session, path, cell))
    for (const key of Object.keys(reader.options)) {
      if (key.toLowerCase() === 'path') reader.options[key] = service.resolvePath(session, reader.options[key], cell)
    }
  })
  return copy
}

/** Visits every reader of the plan; recognised by shape, so new relations need no line here. */
export function forEachReader(value: unknown, visit: (reader: Read_DataSource) => void): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  if ((value as { $typeName?: string }).$typeName === 'spark.connect.Read.DataSource') visit(value as Read_DataSource)
  for (const child of Object.values(value)) forEachReader(child, visit)
}

/** Null when nobody registered the format. */
async function leafSchema(
  service: EngineService,
  session: Session,
  leaf: LeafRequest,
  lenient: Lenient,
): Promise<StructType | null> {
  const definition = await service.ports.source(leaf.format)
  if (!definition) return null
  if (leaf.isStreaming && !definition.open) {
    throw userError('_LEGACY_ERROR_TEMP_2049', `Data source ${leaf.format} does not support streamed reading.`, {
      exception: 'UnsupportedOperationException',
      hint: 'Read it with spark.read instead of spark.readStream.',
    })
  }
  if (!leaf.isStreaming && !definition.scan) {
    throw userError('_LEGACY_ERROR_TEMP_1135', `${leaf.format} is not a valid Spark SQL Data Source.`, {
      hint: 'Read it with spark.readStream.',
    })
  }
  return definition.schema(new OptionMap(leaf.options), leaf.userSchema, {
    ...sourceContext(service, session, leaf.isStreaming),
    lenient,
  })
}

export function sourceContext(
  service: EngineService,
  session: Session,
  streaming: boolean,
): Omit<SchemaContext, 'lenient'> {
  const { files, broker } = service.ports
  return { files, broker, streaming, compatibility: session.compatibility }
}

export function sourceNotFound(format: string) {
  return userError(
    'DATA_SOURCE_NOT_FOUND',
    `Failed to find the data source: ${format}. Make sure the provider name is correct and the package is properly registered and compatible with your Spark version.`,
    {
      exception: 'SparkException',
      sqlState: '42K02',
      parameters: { provider: format },
      hint: 'Sinks here: delta, kafka, eventhubs, memory, console, noop, foreachBatch.',
    },
  )
}
