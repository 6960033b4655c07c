import type { SourceDefinition } from '../../engine/ports/source'
import { sqlName } from '../../engine/types/type-names'
import type { StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import { checkBatchOptions, checkStreamOptions, readIncludeHeaders, readStrategy } from './options'
import { illegal } from './range-limit'
import { kafkaSchema } from './record-columns'
import { openKafka, scanKafka } from './stream'
import { topicOf } from './topic-partitions'

/**
 * Kafka topics as Spark's own source reads them, on the in-browser hubs: topic = hub, partition = partition, offset =
 * sequence number. `key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT, timestamp TIMESTAMP,
 * timestampType INT`, and `headers` when `includeHeaders` is true.
 *
 * Offset  `{"topic":{"0":23}}`: the next record of each partition; a batch is `[start, end)`
 * State   `sources/<n>/0` keeps where the query started
 * Errors  Spark's words for options and offsets, at `load()` what Spark checks there; servers that may really exist; lost
 *         records, unless `failOnDataLoss` is false
 * Source  Spark 4.1 KafkaSourceProvider
 */
export const definition: SourceDefinition = {
  name: 'kafka',
  async schema(options, userSchema, { streaming }) {
    if (streaming) checkStreamOptions(options)
    else checkBatchOptions(options)
    const schema = kafkaSchema(readIncludeHeaders(options))
    if (userSchema === null) return schema
    if (streaming)
      throw illegal(
        'requirement failed: Kafka source has a fixed schema and cannot be set with a custom one',
        'Leave .schema(...) out; parse the value with from_json.',
      )
    throw schemaDiffers(userSchema, schema)
  },
  async label(options) {
    const strategy = readStrategy(options)
    if (strategy.kind === 'pattern') return strategy.pattern
    const topics = strategy.kind === 'subscribe' ? strategy.topics : strategy.partitions.map(topicOf)
    return [...new Set(topics)].join(', ')
  },
  open: openKafka,
  scan: scanKafka,
}

function schemaDiffers(given: StructType, actual: StructType) {
  const ddl = (schema: StructType) => schema.fields.map(({ name, type }) => `${name} ${sqlName(type)}`).join(',')
  return userError(
    '_LEGACY_ERROR_TEMP_1133',
    `The user-specified schema doesn't match the actual schema:\nuser-specified: ${ddl(given)}, actual: ${ddl(actual)}. ` +
      "If you're using\nDataFrameReader.schema API or creating a table, please do not specify the schema.\n" +
      "Or if you're scanning an existed table, please drop it and re-create it.",
    { hint: 'Leave .schema(...) out; parse the value with from_json.' },
  )
}
