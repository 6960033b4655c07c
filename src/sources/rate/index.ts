import { userError } from '../../protocol/errors/runnel-error'
import type { OptionMap } from '../../engine/ports/options'
import type { OffsetJson, SourceContext, SourceDefinition, StreamSource } from '../../engine/ports/source'
import { readCreationTime } from './creation-time'
import { rateOptions } from './options'
import type { RateOptions } from './options'
import { RATE_SCHEMA, rateBatches, valueAtSecond } from './rate-values'

/**
 * Rate: `timestamp TIMESTAMP, value BIGINT`, `rowsPerSecond` rows for each second of session time since the source was made.
 *
 * Offset  whole seconds since creation, as a bare number
 * State   `sources/<n>/0` keeps the creation time, so that a restart makes the same rows
 * Errors  Spark's for options it refuses; `INCORRECT_END_OFFSET` past the largest BIGINT
 */
export const definition: SourceDefinition = {
  name: 'rate',
  async schema(options, userSchema) {
    if (userSchema !== null) {
      throw userError('_LEGACY_USER_SCHEMA', 'RateStreamProvider source does not support user-specified schema.', {
        exception: 'UnsupportedOperationException',
        hint: 'Leave out .schema(...): rate always has the columns timestamp and value.',
      })
    }
    rateOptions(options)
    return RATE_SCHEMA
  },
  open: async (options: OptionMap, _userSchema, context: SourceContext) =>
    new RateSource(rateOptions(options), await readCreationTime(context), context),
}

const LONG_MAX = 9_223_372_036_854_775_807n

class RateSource implements StreamSource {
  readonly schema = RATE_SCHEMA
  readonly description: string
  readonly #options: RateOptions
  readonly #createdMs: number
  readonly #context: SourceContext
  #lastMs: number

  constructor(options: RateOptions, createdMs: number, context: SourceContext) {
    this.#options = options
    this.#createdMs = createdMs
    this.#context = context
    this.#lastMs = createdMs
    // Spark's text has no closing bracket.
    this.description =
      `RateStreamV2[rowsPerSecond=${options.rowsPerSecond}, rampUpTimeSeconds=${options.rampUpTimeSeconds}, ` +
      `numPartitions=${options.numPartitions ?? 'default'}`
  }

  async latestOffset() {
    // The session clock never goes back, but a restored checkpoint may be from a later time.
    this.#lastMs = Math.max(this.#lastMs, this.#context.clock.nowMs())
    const end = String(Math.floor((this.#lastMs - this.#createdMs) / 1000))
    return { end, latest: end }
  }

  async *read(start: OffsetJson | null, end: OffsetJson, columns: readonly string[] | null) {
    const until = BigInt(end)
    if (valueAtSecond(until, this.#options) > LONG_MAX) throw this.#tooFar(until)
    yield* rateBatches(BigInt(start ?? 0), until, this.#createdMs, this.#options, columns)
  }

  async commit() {}

  async close() {}

  #tooFar(endSeconds: bigint) {
    const { rowsPerSecond } = this.#options
    const maxSeconds = LONG_MAX / rowsPerSecond
    return userError(
      'INCORRECT_END_OFFSET',
      `Max offset with ${rowsPerSecond} rowsPerSecond is ${maxSeconds}, but it's ${endSeconds} now.`,
      {
        exception: 'SparkRuntimeException',
        sqlState: '22003',
        parameters: {
          rowsPerSecond: String(rowsPerSecond),
          maxSeconds: String(maxSeconds),
          endSeconds: String(endSeconds),
        },
        hint: 'Lower rowsPerSecond and start with a new checkpoint.',
      },
    )
  }
}
