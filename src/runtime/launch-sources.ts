import { fromBinary } from '@bufbuild/protobuf'
import { RelationSchema } from '../protocol/spark-connect'
import type { Read_DataSource } from '../protocol/spark-connect'
import type { QueryInfo } from '../protocol/workers/engine'
import type { LaunchRecord } from '../protocol/workers/launch-record'

/** Streaming readers of a launch record's closed plan, for the card of a resumed query. */
export function sourcesOfLaunch(launch: LaunchRecord): QueryInfo['sources'] {
  const found: QueryInfo['sources'][number][] = []
  visit(fromBinary(RelationSchema, launch.plan), (source) => {
    const option = (key: string) => Object.entries(source.options).find(([name]) => name.toLowerCase() === key)?.[1]
    const format = source.format ?? 'delta'
    const label = option('eventhubs.connectionstring') ?? option('path') ?? source.paths[0] ?? format
    found.push({ format, label, broker: format === 'eventhubs' ? 'local' : null })
  })
  return found
}

function visit(value: unknown, onStream: (source: Read_DataSource) => void): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  const message = value as { $typeName?: string; isStreaming?: boolean; readType?: { case?: string; value?: unknown } }
  if (message.$typeName === 'spark.connect.Read' && message.isStreaming && message.readType?.case === 'dataSource') {
    onStream(message.readType.value as Read_DataSource)
  }
  for (const child of Object.values(value)) visit(child, onStream)
}
