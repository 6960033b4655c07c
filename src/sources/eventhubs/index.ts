import type { SourceDefinition } from '../../engine/ports/source'
import { EVENT_HUBS_SCHEMA } from './event-columns'
import { reportHub } from './hub'
import { parseOptions } from './options'
import { openEventHubs, scanEventHubs } from './stream'

/**
 * Event Hubs, as the open-source Spark connector 2.3.22 reads them: `body BINARY, partition STRING, offset STRING,
 * sequenceNumber BIGINT, enqueuedTime TIMESTAMP, publisher STRING, partitionKey STRING, properties and systemProperties
 * MAP<STRING, STRING>`.
 *
 * Offset  `{"hub":{"0":12}}`: next sequence number of each partition; a batch is `[start, end)`
 * State   `sources/<n>/0` keeps where the query started
 * Errors  the connector's for bad options and expired events; B08 for a connection that may be a real one
 */
export const definition: SourceDefinition = {
  name: 'eventhubs',
  async schema(options, _userSchema, context) {
    // The connector gives its own columns whatever .schema(...) says.
    if (context.compatibility === 'workshop') context.lenient('eventhubs-connector-spark4')
    const parsed = await parseOptions(options, context)
    const found = parsed.hub ?? (await context.broker?.(parsed.connection).hubFor?.(parsed.connection, null)) ?? null
    reportHub(parsed, found, context)
    return EVENT_HUBS_SCHEMA
  },
  async label(options, context) {
    const parsed = await parseOptions(options, { compatibility: 'workshop', lenient: () => undefined })
    return parsed.hub ?? (await context.broker?.(parsed.connection).hubFor?.(parsed.connection, null)) ?? 'event hub'
  },
  async storedOptions(options, redact) {
    // Encryption of the connector is no protection, its key is public: what is stored is plain text without the key.
    const { connection } = await parseOptions(options, { compatibility: 'workshop', lenient: () => undefined })
    return Object.fromEntries(
      options
        .entries()
        .map(({ key, value }) => [key, /(^|\.)connectionstring$/i.test(key) ? redact(connection) : redact(value)]),
    )
  },
  open: openEventHubs,
  scan: scanEventHubs,
}
