import { BINARY, BOOLEAN, INTEGER, STRING, arrayOf } from '../../types/atomic-types'
import { sparkError, unexpectedInputType } from '../errors'
import { constantValue } from '../node'
import type { Node } from '../node'
import type { Value } from '../row-values'
import { decodeText } from '../row-values'
import { binary, int, long, oneOf, text, typed } from './argument-types'
import { bindDecodeCases } from './conditional'
import { scalarFunction } from './define'
import type { FunctionEntry } from './define'
import {
  initcap,
  levenshtein,
  overlay,
  pad,
  pointLength,
  soundex,
  substringPoints,
  translate,
  trimBoth,
  trimLeft,
  trimRight,
} from './string-kernels'

const encoder = new TextEncoder()
const textOrBinary = oneOf(text, binary)
const STRING_SAFE = { neverFails: true } as const

/** One text in, one text out. */
function map(name: string, aliases: readonly string[], doc: string, row: (value: string) => string): FunctionEntry {
  return scalarFunction({ name, aliases, args: [text], returns: STRING, doc, row, ...STRING_SAFE })
}

/** `trim(text)` and `trim(characters, text)`; btrim alone takes the text first. */
function trimmed(
  name: string,
  sqlName: string,
  doc: string,
  cut: (value: string, characters?: string) => string,
): FunctionEntry {
  const takesTextFirst = name === 'btrim'
  return scalarFunction({
    name,
    args: [text, text],
    required: 1,
    returns: STRING,
    doc,
    ...STRING_SAFE,
    sql: (args) => {
      if (args.length === 1) return `${name}(${args[0].sql})`
      const [characters, value] = takesTextFirst ? [args[1], args[0]] : [args[0], args[1]]
      return name === 'btrim'
        ? `btrim(${value.sql}, ${characters.sql})`
        : `TRIM(${sqlName} ${characters.sql} FROM ${value.sql})`
    },
    row: (first: string, second?: string) =>
      second === undefined ? cut(first) : takesTextFirst ? cut(first, second) : cut(second, first),
  })
}

function textTest(
  name: string,
  doc: string,
  text_: (value: string, part: string) => boolean,
  bytes: (value: Uint8Array, part: Uint8Array) => boolean,
): FunctionEntry {
  return scalarFunction({
    name,
    args: [textOrBinary, textOrBinary],
    returns: BOOLEAN,
    doc,
    ...STRING_SAFE,
    row: (value: string | Uint8Array, part: string | Uint8Array) =>
      typeof value === 'string'
        ? text_(value, part as string)
        : bytes(value, typeof part === 'string' ? encoder.encode(part) : part),
  })
}

function bytesAt(value: Uint8Array, part: Uint8Array, at: number): boolean {
  return at >= 0 && at + part.length <= value.length && part.every((byte, i) => value[at + i] === byte)
}

const returnsFirst = (args: readonly Node[]) => args[0].type

const decodeBinary = scalarFunction({
  name: 'decode',
  args: [binary, text],
  returns: STRING,
  doc: 'Text of bytes in a charset.',
  row: (value: Uint8Array, charset: string) => decodeBytes(value, charset),
})

export const STRINGS: readonly FunctionEntry[] = [
  {
    name: 'decode',
    arity: [2, Infinity],
    doc: 'Text of bytes in a charset; with more arguments the value beside the first match.',
    bind: (call) => (call.args.length === 2 ? decodeBinary.bind(call) : bindDecodeCases(call)),
  },
  map('upper', [], 'Upper case.', (value) => value.toUpperCase()),
  map('ucase', [], 'Upper case.', (value) => value.toUpperCase()),
  map('lower', [], 'Lower case.', (value) => value.toLowerCase()),
  map('lcase', [], 'Lower case.', (value) => value.toLowerCase()),
  map('initcap', [], 'First letter of each word in upper case, the rest in lower case.', initcap),
  map('soundex', [], 'Soundex code.', soundex),
  trimmed('trim', 'BOTH', 'Without blanks, or the given characters, at both ends.', trimBoth),
  trimmed('btrim', 'BOTH', 'Without blanks, or the given characters, at both ends.', trimBoth),
  trimmed('ltrim', 'LEADING', 'Without blanks, or the given characters, at the start.', trimLeft),
  trimmed('rtrim', 'TRAILING', 'Without blanks, or the given characters, at the end.', trimRight),
  ...['length', 'char_length', 'character_length', 'len'].map((name) =>
    scalarFunction({
      name,
      args: [textOrBinary],
      returns: INTEGER,
      doc: 'Characters of a text, bytes of a binary.',
      ...STRING_SAFE,
      row: (value: string | Uint8Array) => (typeof value === 'string' ? pointLength(value) : value.length),
    }),
  ),
  scalarFunction({
    name: 'octet_length',
    args: [textOrBinary],
    returns: INTEGER,
    doc: 'Bytes.',
    ...STRING_SAFE,
    row: (value: string | Uint8Array) => (typeof value === 'string' ? encoder.encode(value).length : value.length),
  }),
  scalarFunction({
    name: 'bit_length',
    args: [textOrBinary],
    returns: INTEGER,
    doc: 'Bits.',
    ...STRING_SAFE,
    row: (value: string | Uint8Array) => 8 * (typeof value === 'string' ? encoder.encode(value).length : value.length),
  }),
  ...['substring', 'substr'].map((name) =>
    scalarFunction({
      name,
      args: [textOrBinary, int, int],
      required: 2,
      returns: returnsFirst,
      doc: 'Part from a position (from 1; negative counts from the end) of a length.',
      ...STRING_SAFE,
      sql: (args) => `${name}(${args.map((arg) => arg.sql).join(', ')}${args.length === 2 ? ', 2147483647' : ''})`,
      row: (value: string | Uint8Array, position: number, length = 2147483647) =>
        substringPoints(value, position, length),
    }),
  ),
  scalarFunction({
    name: 'left',
    args: [textOrBinary, int],
    returns: returnsFirst,
    doc: 'The first characters.',
    ...STRING_SAFE,
    row: (value: string | Uint8Array, length: number) => substringPoints(value, 1, length),
  }),
  scalarFunction({
    name: 'right',
    args: [text, int],
    returns: STRING,
    doc: 'The last characters.',
    ...STRING_SAFE,
    row: (value: string, length: number) =>
      length <= 0 ? '' : substringPoints(value, -Math.min(length, pointLength(value)), 2147483647),
  }),
  scalarFunction({
    name: 'concat_ws',
    args: [text, oneOf(typed(arrayOf(STRING)), text)],
    required: 1,
    variadic: true,
    expects: '> 0',
    returns: STRING,
    nullable: (args) => args[0].nullable,
    doc: 'Joined with a separator; NULLs are left out.',
    neverFails: true,
    rowWithNulls: (_context, [separator, ...parts]) =>
      separator === null
        ? null
        : parts
            .flatMap((part) => (Array.isArray(part) ? (part as readonly Value[]) : [part]))
            .filter((part) => part !== null)
            .join(separator as string),
  }),
  scalarFunction({
    name: 'replace',
    args: [text, text, text],
    required: 2,
    returns: STRING,
    doc: 'Every occurrence replaced.',
    ...STRING_SAFE,
    sql: (args) => `replace(${args.map((arg) => arg.sql).join(', ')}${args.length === 2 ? ', ' : ''})`,
    row: (value: string, search: string, by = '') => (search === '' ? value : value.replaceAll(search, () => by)),
  }),
  ...['instr'].map((name) =>
    scalarFunction({
      name,
      args: [text, text],
      returns: INTEGER,
      doc: 'Position of the first occurrence from 1, or 0.',
      ...STRING_SAFE,
      row: (value: string, part: string) => locate(part, value, 1),
    }),
  ),
  ...['locate', 'position'].map((name) =>
    scalarFunction({
      name,
      args: [text, text, int],
      required: 2,
      returns: INTEGER,
      doc: 'Position of the first occurrence at or after a position, from 1, or 0.',
      ...STRING_SAFE,
      sql: (args) => `${name}(${args.map((arg) => arg.sql).join(', ')}${args.length === 2 ? ', 1' : ''})`,
      row: (part: string, value: string, from = 1) => locate(part, value, from),
    }),
  ),
  ...(['lpad', 'rpad'] as const).map((name) =>
    scalarFunction({
      name,
      args: [text, int, text],
      required: 2,
      returns: STRING,
      doc: `Filled up to a length at the ${name === 'lpad' ? 'left' : 'right'}.`,
      ...STRING_SAFE,
      sql: (args) => `${name}(${args.map((arg) => arg.sql).join(', ')}${args.length === 2 ? ',  ' : ''})`,
      row: (value: string, length: number, by = ' ') => pad(value, length, by, name === 'lpad'),
    }),
  ),
  scalarFunction({
    name: 'repeat',
    args: [text, int],
    returns: STRING,
    doc: 'The text several times.',
    ...STRING_SAFE,
    row: (value: string, times: number) => value.repeat(Math.max(0, times)),
  }),
  scalarFunction({
    name: 'space',
    args: [int],
    returns: STRING,
    doc: 'Blanks.',
    ...STRING_SAFE,
    row: (times: number) => ' '.repeat(Math.max(0, times)),
  }),
  textTest(
    'startswith',
    'Whether the text starts so.',
    (value, part) => value.startsWith(part),
    (value, part) => bytesAt(value, part, 0),
  ),
  textTest(
    'endswith',
    'Whether the text ends so.',
    (value, part) => value.endsWith(part),
    (value, part) => bytesAt(value, part, value.length - part.length),
  ),
  textTest(
    'contains',
    'Whether the text holds the part.',
    (value, part) => value.includes(part),
    (value, part) => Array.from(value.keys()).some((at) => bytesAt(value, part, at)) || part.length === 0,
  ),
  scalarFunction({
    name: 'translate',
    args: [text, text, text],
    returns: STRING,
    doc: 'Characters exchanged one by one.',
    ...STRING_SAFE,
    row: translate,
  }),
  scalarFunction({
    name: 'overlay',
    args: [text, text, int, int],
    required: 3,
    returns: STRING,
    doc: 'Part of the text replaced.',
    ...STRING_SAFE,
    sql: (args) => `overlay(${args.map((arg) => arg.sql).join(', ')}${args.length === 3 ? ', -1' : ''})`,
    row: (value: string, by: string, position: number, length = -1) => overlay(value, by, position, length),
  }),
  scalarFunction({
    name: 'levenshtein',
    args: [text, text, int],
    required: 2,
    returns: INTEGER,
    doc: 'Edit distance; -1 above the threshold.',
    ...STRING_SAFE,
    row: (a: string, b: string, threshold?: number) => {
      const far = levenshtein(a, b)
      return threshold !== undefined && far > threshold ? -1 : far
    },
  }),
  scalarFunction({
    name: 'ascii',
    args: [text],
    returns: INTEGER,
    doc: 'Code of the first character.',
    ...STRING_SAFE,
    row: (value: string) => value.codePointAt(0) ?? 0,
  }),
  ...['char', 'chr'].map((name) =>
    scalarFunction({
      name,
      args: [long],
      returns: STRING,
      doc: 'Character of a code, modulo 256.',
      ...STRING_SAFE,
      row: (code: bigint) => (code < 0n ? '' : String.fromCharCode(Number(code % 256n))),
    }),
  ),
  scalarFunction({
    name: 'base64',
    args: [binary],
    returns: STRING,
    doc: 'Base64 text of bytes.',
    ...STRING_SAFE,
    row: (value: Uint8Array) => btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join('')),
  }),
  scalarFunction({ name: 'unbase64', args: [text], returns: BINARY, doc: 'Bytes of a base64 text.', row: unbase64 }),
  scalarFunction({
    name: 'hex',
    args: [oneOf(long, binary, text)],
    returns: STRING,
    doc: 'Hexadecimal digits.',
    ...STRING_SAFE,
    row: (value: bigint | string | Uint8Array) =>
      typeof value === 'bigint'
        ? BigInt.asUintN(64, value).toString(16).toUpperCase()
        : hexOf(typeof value === 'string' ? encoder.encode(value) : value),
  }),
  scalarFunction({
    name: 'unhex',
    args: [text],
    returns: BINARY,
    nullable: true,
    doc: 'Bytes of hexadecimal digits, NULL when there are others.',
    ...STRING_SAFE,
    row: unhex,
  }),
  scalarFunction({
    name: 'bin',
    args: [long],
    returns: STRING,
    doc: 'Binary digits.',
    ...STRING_SAFE,
    row: (value: bigint) => BigInt.asUintN(64, value).toString(2),
  }),
  scalarFunction({
    name: 'encode',
    nullable: true,
    args: [text, text],
    returns: BINARY,
    doc: 'Bytes of a text in a charset.',
    row: (value: string, charset: string) => encodeText(value, charset),
  }),
  scalarFunction({
    name: 'split',
    args: [text, text, int],
    required: 2,
    returns: arrayOf(STRING, false),
    doc: 'Parts between matches of a pattern.',
    sql: (args) => `split(${args.map((arg) => arg.sql).join(', ')}${args.length === 2 ? ', -1' : ''})`,
    open: (context, args) => splitter(context, args),
  }),
  scalarFunction({
    name: 'split_part',
    nullable: true,
    args: [text, text, int],
    returns: STRING,
    doc: 'One part between delimiters, from 1; negative counts from the end.',
    row: splitPart,
  }),
  scalarFunction({
    name: 'find_in_set',
    args: [text, text],
    returns: INTEGER,
    doc: 'Position of a text in a comma separated list, or 0.',
    ...STRING_SAFE,
    row: (value: string, list: string) => (value.includes(',') ? 0 : list.split(',').indexOf(value) + 1),
  }),
  scalarFunction({
    name: 'substring_index',
    args: [text, text, int],
    returns: STRING,
    doc: 'The text before the n-th delimiter; negative counts from the end.',
    ...STRING_SAFE,
    row: substringIndex,
  }),
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
  scalarFunction({
    name: 'sentences',
    sql: (args) => `sentences(${args[0].sql}, , )`,
    nullable: true,
    args: [text],
    returns: arrayOf(arrayOf(STRING, false), false),
    doc: 'Words of each sentence.',
    ...STRING_SAFE,
    row: (value: string) =>
      value
        .split(/[.!?]+/)
        .map((s) => s.match(/[\p{L}\p{N}'-]+/gu) ?? [])
        .filter((words) => words.length > 0),
  }),
  scalarFunction({
    name: 'luhn_check',
    nullable: true,
    args: [text],
    returns: BOOLEAN,
    doc: 'Whether digits pass the Luhn check.',
    ...STRING_SAFE,
    row: luhn,
  }),
]

function locate(part: string, value: string, from: number): number {
  if (from < 1) return 0
  const start = from === 1 ? 0 : utf16Index(value, from - 1)
  if (start < 0) return 0
  const at = value.indexOf(part, start)
  return at < 0 ? 0 : pointLength(value.slice(0, at)) + 1
}

function utf16Index(value: string, points: number): number {
  let at = 0
  for (let i = 0; i < points; i++) {
    if (at >= value.length) return i === points ? at : -1
    at += value.codePointAt(at)! > 0xffff ? 2 : 1
  }
  return at
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('')
}

function unhex(value: string): Uint8Array | null {
  const digits = value.length % 2 === 1 ? `0${value}` : value
  if (!/^[0-9a-fA-F]*$/.test(digits)) return null
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}

function unbase64(value: string): Uint8Array {
  const clean = value.replace(/[^A-Za-z0-9+/]/g, '')
  if (/[^A-Za-z0-9+/=\s]/.test(value) || clean.length % 4 === 1) {
    throw sparkError(
      'CONVERSION_INVALID_INPUT',
      { str: `'${value}'`, fmt: "'BASE64'", targetType: '"BINARY"', suggestion: '`try_to_binary`' },
      { exception: 'SparkRuntimeException' },
    )
  }
  return Uint8Array.from(atob(clean), (character) => character.charCodeAt(0))
}

const CHARSETS = ['US-ASCII', 'ISO-8859-1', 'UTF-8', 'UTF-16BE', 'UTF-16LE', 'UTF-16', 'UTF-32']

function charsetOf(name: string, functionName: string): string {
  const upper = name.toUpperCase()
  if (CHARSETS.includes(upper)) return upper
  throw sparkError(
    'INVALID_PARAMETER_VALUE.CHARSET',
    {
      functionName: `\`${functionName}\``,
      parameter: '`charset`',
      charset: name,
      charsets: ['iso-8859-1', 'us-ascii', 'utf-16', 'utf-16be', 'utf-16le', 'utf-32', 'utf-8'].join(', '),
    },
    { exception: 'SparkRuntimeException' },
  )
}

function encodeText(value: string, charset: string): Uint8Array {
  const name = charsetOf(charset, 'encode')
  if (name === 'UTF-8') return encoder.encode(value)
  if (name.startsWith('UTF-16')) {
    const bytes: number[] = name === 'UTF-16' ? [0xfe, 0xff] : []
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i)
      if (name === 'UTF-16LE') bytes.push(unit & 255, unit >> 8)
      else bytes.push(unit >> 8, unit & 255)
    }
    return Uint8Array.from(bytes)
  }
  if (name === 'UTF-32')
    return Uint8Array.from(
      [...value].flatMap((c) => {
        const p = c.codePointAt(0)!
        return [p >>> 24, (p >> 16) & 255, (p >> 8) & 255, p & 255]
      }),
    )
  const limit = name === 'US-ASCII' ? 127 : 255
  return Uint8Array.from(
    [...value].map((c) => {
      const p = c.codePointAt(0)!
      return p <= limit ? p : 63
    }),
  )
}

function decodeBytes(value: Uint8Array, charset: string): string {
  const name = charsetOf(charset, 'decode')
  const isMalformed = (name === 'US-ASCII' && value.some((byte) => byte > 127)) || (name === 'UTF-8' && !isUtf8(value))
  if (isMalformed) {
    throw sparkError(
      'MALFORMED_CHARACTER_CODING',
      { function: '`decode`', charset },
      { exception: 'SparkRuntimeException', hint: `The bytes are not ${charset} text.` },
    )
  }
  if (name === 'UTF-8') return decodeText(value, 0, value.length)
  if (name === 'UTF-16' || name === 'UTF-16BE') return new TextDecoder('utf-16be').decode(value.slice())
  if (name === 'UTF-16LE') return new TextDecoder('utf-16le').decode(value.slice())
  if (name === 'UTF-32')
    return Array.from({ length: value.length >> 2 }, (_, i) =>
      String.fromCodePoint(
        (value[4 * i] << 24) | (value[4 * i + 1] << 16) | (value[4 * i + 2] << 8) | value[4 * i + 3],
      ),
    ).join('')
  return Array.from(value, (byte) => (name === 'US-ASCII' && byte > 127 ? '\ufffd' : String.fromCharCode(byte))).join(
    '',
  )
}

function isUtf8(value: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(value.slice())
    return true
  } catch {
    return false
  }
}

/** Java's String.split: with limit <= 0 all parts are kept, the empty first one of a zero-width match is not. */
function splitter(context: Parameters<typeof constantValue>[1], args: readonly Node[]) {
  const pattern = args[1].isConstant ? (constantValue(args[1], context) as string | null) : null
  const fixed = pattern === null ? null : javaRegex(pattern)
  return (value: string, source: string, limit = -1): readonly Value[] =>
    splitText(value, fixed ?? javaRegex(source), limit)
}

function splitText(value: string, regex: RegExp, limit: number): readonly Value[] {
  const parts: string[] = []
  let start = 0
  regex.lastIndex = 0
  if (value === '') return ['']
  for (let match = regex.exec(value); match !== null; match = regex.exec(value)) {
    if (match[0] === '') {
      if (match.index >= value.length) break
      regex.lastIndex++
      if (match.index === 0) continue
    }
    if (limit > 0 && parts.length === limit - 1) break
    parts.push(value.slice(start, match.index))
    start = match.index + match[0].length
  }
  const last = value.slice(start)
  if (last !== '' || regex.source !== '(?:)') parts.push(last)
  return parts
}

const regexes = new Map<string, RegExp>()

/** A Java pattern as a global JavaScript one: `(?i)` flags, possessive quantifiers, `\A \z \Z`, POSIX classes. */
export function javaRegex(source: string): RegExp {
  let regex = regexes.get(source)
  if (regex === undefined) {
    const { body, flags } = translateJava(source)
    try {
      regex = new RegExp(body, `g${flags}u`)
    } catch {
      try {
        regex = new RegExp(body, `g${flags}`)
      } catch {
        throw sparkError(
          'INVALID_PARAMETER_VALUE.PATTERN',
          { parameter: 'regexp', functionName: '`rlike`', value: `'${source}'` },
          { exception: 'SparkRuntimeException', hint: 'The pattern is not a regular expression.' },
        )
      }
    }
    if (regexes.size > 500) regexes.clear()
    regexes.set(source, regex)
  }
  return regex
}

const POSIX: Readonly<Record<string, string>> = {
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Upper: 'A-Z',
  Lower: 'a-z',
  Space: '\\s',
  XDigit: '0-9A-Fa-f',
  Punct: '!-\\/:-@\\[-`{-~',
  Blank: ' \\t',
  ASCII: '\\x00-\\x7f',
  Cntrl: '\\x00-\\x1f\\x7f',
}

function translateJava(source: string): { body: string; flags: string } {
  let flags = ''
  const leading = /^\(\?([ims]+)\)/.exec(source)
  let body = source
  if (leading !== null) {
    flags = leading[1]!
    body = source.slice(leading[0].length)
  }
  body = body
    .replace(
      /\\p\{(Alpha|Digit|Alnum|Upper|Lower|Space|XDigit|Punct|Blank|ASCII|Cntrl)\}/g,
      (_, name: string) => `[${POSIX[name]}]`,
    )
    .replace(/\\A/g, '^')
    .replace(/\\[zZ]/g, '$')
    .replace(/([*+?}])\+/g, '$1')
    .replace(/\\h/g, '[ \\t\\u00a0]')
  return { body, flags: [...new Set(flags)].join('') }
}

function splitPart(value: string, delimiter: string, part: number): string {
  if (part === 0)
    throw sparkError('INVALID_INDEX_OF_ZERO', {}, { exception: 'SparkRuntimeException', hint: 'Parts count from 1.' })
  const parts = delimiter === '' ? [value] : value.split(delimiter)
  return parts[part > 0 ? part - 1 : parts.length + part] ?? ''
}

function substringIndex(value: string, delimiter: string, count: number): string {
  if (delimiter === '' || count === 0) return ''
  const parts = value.split(delimiter)
  return count > 0
    ? parts.slice(0, count).join(delimiter)
    : parts.slice(Math.max(0, parts.length + count)).join(delimiter)
}

function luhn(value: string): boolean {
  if (!/^\d+$/.test(value)) return false
  const sum = [...value].reverse().reduce((total, digit, i) => {
    const d = Number(digit) * (i % 2 === 1 ? 2 : 1)
    return total + (d > 9 ? d - 9 : d)
  }, 0)
  return sum % 10 === 0
}

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
  return `${negative && size !== 0n ? '-' : negative ? '-' : ''}${places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`}`
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
