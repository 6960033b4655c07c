import { parseConnectionString, requireInBrowser } from '../../broker/connection'
import { decryptConnection } from '../../broker/connection-cipher'
import type { OptionMap } from '../../engine/ports/options'
import type { SchemaContext } from '../../engine/ports/source'
import { userError } from '../../protocol/errors/runnel-error'
import {
  badOption,
  isoOfPlainDuration,
  parseBoolean,
  parseInt32,
  parseIsoDurationMs,
  parseLong,
} from '../../broker/reading/option-values'
import type { EventHubsPosition } from './position'
import { END_OF_STREAM, parsePosition, parsePositions } from './position'

/** What the options of `format("eventhubs")` say, checked. */
export type EventHubsOptions = {
  /** Plain text, decrypted where it was encrypted. */
  readonly connection: string
  /** EntityPath of the connection; null = the broker knows the hub. */
  readonly hub: string | null
  readonly consumerGroup: string
  readonly starting: Positions
  /** Batch queries only. */
  readonly ending: Positions
  /** Null = 1000 for each partition. */
  readonly maxEventsPerTrigger: number | null
}

export type Positions = {
  readonly all: EventHubsPosition
  readonly byPartition: (hub: string) => ReadonlyMap<number, EventHubsPosition>
}

export type OptionsMode = Pick<SchemaContext, 'compatibility' | 'lenient'>

/** Words of the connector for a connection string that names no hub. */
export const NO_ENTITY_PATH =
  'No EntityPath has been set in the Event Hubs connection string. The EntityPath is simply your EventHub name. ' +
  'Your connection string should look like:\n' +
  '"Endpoint=sb://SAMPLE;SharedAccessKeyName=KEY_NAME;SharedAccessKey=KEY;EntityPath=EVENTHUB_NAME"'

const PREFIX = 'eventhubs.'
/** Keys of EventHubsConf behind `eventhubs.`; the connector compares them without case. */
const PREFIXED = [
  'connectionString',
  'consumerGroup',
  'startingPosition',
  'startingPositions',
  'endingPosition',
  'endingPositions',
  'maxEventsPerTrigger',
  'maxRatePerPartition',
  'maxRatesPerPartition',
  'receiverTimeout',
  'operationTimeout',
  'maxSilentTime',
  'maxAcceptableBatchReceiveTime',
  'prefetchCount',
  'threadPoolSize',
  'useExclusiveReceiver',
  'slowPartitionAdjustment',
  'DynamicPartitionDiscovery',
  'useAadAuth',
  'aadAuthCallback',
  'AadAuthCallbackParams',
  'metricPlugin',
  'throttlingStatusPlugin',
] as const
type PrefixedKey = (typeof PREFIXED)[number]
/** Keys the connector reads without a prefix. */
const PLAIN = ['maxEventsPerTrigger', 'partitionPreferredLocationStrategy', 'useSimulatedClient', 'path']

const DEFAULT_RECEIVER_TIMEOUT_MS = 60_000
const DEFAULT_OPERATION_TIMEOUT_MS = 300_000
const MIN_SILENT_TIME_MS = 30_000
const MAX_PREFETCH_COUNT = 4_000

/**
 * Reads and checks every option. What the connector would not understand but is clearly meant goes through `lenient`; in
 * strict mode un-prefixed and unknown keys have no effect, which is what the connector does with them.
 */
export async function parseOptions(options: OptionMap, mode: OptionsMode): Promise<EventHubsOptions> {
  const values = new Values(options, mode)
  const given = values.get('connectionString')
  if (given === undefined)
    throw userError('MISSING_OPTION', 'The option eventhubs.connectionString is not set.', {
      exception: 'IllegalArgumentException',
      parameters: { option: 'eventhubs.connectionString' },
      hint: 'Add .option("eventhubs.connectionString", "Endpoint=sb://...;EntityPath=HUB").',
    })
  checkTransport(values)
  const connection = await readConnection(given.value, mode)
  const maxEvents = options.get('maxEventsPerTrigger') ?? options.get(`${PREFIX}maxEventsPerTrigger`)
  return {
    connection,
    hub: parseConnectionString(connection).hub,
    consumerGroup: values.get('consumerGroup')?.value ?? '$Default',
    starting: readPositions(values, 'startingPosition', 'startingPositions'),
    ending: readPositions(values, 'endingPosition', 'endingPositions'),
    maxEventsPerTrigger:
      maxEvents === undefined
        ? null
        : Number(parseLong('maxEventsPerTrigger', maxEvents, 'a whole number of at least 1', 1n)),
  }
}

/** Finds values under the connector's names, and in workshop mode under the names people mean. */
class Values {
  readonly mode: OptionsMode
  readonly #found = new Map<PrefixedKey, { readonly option: string; readonly value: string }>()

  constructor(options: OptionMap, mode: OptionsMode) {
    this.mode = mode
    const prefixed = new Map(PREFIXED.map((key) => [`${PREFIX}${key}`.toLowerCase(), key]))
    const bare = new Map(PREFIXED.map((key) => [key.toLowerCase(), key]))
    const plain = new Set(PLAIN.map((key) => key.toLowerCase()))
    for (const { key, value } of options.entries()) {
      const known = prefixed.get(key.toLowerCase())
      if (known !== undefined) this.#found.set(known, { option: key, value })
    }
    if (mode.compatibility === 'strict') return
    for (const { key, value } of options.entries()) {
      if (prefixed.has(key.toLowerCase()) || plain.has(key.toLowerCase())) continue
      const meant = bare.get(key.toLowerCase())
      if (meant === undefined) mode.lenient('eventhubs-unknown-option', { option: key })
      else if (!this.#found.has(meant)) {
        mode.lenient('eventhubs-unprefixed-option', { option: key, key: meant, effect: DEFAULT_EFFECTS[meant] ?? '' })
        this.#found.set(meant, { option: key, value })
      }
    }
  }

  get(key: PrefixedKey): { readonly option: string; readonly value: string } | undefined {
    return this.#found.get(key)
  }

  /** Milliseconds; undefined when the option is not set. */
  durationMs(key: PrefixedKey): number | undefined {
    const found = this.get(key)
    if (found === undefined) return undefined
    const { option, value } = found
    const iso = parseIsoDurationMs(value)
    if (iso !== null) return iso
    const meant = isoOfPlainDuration(value)
    if (meant !== null && this.mode.compatibility === 'workshop') {
      this.mode.lenient('eventhubs-duration', { option, value, iso: meant })
      return parseIsoDurationMs(meant) ?? undefined
    }
    throw badOption(option, value, 'an ISO-8601 duration such as PT60S', 'Text cannot be parsed to a Duration')
  }
}

/** What the connector does while it does not see the option. */
const DEFAULT_EFFECTS: Partial<Record<PrefixedKey, string>> = {
  startingPosition: 'the query starts at the end of the stream and reads nothing that was sent before.',
  startingPositions: 'the query starts at the end of the stream and reads nothing that was sent before.',
  consumerGroup: 'the query reads as consumer group $Default.',
  connectionString: 'it finds no connection string.',
}

function readPositions(values: Values, one: PrefixedKey, many: PrefixedKey): Positions {
  const all = values.get(one)
  const byPartition = values.get(many)
  return {
    all: all === undefined ? END_OF_STREAM : parsePosition(all.option, all.value),
    byPartition: byPartition === undefined ? () => new Map() : parsePositions(byPartition.option, byPartition.value),
  }
}

/** Options about sockets and threads have no effect on a hub in the browser, but a wrong value is still wrong. */
function checkTransport(values: Values): void {
  const receiver = values.durationMs('receiverTimeout')
  const operation = values.durationMs('operationTimeout')
  if ((receiver ?? DEFAULT_RECEIVER_TIMEOUT_MS) > (operation ?? DEFAULT_OPERATION_TIMEOUT_MS)) {
    const [key, words] =
      receiver === undefined
        ? (['operationTimeout', 'operation timeout is less than receiver timeout'] as const)
        : (['receiverTimeout', 'receiver timeout is greater than operation timeout'] as const)
    throw badOption(`${PREFIX}${key}`, values.get(key)?.value ?? '', 'receiverTimeout <= operationTimeout', words)
  }
  const silent = values.durationMs('maxSilentTime')
  if (silent !== undefined && silent < MIN_SILENT_TIME_MS)
    throw badOption(
      `${PREFIX}maxSilentTime`,
      values.get('maxSilentTime')?.value ?? '',
      'at least PT30S',
      'max silent time is less than PT30S',
    )
  values.durationMs('maxAcceptableBatchReceiveTime')
  const prefetch = values.get('prefetchCount')
  if (prefetch !== undefined) {
    const expected = `a whole number from 1 to ${MAX_PREFETCH_COUNT}`
    const count = parseInt32(prefetch.option, prefetch.value, expected, -2_147_483_648)
    if (count < 1 || count > MAX_PREFETCH_COUNT)
      throw badOption(
        prefetch.option,
        prefetch.value,
        expected,
        'setPrefetchCount: count value is out of range. PrefetchCount should be within the range ' +
          `[1, ${MAX_PREFETCH_COUNT}].`,
      )
  }
  for (const key of ['threadPoolSize', 'maxRatePerPartition'] as const) {
    const found = values.get(key)
    if (found !== undefined) parseInt32(found.option, found.value, 'a whole number of at least 1', 1)
  }
  for (const key of ['useExclusiveReceiver', 'slowPartitionAdjustment', 'DynamicPartitionDiscovery'] as const) {
    const found = values.get(key)
    if (found !== undefined) parseBoolean(found.option, found.value)
  }
  const aad = values.get('useAadAuth')
  if (aad !== undefined && parseBoolean(aad.option, aad.value))
    throw badOption(
      aad.option,
      aad.value,
      '"false": Runnel has no Azure Active Directory sign-in',
      'The option eventhubs.useAadAuth is not supported.',
      'UnsupportedOperationException',
    )
}

async function readConnection(given: string, { lenient }: OptionsMode): Promise<string> {
  const decrypted = await decryptConnection(given)
  if ('plain' in decrypted) {
    requireInBrowser(decrypted.plain)
    return decrypted.plain
  }
  requireInBrowser(given)
  lenient('eventhubs-unencrypted', { error: decrypted.error })
  return given
}
