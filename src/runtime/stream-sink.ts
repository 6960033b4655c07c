import type { StructType } from '../protocol/columns'
import { internalError } from '../protocol/errors/runnel-error'
import type { Remote } from '../protocol/workers/remote'
import type { LaunchRecord } from '../protocol/workers/launch-record'
import type { StreamHostApi } from '../protocol/workers/stream'
import type { Broker } from '../engine/ports/broker'
import type { Clock } from '../engine/ports/clock'
import type { FileStore } from '../engine/ports/file-store'
import { OptionMap } from '../engine/ports/options'
import type { StreamSink } from '../engine/ports/sink'
import { findSink } from '../sinks'
import { handOver } from './hand-over'
import { revealed } from './leaf-reader'
import { platformRandom } from './random'

type Workspace = {
  readonly files: FileStore
  readonly clock: Clock
  readonly broker: Broker
  readonly host: Remote<StreamHostApi>
}

/** The sink of a launch record; `start()` has already prepared it. Hosted ones write through the engine worker. */
export async function openStreamSink(
  { files, clock, broker, host }: Workspace,
  { sink, queryId, name }: LaunchRecord,
  secrets: Readonly<Record<string, string>>,
  schema: StructType,
): Promise<StreamSink> {
  const definition = await findSink(sink.format)
  if (definition === null) throw internalError(`start() let through a sink nobody knows: ${sink.format}`)
  return definition.open(new OptionMap(revealed(sink.options, secrets)), {
    files,
    clock,
    random: platformRandom,
    queryId,
    schema,
    outputMode: sink.outputMode,
    partitionColumns: sink.partitionColumns,
    broker: () => broker,
    ...(name === null ? {} : { queryName: name }),
    hosted: { write: (kind, batchId, batches) => host.writeHosted(kind, batchId, schema, handOver(batches)) },
  })
}
