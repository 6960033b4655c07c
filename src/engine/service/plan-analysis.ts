import type { Relation } from '../../protocol/spark-connect'
import type { CellId } from '../../protocol/ids'
import type { StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import { analyze } from '../analyzer/analyze'
import type { LeafRequest } from '../analyzer/resolve-inputs'
import { resolveInputs } from '../analyzer/resolve-inputs'
import { OptionMap } from '../ports/options'
import type { PlanNode, ResolvedInputs } from '../plan/node'
import type { EngineService } from './engine-service'
import type { Session } from './session'
import { reveal } from './secrets'

export type Analysed = { readonly inputs: ResolvedInputs; readonly node: PlanNode }

/** Both phases of analysis for a plan of this session. */
export async function analyseRelation(
  service: EngineService,
  session: Session,
  relation: Relation,
  cell: CellId | null,
): Promise<Analysed> {
  const lenient = service.lenient(session, cell)
  const inputs = await resolveInputs(relation, service.catalog(session), {
    schemaOf: (leaf) => leafSchema(service, session, leaf, lenient),
    resolvePath: (path) => service.ports.paths.resolve(path).path,
    pinned: session.leaves,
  })
  const node = analyze(inputs, { conf: session.conf.all(), isStreaming: false, lenient })
  return { inputs, node }
}

async function leafSchema(
  service: EngineService,
  session: Session,
  leaf: LeafRequest,
  lenient: (id: string, detail?: Readonly<Record<string, string>>) => void,
): Promise<StructType> {
  const definition = await service.ports.source(leaf.format)
  if (!definition) throw sourceNotFound(leaf.format)
  if (leaf.isStreaming && !definition.open) {
    throw userError('_LEGACY_ERROR_TEMP_STREAM_READ', `Data source ${leaf.format} does not support streamed reading.`, {
      exception: 'UnsupportedOperationException',
      hint: `Read it with spark.read instead of spark.readStream.`,
    })
  }
  if (!leaf.isStreaming && !definition.scan) {
    throw userError(
      'UNSUPPORTED_FEATURE.BATCH_READ',
      `${leaf.format} is not a valid Spark SQL Data Source for a batch read.`,
      {
        hint: 'Read it with spark.readStream.',
      },
    )
  }
  const secrets = Object.fromEntries(session.secrets)
  const options = Object.fromEntries(
    Object.entries(leaf.options).map(([key, value]) => [key, reveal(value, secrets).text]),
  )
  return definition.schema(new OptionMap(options), leaf.userSchema, {
    files: service.ports.files,
    streaming: leaf.isStreaming,
    compatibility: session.compatibility,
    lenient,
  })
}

export function sourceNotFound(format: string) {
  return userError(
    'DATA_SOURCE_NOT_FOUND',
    `Failed to find the data source: ${format}. Make sure the provider name is correct and the package is properly registered and compatible with your Spark version.`,
    {
      exception: 'AnalysisException',
      sqlState: '42K02',
      parameters: { provider: format },
      hint: 'Formats here: eventhubs, rate, json, delta; sinks: delta, memory, noop, console.',
    },
  )
}
