import { userError } from '../../protocol/errors/runnel-error'
import type { OptionMap } from '../../engine/ports/options'

export type RateOptions = {
  readonly rowsPerSecond: bigint
  readonly rampUpTimeSeconds: number
  /** Null = as many as the session has cores; shown as "default". */
  readonly numPartitions: number | null
}

const LONG_MAX = 9_223_372_036_854_775_807n
const INT_MAX = 2_147_483_647n

/** Option texts as Java parses them; Spark's words for what it refuses. */
export function rateOptions(options: OptionMap): RateOptions {
  const rowsText = options.get('rowsPerSecond')
  const rowsPerSecond = rowsText === undefined ? 1n : javaInteger(rowsText, LONG_MAX)
  if (rowsPerSecond <= 0n) throw invalid(rowsText, 'rowsPerSecond', 'must be positive')

  const rampText = options.get('rampUpTime')
  const rampUpTimeSeconds = rampText === undefined ? 0 : javaSeconds(rampText)
  if (rampUpTimeSeconds < 0) throw invalid(rampText, 'rampUpTime', 'must not be negative')

  const partitionsText = options.get('numPartitions')
  const numPartitions = partitionsText === undefined ? null : Number(javaInteger(partitionsText, INT_MAX))
  if (numPartitions !== null && numPartitions <= 0) throw invalid(partitionsText, 'numPartitions', 'must be positive')

  return { rowsPerSecond, rampUpTimeSeconds, numPartitions }
}

function invalid(value: string | undefined, option: string, rule: string) {
  // Spark prints what it parsed: a time without its unit.
  const shown = option === 'rampUpTime' ? String(javaSeconds(value ?? '')) : value
  return userError('_LEGACY_RATE_OPTION', `Invalid value '${shown}'. The option '${option}' ${rule}`, {
    exception: 'IllegalArgumentException',
    hint: `Give .option("${option}", ...) a ${option === 'rampUpTime' ? 'time such as "5s"' : 'whole number above 0'}.`,
  })
}

function javaInteger(text: string, max: bigint): bigint {
  const value = /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, '')) : null
  if (value === null || value > max || value < -max - 1n) {
    throw userError('_LEGACY_RATE_OPTION', `For input string: "${text}"`, {
      exception: 'NumberFormatException',
      hint: 'A whole number without spaces or a decimal point is expected.',
    })
  }
  return value
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
}

/** `5`, `5s`, `100ms`, `2min`: whole seconds, cut toward zero; no unit means seconds. */
function javaSeconds(text: string): number {
  const match = /^(-?\d+)([a-z]+)?$/.exec(text.trim().toLowerCase())
  const unit = match?.[2] === undefined ? 1 : UNIT_SECONDS[match[2]]
  if (match === null || unit === undefined) {
    throw userError(
      '_LEGACY_RATE_OPTION',
      'Time must be specified as seconds (s), milliseconds (ms), microseconds (us), minutes (m or min), hour (h), ' +
        `or day (d). E.g. 50s, 100ms, or 250us.\nFailed to parse time string: ${text}`,
      { exception: 'NumberFormatException', hint: 'Write a time such as "5s" or "1m".' },
    )
  }
  return Math.trunc(Number(match[1]) * unit) + 0
}
