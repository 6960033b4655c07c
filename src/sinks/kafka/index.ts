import { requireBrowserServers } from '../../broker/kafka/bootstrap'
import type { Broker } from '../../engine/ports/broker'
import type { OptionMap } from '../../engine/ports/options'
import type { SinkDefinition } from '../../engine/ports/sink'
import { internalError } from '../../protocol/errors/runnel-error'
import { checkColumns, checkProducerOptions, missingServers, saveModeRefused, topicOption } from './checks'
import { sendRecords } from './send-records'

/**
 * Kafka records into the in-browser hubs: a row is a record. Columns `value` (STRING or BINARY, required), `key`, `topic`
 * (unless the option `topic` says it, which wins), `headers ARRAY<STRUCT<key STRING, value BINARY>>`, `partition INT`.
 *
 * Without a partition, a key decides it as Kafka's default partitioner does; records without a key take turns. Partition and
 * topic of a batch depend on its rows alone.
 *
 * Again   at least once, as in Spark: a batch that runs again after a crash sends its records again
 * Errors  `prepare`: servers that may really exist; `open` and `checkBatch`: producer options, columns, no servers, save
 *         modes, in Spark's words; a NULL topic fails the batch
 * Source  Spark 4.1 KafkaSourceProvider, KafkaWriter
 */
export const definition: SinkDefinition = {
  name: 'kafka',
  outputModes: ['append', 'update', 'complete'],
  temporaryCheckpoint: false,
  async prepare(options) {
    if (options.has('kafka.bootstrap.servers')) requireReachable(options)
  },
  open(options, { schema, broker }) {
    checkProducerOptions(options)
    checkColumns(schema, topicOption(options))
    requireReachable(options)
    if (broker === undefined) throw internalError('The kafka sink was opened without a broker')
    const target = brokerOf(options, broker)
    return Promise.resolve({
      description: 'org.apache.spark.sql.kafka010.KafkaSourceProvider$KafkaTable',
      stage: (_batchId, batches) =>
        Promise.resolve({
          async publish() {
            return { numOutputRows: await sendRecords(target, batches, topicOption(options)) }
          },
        }),
      close: () => Promise.resolve(),
    })
  },
  checkBatch(options, schema, mode) {
    if (mode === 'Overwrite' || mode === 'Ignore') throw saveModeRefused(mode)
    checkProducerOptions(options)
    checkColumns(schema, topicOption(options))
    requireReachable(options)
  },
  async writeBatch(options, batches, { broker }) {
    await sendRecords(brokerOf(options, broker), batches, topicOption(options))
  },
}

function brokerOf(options: OptionMap, broker: (connection: string) => Broker): Broker {
  return broker(options.get('kafka.bootstrap.servers') ?? '')
}

function requireReachable(options: OptionMap): void {
  const servers = options.get('kafka.bootstrap.servers')
  if (servers === undefined) throw missingServers()
  requireBrowserServers(servers, options.get('kafka.sasl.jaas.config'), topicOption(options))
}
