import { userError } from '../../../protocol/errors/runnel-error'
import { civilFromDays, daysFromCivil, daysInMonth, pad2, splitMicros } from '../../expressions/casts/format-values'
import { isKnownZone, offsetMicrosAt, utcFromLocal } from '../../expressions/time-zone'

/** A Spark datetime pattern such as `yyyy-MM-dd'T'HH:mm:ss.SSSXXX`, compiled once, for JSON times. */
export interface DatetimePattern {
  /** Microseconds since 1970 UTC; a text without zone is in `timeZone`. Null when the text does not match. */
  parseInstant(text: string, timeZone: string): bigint | null
  /** Microseconds since 1970 of the local time. */
  parseLocal(text: string): bigint | null
  parseDays(text: string): number | null
  format(micros: bigint, timeZone: string): string
}

type Fields = {
  year: number
  month: number
  day: number
  hour: number
  half: number | null
  minute: number
  second: number
  micros: number
  zone: string | null
}
type Element = {
  readonly regex: string
  read?(text: string, fields: Fields): void
  write(fields: Fields, offsetSeconds: number, weekday: number): string
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const MICROS_PER_DAY = 86_400_000_000n

export function compileDatetimePattern(pattern: string): DatetimePattern {
  const elements = elementsOf(pattern)
  const readers = elements.filter((element) => element.read !== undefined)
  const regex = new RegExp(`^${elements.map((element) => element.regex).join('')}$`)
  const read = (text: string): Fields | null => {
    const match = regex.exec(text)
    if (match === null) return null
    const fields: Fields = {
      year: 1970,
      month: 1,
      day: 1,
      hour: 0,
      half: null,
      minute: 0,
      second: 0,
      micros: 0,
      zone: null,
    }
    readers.forEach((element, i) => {
      if (match[i + 1] !== undefined) element.read!(match[i + 1], fields)
    })
    if (fields.half !== null) {
      if (fields.hour < 1 || fields.hour > 12) return null
      fields.hour = (fields.hour % 12) + fields.half * 12
    }
    return isValid(fields) ? fields : null
  }
  const local = (fields: Fields) => {
    const seconds = (fields.hour * 60 + fields.minute) * 60 + fields.second
    return (
      BigInt(daysFromCivil(fields.year, fields.month, fields.day)) * MICROS_PER_DAY +
      BigInt(seconds) * 1_000_000n +
      BigInt(fields.micros)
    )
  }
  return {
    parseInstant(text, timeZone) {
      const fields = read(text)
      return fields && utcFromLocal(fields.zone ?? timeZone, local(fields))
    },
    parseLocal(text) {
      const fields = read(text)
      return fields && local(fields)
    },
    parseDays(text) {
      const fields = read(text)
      return fields && daysFromCivil(fields.year, fields.month, fields.day)
    },
    format(micros, timeZone) {
      const offset = offsetMicrosAt(timeZone, micros)
      const { days, microsOfDay } = splitMicros(micros + offset)
      const seconds = Math.floor(microsOfDay / 1_000_000)
      const fields: Fields = {
        ...civilFromDays(days),
        hour: Math.floor(seconds / 3600),
        half: seconds >= 43_200 ? 1 : 0,
        minute: Math.floor(seconds / 60) % 60,
        second: seconds % 60,
        micros: microsOfDay % 1_000_000,
        zone: timeZone,
      }
      const weekday = (((days + 3) % 7) + 7) % 7
      return elements.map((element) => element.write(fields, Number(offset / 1_000_000n), weekday)).join('')
    },
  }
}

function isValid({ year, month, day, hour, minute, second }: Fields): boolean {
  return (
    month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) && hour < 24 && minute < 60 && second < 60
  )
}

function elementsOf(pattern: string): Element[] {
  const elements: Element[] = []
  for (const match of pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|\[|\]|[\s\S]/g)) {
    const [whole, quoted, letter] = match
    if (quoted !== undefined) elements.push(literal(quoted === '' ? "'" : quoted.replaceAll("''", "'")))
    else if (letter !== undefined) elements.push(field(letter, whole.length, pattern))
    else if (whole === '[') elements.push({ regex: '(?:', write: () => '' })
    else if (whole === ']') elements.push({ regex: ')?', write: () => '' })
    else elements.push(literal(whole))
  }
  return elements
}

function literal(text: string): Element {
  return { regex: text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), write: () => text }
}

function number(count: number, key: 'month' | 'day' | 'hour' | 'minute' | 'second', shift = 0): Element {
  return {
    regex: count === 1 ? '(\\d{1,2})' : `(\\d{${count}})`,
    read: (text, fields) => void (fields[key] = Number(text) + shift),
    write: (fields) => String(fields[key] - shift).padStart(count, '0'),
  }
}

function field(letter: string, count: number, pattern: string): Element {
  switch (letter) {
    case 'y':
    case 'u':
      return {
        regex: count === 2 ? '(\\d{2})' : count === 4 ? '([+-]\\d{5,6}|-?\\d{4})' : `(-?\\d{${count},6})`,
        read: (text, fields) => void (fields.year = count === 2 ? 2000 + Number(text) : Number(text)),
        write: ({ year }) => (count === 2 ? pad2(((year % 100) + 100) % 100) : String(year).padStart(count, '0')),
      }
    case 'M':
    case 'L':
      if (count < 3) return number(count, 'month')
      return named(
        count === 3 ? MONTHS.map((name) => name.slice(0, 3)) : MONTHS,
        (fields, i) => void (fields.month = i + 1),
        (fields) => fields.month - 1,
      )
    case 'd':
      if (count > 2) break
      return number(count, 'day')
    case 'H':
      if (count > 2) break
      return number(count, 'hour')
    case 'h':
      if (count > 2) break
      return {
        ...number(count, 'hour'),
        write: ({ hour }) => String(hour % 12 === 0 ? 12 : hour % 12).padStart(count, '0'),
      }
    case 'm':
      if (count > 2) break
      return number(count, 'minute')
    case 's':
      if (count > 2) break
      return number(count, 'second')
    case 'S':
      if (count > 9) break
      return {
        regex: `(\\d{1,${count}})`,
        read: (text, fields) => void (fields.micros = Number(text.padEnd(6, '0').slice(0, 6))),
        write: ({ micros }) => String(micros).padStart(6, '0').padEnd(9, '0').slice(0, count),
      }
    case 'a':
      if (count > 1) break
      return {
        regex: '(AM|PM)',
        read: (text, fields) => void (fields.half = text === 'PM' ? 1 : 0),
        write: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
      }
    case 'E': {
      const names = count < 4 ? WEEKDAYS.map((name) => name.slice(0, 3)) : WEEKDAYS
      return { regex: `(?:${names.join('|')})`, write: (_fields, _offset, weekday) => names[weekday] }
    }
    case 'X':
    case 'x':
      if (count > 3) break
      return offset(count, letter === 'X')
    case 'Z':
      if (count > 3) break
      return offset(2, false)
    case 'V':
      if (count !== 2) break
      return { regex: '([A-Za-z][A-Za-z0-9_/+:-]*|[+-]\\d{2}:\\d{2})', read: readZone, write: ({ zone }) => zone ?? '' }
    case 'z':
      return { regex: '([A-Za-z][A-Za-z0-9_/+:-]*)', read: readZone, write: ({ zone }) => zone ?? '' }
  }
  throw userError(
    'INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER',
    `Unrecognized datetime pattern: ${pattern}. Illegal pattern character found in datetime pattern: ${letter}. Please provide legal character.`,
    {
      sqlState: '22007',
      exception: 'IllegalArgumentException',
      parameters: { pattern, c: letter },
      hint: "Typical patterns are yyyy-MM-dd and yyyy-MM-dd'T'HH:mm:ss.SSSXXX; a fixed text stands in single quotes.",
    },
  )
}

function readZone(text: string, fields: Fields): void {
  fields.zone = isKnownZone(text) ? text : null
  if (fields.zone === null) fields.month = 0
}

function named(
  names: readonly string[],
  read: (fields: Fields, index: number) => void,
  index: (fields: Fields) => number,
): Element {
  return {
    regex: `(${names.join('|')})`,
    read: (text, fields) => read(fields, names.indexOf(text)),
    write: (fields) => names[index(fields)],
  }
}

function offset(count: number, allowsZ: boolean): Element {
  const body = count === 1 ? '[+-]\\d{2}(?:\\d{2})?' : count === 2 ? '[+-]\\d{4}' : '[+-]\\d{2}:\\d{2}'
  return {
    regex: `(${body}${allowsZ ? '|Z' : ''})`,
    read(text, fields) {
      const digits = text.replace(':', '')
      fields.zone = text === 'Z' ? 'UTC' : `${digits.slice(0, 3)}:${digits.slice(3).padEnd(2, '0')}`
    },
    write(_fields, offsetSeconds) {
      if (offsetSeconds === 0 && allowsZ) return 'Z'
      const minutes = Math.abs(Math.trunc(offsetSeconds / 60))
      const sign = offsetSeconds < 0 ? '-' : '+'
      const rest = minutes % 60
      if (count === 1 && rest === 0) return `${sign}${pad2(Math.floor(minutes / 60))}`
      return `${sign}${pad2(Math.floor(minutes / 60))}${count === 3 ? ':' : ''}${pad2(rest)}`
    },
  }
}
