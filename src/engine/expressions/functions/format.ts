import { STRING } from '../../types/atomic-types'
import { unexpectedInputType } from '../errors'
import type { Node } from '../node'
import type { Value } from '../row-values'
import { int, oneOf, text } from './argument-types'
import { scalarFunction } from './define'
import type { FunctionEntry } from './define'

/** Values as formatted text. */
export const FORMATS: readonly FunctionEntry[] = [
  scalarFunction({
    name: 'format_string',
    aliases: ['printf'],
    args: [text, { required: '"ANY"', accept: (type) => type }],
    required: 1,
    variadic: true,
    expects: '> 0',
    returns: STRING,
    nullable: (args) => args[0].nullable,
    doc: "Java's printf.",
    rowWithNulls: (_context, [format, ...values]) => (format === null ? null : formatString(format as string, values)),
  }),
  scalarFunction({
    name: 'format_number',
    args: [
      {
        required: '"NUMERIC"',
        accept: (type) =>
          type.kind === 'string'
            ? { kind: 'double' }
            : ['byte', 'short', 'integer', 'long', 'float', 'double', 'decimal', 'void'].includes(type.kind)
              ? type.kind === 'void'
                ? { kind: 'double' }
                : type
              : null,
      },
      oneOf(int, text),
    ],
    returns: STRING,
    nullable: true,
    doc: 'A number with thousands separators and decimal places.',
    open: (_context, args) => (value: Value, places: Value) => formatNumber(value, places, args[0]),
  }),
]

/** The conversions of Java's Formatter that data work meets: %s %d %f %e %x %o %c %b %%, flags, width, precision. */
function formatString(format: string, values: readonly Value[]): string {
  let next = 0
  return format.replace(
    /%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g,
    (
      _all,
      index: string | undefined,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      conversion: string,
    ) => {
      if (conversion === '%') return '%'
      if (conversion === 'n') return '\n'
      const value = values[index === undefined ? next++ : Number(index) - 1] ?? null
      const body =
        value === null ? 'null'.slice(0, Number(precision ?? 4)) : formatOne(value, conversion, flags, precision)
      const size = Number(width ?? 0)
      if (flags.includes('-')) return body.padEnd(size)
      if (flags.includes('0') && value !== null && /[dfxeo]/.test(conversion)) {
        const sign = /^[+-]/.exec(body)?.[0] ?? ''
        return sign + body.slice(sign.length).padStart(size - sign.length, '0')
      }
      return body.padStart(size)
    },
  )
}

function formatOne(
  value: Exclude<Value, null>,
  conversion: string,
  flags: string,
  precision: string | undefined,
): string {
  const grouped = (digits: string) => (flags.includes(',') ? digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',') : digits)
  const signed = (body: string) => (flags.includes('+') && !body.startsWith('-') ? `+${body}` : body)
  switch (conversion) {
    case 'd':
      return signed(grouped(String(value)))
    case 'f': {
      const [whole, fraction] = Number(value)
        .toFixed(Number(precision ?? 6))
        .split('.')
      return signed(`${grouped(whole)}${fraction === undefined ? '' : `.${fraction}`}`)
    }
    case 'e':
      return signed(
        Number(value)
          .toExponential(Number(precision ?? 6))
          .replace(/e([+-])(\d)$/, 'e$10$2'),
      )
    case 'x':
    case 'X': {
      const digits = (
        typeof value === 'bigint' ? BigInt.asUintN(64, value) : BigInt.asUintN(32, BigInt(value as number))
      ).toString(16)
      return conversion === 'X' ? digits.toUpperCase() : digits
    }
    case 'o':
      return Number(value).toString(8)
    case 'c':
      return typeof value === 'number' ? String.fromCodePoint(value) : String(value)
    case 'S':
      return String(value).toUpperCase()
    default:
      return precision === undefined ? String(value) : String(value).slice(0, Number(precision))
  }
}

function formatNumber(value: Value, places: Value, arg: Node): Value {
  if (typeof places === 'string')
    throw unexpectedInputType(`format_number(${arg.sql}, ${places})`, 1, '"INT"', { sql: places, type: STRING })
  const digits = places as number
  if (digits < 0) return null
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value < 0 ? '-∞' : '∞'
  const rounded = halfEvenText(value as number | bigint, digits, arg)
  const [whole, fraction] = rounded.split('.')
  return `${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')}${fraction === undefined ? '' : `.${fraction}`}`
}

/** DecimalFormat rounds half even on the exact decimal value of the number. */
function halfEvenText(value: number | bigint, places: number, arg: Node): string {
  const scale = arg.type.kind === 'decimal' ? arg.type.scale : 0
  let unscaled: bigint
  let from = scale
  if (typeof value === 'bigint') unscaled = value
  else {
    const exact = exactDecimal(value)
    unscaled = exact.unscaled
    from = exact.scale
  }
  const negative = unscaled < 0n
  let size = negative ? -unscaled : unscaled
  if (from > places) {
    const divisor = 10n ** BigInt(from - places)
    const rest = size % divisor
    size /= divisor
    if (rest * 2n > divisor || (rest * 2n === divisor && size % 2n === 1n)) size += 1n
  } else size *= 10n ** BigInt(places - from)
  const digits = size.toString().padStart(places + 1, '0')
  return `${negative ? '-' : ''}${places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`}`
}

function exactDecimal(value: number): { unscaled: bigint; scale: number } {
  let scale = 0
  let scaled = value
  while (!Number.isInteger(scaled) && scale < 1100) {
    scaled *= 2
    scale++
  }
  // value = scaled / 2^scale = scaled * 5^scale / 10^scale
  return { unscaled: BigInt(scaled) * 5n ** BigInt(scale), scale }
}
