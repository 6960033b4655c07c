import type { StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import type { OptionMap } from '../../engine/ports/options'
import type { OffsetJson, SourceContext, SourceDefinition, StreamSource } from '../../engine/ports/source'
import { readCreationTime } from './creation-time'
import { rateOptions } from './options'
import type { RateOptions } from './options'
import { RATE_SCHEMA, rateBatches } from './rate-values'

/**
 * Rate: `timestamp TIMESTAMP, value BIGINT`, `rowsPerSecond` rows for each second of session time since the source was made.
 *
 * Offset  whole seconds since creation, as a bare number
 * State   `sources/<n>/0` keeps the creation time, so that a restart makes the same rows
 * Errors  Spark's for options it refuses; `INCORRECT_END_OFFSET` past the largest BIGINT
 */
export const definition: SourceDefinition = {
  name: 'rate',
  schema: (options, userSchema) => Promise.resolve().then(() => checkedSchema(options, userSchema)),
  async open(options: OptionMap, _userSchema, context: SourceContext) {
    const rate = rateOptions(options)
    const maxSeconds = LONG_MAX / rate.rowsPerSecond
    const createdMs = await readCreationTime(context)
    if (BigInt(rate.rampUpTimeSeconds) > maxSeconds) throw rampTooLong(rate, maxSeconds)
    return new RateSource(rate, maxSeconds, createdMs, context)
  },
}

function checkedSchema(options: OptionMap, userSchema: StructType | null): StructType {
  if (userSchema !== null) {
    throw userError('_LEGACY_USER_SCHEMA', 'RateStreamProvider source does not support user-specified schema.', {
      exception: 'UnsupportedOperationException',
      hint: 'Leave out .schema(...): rate always has the columns timestamp and value.',
    })
  }
  rateOptions(options)
  return RATE_SCHEMA
}

const LONG_MAX = 9_223_372_036_854_775_807n

class RateSource implements StreamSource {
  readonly schema = RATE_SCHEMA
  readonly description: string
  readonly #options: RateOptions
  /** Past it the next value would not fit a BIGINT. */
  readonly #maxSeconds: bigint
  readonly #createdMs: number
  readonly #context: SourceContext
  #lastMs: number

  constructor(options: RateOptions, maxSeconds: bigint, createdMs: number, context: SourceContext) {
    this.#options = options
    this.#maxSeconds = maxSeconds
    this.#createdMs = createdMs
    this.#context = context
    this.#lastMs = createdMs
    // Spark's text has no closing bracket.
    this.description =
      `RateStreamV2[rowsPerSecond=${options.rowsPerSecond}, rampUpTimeSeconds=${options.rampUpTimeSeconds}, ` +
      `numPartitions=${options.numPartitions ?? 'default'}`
  }

  latestOffset() {
    // The session clock never goes back, but a restored checkpoint may be from a later time.
    this.#lastMs = Math.max(this.#lastMs, this.#context.clock.nowMs())
    const end = String(Math.floor((this.#lastMs - this.#createdMs) / 1000))
    return Promise.resolve({ end, latest: end })
  }

  async *read(start: OffsetJson | null, end: OffsetJson, columns: readonly string[] | null) {
    const until = BigInt(end)
    if (until > this.#maxSeconds) throw outOfValues(this.#options, this.#maxSeconds, until)
    for (const batch of rateBatches(BigInt(start ?? 0), until, this.#createdMs, this.#options, columns)) {
      yield batch
      // A long catch-up must let a stop through between two batches.
      await Promise.resolve()
    }
  }

  async commit() {}

  async close() {}
}

function outOfValues({ rowsPerSecond }: RateOptions, maxSeconds: bigint, endSeconds: bigint) {
  return rateOverflow(
    'INCORRECT_END_OFFSET',
    `Max offset with ${rowsPerSecond} rowsPerSecond is ${maxSeconds}, but it's ${endSeconds} now.`,
  )
}

function rampTooLong({ rowsPerSecond, rampUpTimeSeconds }: RateOptions, maxSeconds: bigint) {
  return rateOverflow(
    'INCORRECT_RAMP_UP_RATE',
    `Max offset with ${rowsPerSecond} rowsPerSecond is ${maxSeconds}, but 'rampUpTimeSeconds' is ${rampUpTimeSeconds}.`,
  )
}

function rateOverflow(condition: string, message: string) {
  return userError(condition, message, {
    exception: 'SparkRuntimeException',
    sqlState: '22003',
    hint: 'Lower rowsPerSecond and start with a new checkpoint.',
  })
}
