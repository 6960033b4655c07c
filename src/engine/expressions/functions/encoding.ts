import { BINARY, STRING } from '../../types/atomic-types'
import { sparkError } from '../errors'
import { decodeText } from '../row-values'
import { binary, long, oneOf, text } from './argument-types'
import { bindDecodeCases } from './conditional'
import { scalarFunction } from './define'
import type { FunctionEntry } from './define'

const encoder = new TextEncoder()
const STRING_SAFE = { neverFails: true } as const

const decodeBinary = scalarFunction({
  name: 'decode',
  args: [binary, text],
  returns: STRING,
  doc: 'Text of bytes in a charset.',
  row: (value: Uint8Array, charset: string) => decodeBytes(value, charset),
})

/** Texts as bytes or digits and back: charsets, base64, hexadecimal, binary. */
export const ENCODINGS: readonly FunctionEntry[] = [
  {
    name: 'decode',
    arity: [2, Infinity],
    doc: 'Text of bytes in a charset; with more arguments the value beside the first match.',
    bind: (call) => (call.args.length === 2 ? decodeBinary.bind(call) : bindDecodeCases(call)),
  },
  scalarFunction({
    name: 'encode',
    nullable: true,
    args: [text, text],
    returns: BINARY,
    doc: 'Bytes of a text in a charset.',
    row: (value: string, charset: string) => encodeText(value, charset),
  }),
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
]

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
