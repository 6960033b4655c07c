import { parseConnectionString, requireInBrowser } from '../../broker/connection'
import { decryptConnection } from '../../broker/connection-cipher'
import type { Broker } from '../../engine/ports/broker'
import type { OptionMap } from '../../engine/ports/options'
import type { SinkDefinition } from '../../engine/ports/sink'
import { internalError, userError } from '../../protocol/errors/runnel-error'
import { checkColumns, saveModeRefused } from './checks'
import { sendEvents } from './send-events'

/**
 * Event Hubs events into the in-browser hubs, as the open-source connector 2.3.22 writes them: a row is an event. Columns
 * `body` (STRING or BINARY, required), `partitionKey STRING`, `partition` or `partitionId STRING`, `properties
 * MAP<STRING, STRING>`.
 *
 * A key decides the partition as the service does it; events without key and partition take turns. The connector counts no
 * rows (-1).
 *
 * Again   at least once: a batch that runs again after a crash sends its events again
 * Errors  `prepare`: no connection, or one that may be a real one; `open` and `checkBatch`: columns, save modes
 * Source  azure-event-hubs-spark 2.3.22
 */
export const definition: SinkDefinition = {
  name: 'eventhubs',
  outputModes: ['append', 'update', 'complete'],
  temporaryCheckpoint: false,
  async prepare(options) {
    await readConnection(options)
  },
  async open(options, { schema, broker }) {
    checkColumns(schema)
    if (broker === undefined) throw internalError('The eventhubs sink was opened without a broker')
    const target = await hubOf(options, broker)
    return {
      description: 'EventHubsSink',
      stage: (_batchId, batches) =>
        Promise.resolve({
          async publish() {
            await sendEvents(target.broker, target.hub, batches)
            return { numOutputRows: -1 }
          },
        }),
      close: () => Promise.resolve(),
    }
  },
  checkBatch(_options, schema, mode) {
    if (mode === 'Overwrite' || mode === 'Ignore') throw saveModeRefused(mode)
    checkColumns(schema)
  },
  async writeBatch(options, batches, { broker }) {
    const target = await hubOf(options, broker)
    await sendEvents(target.broker, target.hub, batches)
  },
}

async function readConnection(options: OptionMap): Promise<string> {
  const given = options.get('eventhubs.connectionString')
  if (given === undefined)
    throw userError('MISSING_OPTION', 'The option eventhubs.connectionString is not set.', {
      exception: 'IllegalArgumentException',
      parameters: { option: 'eventhubs.connectionString' },
      hint: 'Add .option("eventhubs.connectionString", "Endpoint=sb://...;EntityPath=HUB").',
    })
  const decrypted = await decryptConnection(given)
  const connection = 'plain' in decrypted ? decrypted.plain : given
  requireInBrowser(connection)
  return connection
}

async function hubOf(
  options: OptionMap,
  brokerOf: (connection: string) => Broker,
): Promise<{ readonly broker: Broker; readonly hub: string }> {
  const connection = await readConnection(options)
  const broker = brokerOf(connection)
  const hub = parseConnectionString(connection).hub ?? (await broker.hubFor?.(connection, null))
  if (hub === undefined) throw internalError('The broker knows no hub for a connection without EntityPath')
  return { broker, hub }
}
