import { rescaleDecimal, parseDecimal } from '../../expressions/casts/parse-values'
import { daysFromCivil, daysInMonth } from '../../expressions/casts/format-values'

/**
 * Runtime of the generated parser. Every function takes a position and gives the next one, or -1 for "odd": the exact parser
 * then reads the row again. So a function here may refuse anything, but must never accept what the exact parser would not.
 * Positions stay below 2^30; full-width int32 stay in locals (Chromium boxes them elsewhere).
 */

/** Containers inside each other that a bit each can tell apart. */
const MAX_DEPTH = 31

/** Past one value of any kind, strictly checked: one loop over its tokens, for calls cost more than the tokens do. */
export function skipValue(bytes: Uint8Array, view: DataView, p: number): number {
  let depth = 0
  // The containers around p, the innermost in the lowest bit: 1 an object, 0 an array.
  let kinds = 0
  let isName = false
  for (;;) {
    let c = bytes[p]
    if (c === 34) {
      p++
      for (;;) {
        const w = view.getInt32(p, true)
        const v = view.getInt32(p + 4, true)
        const a =
          (((w ^ 0x22222222) - 0x01010101) | ((w ^ 0x5c5c5c5c) - 0x01010101) | (w - 0x20202020)) & ~w & 0x80808080
        const b =
          (((v ^ 0x22222222) - 0x01010101) | ((v ^ 0x5c5c5c5c) - 0x01010101) | (v - 0x20202020)) & ~v & 0x80808080
        if ((a | b) === 0) {
          p += 8
          continue
        }
        const k = (Math.imul(a >>> 7, 0x01020408) >>> 24) | (Math.imul(b >>> 7, 0x01020408) >>> 20)
        p += 31 - Math.clz32(k & -k)
        if (bytes[p] === 34) break
        p = skipEscape(bytes, p)
        if (p < 0) return -1
      }
      p++
      if (isName) {
        if (bytes[p] <= 32) p = skipSpace(bytes, p)
        if (bytes[p] !== 58) return -1
        p++
        if (bytes[p] <= 32) p = skipSpace(bytes, p)
        isName = false
        continue
      }
    } else if (isName) return -1
    else if (c === 123 || c === 91) {
      if (depth === MAX_DEPTH) return -1
      depth++
      isName = c === 123
      kinds = (kinds << 1) | (isName ? 1 : 0)
      p++
      if (bytes[p] <= 32) p = skipSpace(bytes, p)
      // The closing brackets are two above the opening ones.
      if (bytes[p] !== c + 2) continue
    } else {
      p = skipScalar(bytes, view, p)
      if (p < 0) return -1
    }
    for (;;) {
      if (depth === 0) return p
      c = bytes[p]
      if (c <= 32) {
        p = skipSpace(bytes, p)
        c = bytes[p]
      }
      const isObject = (kinds & 1) === 1
      if (c === 44) {
        p++
        if (bytes[p] <= 32) p = skipSpace(bytes, p)
        isName = isObject
        break
      }
      if (c !== (isObject ? 125 : 93)) return -1
      p++
      kinds >>>= 1
      depth--
    }
  }
}

function skipScalar(bytes: Uint8Array, view: DataView, p: number): number {
  switch (bytes[p]) {
    case 116:
      return view.getInt32(p, true) === 0x65757274 ? p + 4 : -1
    case 102:
      return view.getInt32(p + 1, true) === 0x65736c61 ? p + 5 : -1
    case 110:
      return view.getInt32(p, true) === 0x6c6c756e ? p + 4 : -1
    default:
      return skipNumber(bytes, p)
  }
}

/** Past a string whose opening quote is behind; escapes are checked, not decoded. Eight bytes a turn, as the generated scan. */
export function skipString(bytes: Uint8Array, view: DataView, p: number): number {
  for (;;) {
    const w = view.getInt32(p, true)
    const v = view.getInt32(p + 4, true)
    const a = (((w ^ 0x22222222) - 0x01010101) | ((w ^ 0x5c5c5c5c) - 0x01010101) | (w - 0x20202020)) & ~w & 0x80808080
    const b = (((v ^ 0x22222222) - 0x01010101) | ((v ^ 0x5c5c5c5c) - 0x01010101) | (v - 0x20202020)) & ~v & 0x80808080
    if ((a | b) === 0) {
      p += 8
      continue
    }
    const k = (Math.imul(a >>> 7, 0x01020408) >>> 24) | (Math.imul(b >>> 7, 0x01020408) >>> 20)
    p += 31 - Math.clz32(k & -k)
    if (bytes[p] === 34) return p + 1
    p = skipEscape(bytes, p)
    if (p < 0) return -1
  }
}

function skipEscape(bytes: Uint8Array, p: number): number {
  if (bytes[p] !== 92) return -1
  const escape = bytes[p + 1]
  if (escape !== 117) return simpleEscape(escape) >= 0 ? p + 2 : -1
  for (let i = 2; i < 6; i++) if (hexDigit(bytes[p + i]) < 0) return -1
  return p + 6
}

/** Past a number in JSON's own grammar. */
export function skipNumber(bytes: Uint8Array, p: number): number {
  if (bytes[p] === 45) p++
  if (bytes[p] === 48) p++
  else if (bytes[p] >= 49 && bytes[p] <= 57)
    do p++
    while (isDigit(bytes[p]))
  else return -1
  if (isDigit(bytes[p])) return -1
  if (bytes[p] === 46) {
    p++
    if (!isDigit(bytes[p])) return -1
    while (isDigit(bytes[p])) p++
  }
  if (bytes[p] === 101 || bytes[p] === 69) {
    p++
    if (bytes[p] === 43 || bytes[p] === 45) p++
    if (!isDigit(bytes[p])) return -1
    while (isDigit(bytes[p])) p++
  }
  return p
}

/** Past `-?digits` with no fraction or exponent behind it. */
export function skipInteger(bytes: Uint8Array, p: number): number {
  const end = skipNumber(bytes, p)
  if (end < 0) return -1
  for (let i = p; i < end; i++) if (bytes[i] !== 45 && !isDigit(bytes[i])) return -1
  return end
}

export function skipSpace(bytes: Uint8Array, p: number): number {
  while (bytes[p] === 32 || bytes[p] === 10 || bytes[p] === 13 || bytes[p] === 9) p++
  return p
}

/** A decoded string: `bytes[0 .. length)`, and where reading goes on (`next`, -1 = odd). */
export type Unescaped = { bytes: Uint8Array; length: number; next: number }

/** Decodes a string with escapes from behind its opening quote into `out`. Half surrogate pairs are odd. */
export function unescapeString(bytes: Uint8Array, p: number, end: number, out: Unescaped): void {
  if (out.bytes.length < (end - p) * 2 + 16) out.bytes = new Uint8Array((end - p) * 2 + 256)
  const target = out.bytes
  let length = 0
  out.next = -1
  for (; p < end; p++) {
    const byte = bytes[p]
    if (byte === 34) {
      out.length = length
      out.next = isUtf8(target, 0, length) ? p + 1 : -1
      return
    }
    if (byte < 32) return
    if (byte !== 92) {
      target[length++] = byte
      continue
    }
    const escape = bytes[++p]
    if (escape !== 117) {
      const plain = simpleEscape(escape)
      if (plain < 0) return
      target[length++] = plain
      continue
    }
    let code = hex4(bytes, p + 1)
    if (code < 0) return
    p += 4
    if (code >= 0xd800 && code < 0xe000) {
      const low = code < 0xdc00 && bytes[p + 1] === 92 && bytes[p + 2] === 117 ? hex4(bytes, p + 3) : -1
      if (low < 0xdc00 || low > 0xdfff) return
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
      p += 6
    }
    length = putCodePoint(target, length, code)
  }
}

function putCodePoint(target: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    target[at] = code
    return at + 1
  }
  if (code < 0x800) {
    target[at] = 0xc0 | (code >> 6)
    target[at + 1] = 0x80 | (code & 63)
    return at + 2
  }
  if (code < 0x10000) {
    target[at] = 0xe0 | (code >> 12)
    target[at + 1] = 0x80 | ((code >> 6) & 63)
    target[at + 2] = 0x80 | (code & 63)
    return at + 3
  }
  target[at] = 0xf0 | (code >> 18)
  target[at + 1] = 0x80 | ((code >> 12) & 63)
  target[at + 2] = 0x80 | ((code >> 6) & 63)
  target[at + 3] = 0x80 | (code & 63)
  return at + 4
}

/** Whether `bytes[start, end)` is UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end;) {
    const lead = bytes[i]
    if (lead < 0x80) {
      i++
      continue
    }
    const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
    if (lead < 0xc2 || lead > 0xf4 || i + size > end) return false
    for (let k = 1; k < size; k++) if ((bytes[i + k] & 0xc0) !== 0x80) return false
    const second = bytes[i + 1]
    if ((lead === 0xe0 && second < 0xa0) || (lead === 0xed && second > 0x9f)) return false
    if ((lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f)) return false
    i += size
  }
  return true
}

/** The number text of `[start, end)`, which is ASCII. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i])
  return text
}

/** Writes a BIGINT of any length at `values[row]`; false when it does not fit. */
export function storeLong(bytes: Uint8Array, start: number, end: number, values: BigInt64Array, row: number): boolean {
  const value = BigInt(asciiText(bytes, start, end))
  values[row] = value
  return values[row] === value
}

/** The unscaled decimal(precision, scale) of a number's text, half up; null when it does not fit. */
export function decimalOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  precision: number,
  scale: number,
): bigint | null {
  const parsed = parseDecimal(asciiText(bytes, start, end))
  return parsed && rescaleDecimal(parsed, precision, scale)
}

/** Days since 1970 of `yyyy-MM-dd` at p; NaN when it is anything else. */
export function isoDays(bytes: Uint8Array, p: number): number {
  for (let i = 0; i < 10; i++) if (i === 4 || i === 7 ? bytes[p + i] !== 45 : !isDigit(bytes[p + i])) return NaN
  const year = (bytes[p] - 48) * 1000 + (bytes[p + 1] - 48) * 100 + (bytes[p + 2] - 48) * 10 + bytes[p + 3] - 48
  const month = (bytes[p + 5] - 48) * 10 + bytes[p + 6] - 48
  const day = (bytes[p + 8] - 48) * 10 + bytes[p + 9] - 48
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return NaN
  return daysFromCivil(year, month, day)
}

function simpleEscape(escape: number): number {
  switch (escape) {
    case 34:
    case 47:
    case 92:
      return escape
    case 98:
      return 8
    case 102:
      return 12
    case 110:
      return 10
    case 114:
      return 13
    case 116:
      return 9
    default:
      return -1
  }
}

function hex4(bytes: Uint8Array, p: number): number {
  let code = 0
  for (let i = 0; i < 4; i++) {
    const digit = hexDigit(bytes[p + i])
    if (digit < 0) return -1
    code = code * 16 + digit
  }
  return code
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  if (byte >= 97 && byte <= 102) return byte - 87
  return byte >= 65 && byte <= 70 ? byte - 55 : -1
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}
