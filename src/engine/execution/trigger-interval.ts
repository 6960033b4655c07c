import { userError } from '../../protocol/errors/runnel-error'
import { MICROS_PER_DAY, parseInterval } from '../analyzer/interval-text'

/** Milliseconds of `trigger(processingTime="10 seconds")`; Spark's words for texts that are no such interval. */
export function parseIntervalMs(text: string): number {
  const interval = parseInterval(text)
  if (interval === null) throw invalidInterval(text)
  if (interval.months !== 0) {
    throw userError('_LEGACY_TRIGGER_INTERVAL', `Doesn't support month or year interval: ${text}`, {
      exception: 'IllegalArgumentException',
      hint: 'Months differ in length. Use days, hours, minutes or seconds.',
    })
  }
  const intervalMs = Math.trunc((interval.days * MICROS_PER_DAY + interval.micros) / 1000)
  if (intervalMs < 0) {
    throw userError('_LEGACY_TRIGGER_INTERVAL', 'requirement failed: the interval of trigger should not be negative', {
      exception: 'IllegalArgumentException',
      hint: 'Give the trigger a positive time such as "10 seconds".',
    })
  }
  return intervalMs
}

function invalidInterval(text: string) {
  const [reason, detail] = whyInvalid(text)
  return userError(
    `INVALID_INTERVAL_FORMAT.${reason}`,
    `Error parsing '${text}' to interval. Please ensure that the value provided is in a valid format for defining an ` +
      `interval. You can reference the documentation for the correct format. ${detail}`,
    {
      exception: 'IllegalArgumentException',
      sqlState: '22006',
      parameters: { input: text },
      hint: 'Write a number, a space and a unit, for example "10 seconds" or "1 minute 30 seconds".',
    },
  )
}

/** The first word of the text that cannot stand where it stands. */
function whyInvalid(text: string): [reason: string, detail: string] {
  const words = text
    .trim()
    .replace(/^interval\s+/i, '')
    .split(/\s+/)
  if (words.length === 1 && words[0] === '') return ['INPUT_IS_EMPTY', 'Interval string cannot be empty.']
  for (let i = 0; i < words.length; i += 2) {
    const number = words[i]
    if (!/^[+-]?[\d.]/.test(number)) return ['UNRECOGNIZED_NUMBER', `Unrecognized number ${number}.`]
    if (!/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(number)) return ['INVALID_VALUE', `Invalid value ${number}.`]
    const unit = words[i + 1]
    if (unit === undefined) return ['MISSING_UNIT', `Expect a unit name after ${number} but hit EOL.`]
    if (parseInterval(`1 ${unit}`) === null) return ['INVALID_UNIT', `Invalid unit ${unit}.`]
    if (parseInterval(`${number} ${unit}`) === null) return ['INVALID_FRACTION', `${unit} cannot have fractional part.`]
  }
  return ['UNKNOWN_PARSING_ERROR', `Unknown error when parsing ${text}.`]
}
