import { BOOLEAN, INTEGER, STRING, arrayOf } from '../../types/atomic-types'
import { sparkError } from '../errors'
import { constantValue } from '../node'
import type { Node } from '../node'
import type { Value } from '../row-values'
import { binary, int, long, oneOf, text, typed } from './argument-types'
import { scalarFunction } from './define'
import type { FunctionEntry } from './define'
import { javaRegex } from './java-regex'
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

export const STRINGS: readonly FunctionEntry[] = [
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
