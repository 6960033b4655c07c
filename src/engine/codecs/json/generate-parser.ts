import type { DataType, StructType } from '../../../protocol/columns'
import { dateParser, timestampParser } from './convert-token'
import type { ListStore, MapStore, StructStore } from './column-store'
import type { ColumnStore } from './column-store'
import type { JsonReadOptions } from './json-options'
import * as scan from './scan-json'

/**
 * The fast parser of a schema: JavaScript generated for exactly these fields, over the input's bytes.
 *
 * `run(bytes, view, offsets, base, validity, from, to, shift)` parses rows `from .. to` into rows `from + shift ..` of the
 * stores and gives the first row it does not understand ("odd": escapes in names, numbers that need care, anything
 * malformed), or `to`. An odd row has written nothing that a second write of the same row does not replace.
 * Reads up to 16 bytes past a row; `progress[0]` is the row in work, for the caller's catch when a read runs off the end.
 */
export type FastParser = {
  run(
    bytes: Uint8Array,
    view: DataView,
    offsets: Int32Array,
    base: number,
    validity: Uint8Array | null,
    from: number,
    to: number,
    shift: number,
  ): number
  readonly progress: Int32Array
}

export function generateParser(schema: DataType, store: ColumnStore, options: JsonReadOptions): FastParser {
  const code = new ParserCode(options)
  const root = code.add(schema, store, false)
  const source = `'use strict'
let B = new Uint8Array(16), D = new DataView(B.buffer), E = 0
const U = { bytes: new Uint8Array(256), length: 0, next: -1 }
const progress = new Int32Array(1)
const POW10 = Float64Array.from({ length: 40 }, (_, i) => Number('1e' + i))
// The bytes of a pair of words before the nth.
const LOW = Int32Array.of(0, 255, 65535, 16777215, -1, -1, -1, -1), HIGH = Int32Array.of(0, 0, 0, 0, 0, 255, 65535, 16777215)
function ws(p) { while (B[p] === 32 || B[p] === 10 || B[p] === 13 || B[p] === 9) p++; return p }
${withLocals(code.text)}
function run(bytes, view, offsets, base, validity, from, to, shift) {
  B = bytes; D = view
  for (let r = from; r < to; r++) {
    if (validity !== null && validity[r] === 0) { n${root}(r + shift); continue }
    progress[0] = r
    let p = offsets[r] - base
    E = offsets[r + 1] - base
    if (B[p] <= 32) p = ws(p)
    if (p >= E || (B[p] !== ${schema.kind === 'array' ? 91 : 123})) return r
    p = v${root}(p, r + shift)
    if (p < 0 || p > E) return r
  }
  return to
}
return { run, progress }`
  const make = new Function('H', 'rt', 'P', source) as (
    stores: readonly ColumnStore[],
    runtime: typeof scan,
    textParsers: ParserCode['textParsers'],
  ) => FastParser
  return make(code.stores, scan, code.textParsers)
}

/** Every function reads the shared input into locals first: V8 loads a changeable outer variable anew in each turn of a loop. */
function withLocals(text: string): string {
  return text
    .replace(/\bB\b/g, 'bytes')
    .replace(/\bD\b/g, 'view')
    .replace(/\bE\b/g, 'limit')
    .replace(/^function ([^n]\w*)\((.*?)\) \{/gm, 'function $1($2) {\n  const bytes = B, view = D, limit = E;')
}

class ParserCode {
  text = ''
  readonly stores: ColumnStore[] = []
  /** Text to value, for times in unusual forms. */
  readonly textParsers: ((text: string) => unknown)[] = []
  readonly #bodies: string[] = []
  readonly #options: JsonReadOptions

  constructor(options: JsonReadOptions) {
    this.#options = options
  }

  /** Emits `v<id>(p, i)` (value at p into row i, next position or -1) and `n<id>(i)` (NULL into row i). */
  add(type: DataType, store: ColumnStore, isElement: boolean): number {
    const id = this.stores.length
    this.stores.push(store)
    this.textParsers.push(() => null)
    this.text += `const H${id} = H[${id}], P${id} = P[${id}]\n`
    // An element's row may have been NULL in an odd row that was written before.
    const valid = isElement ? `if (H${id}.hasNull) H${id}.valid[i] = 1` : ''
    switch (type.kind) {
      case 'struct':
        this.#struct(id, type, store as StructStore, isElement, valid)
        break
      case 'array':
        this.#list(id, this.add(type.elementType, (store as ListStore).child, true), valid)
        break
      case 'map':
        this.#map(id, store as MapStore, valid)
        break
      case 'string':
        this.#string(id, valid)
        break
      case 'boolean':
        this.#value(
          id,
          `const c = B[p]
  if (c === 116 && D.getInt32(p, true) === 0x65757274) { H${id}.values[i] = 1; ${valid}; return p + 4 }
  if (c === 102 && D.getInt32(p + 1, true) === 0x65736c61) { H${id}.values[i] = 0; ${valid}; return p + 5 }`,
        )
        break
      case 'byte':
        this.#integer(id, 127, valid)
        break
      case 'short':
        this.#integer(id, 32767, valid)
        break
      case 'integer':
        this.#integer(id, 2147483647, valid)
        break
      case 'long':
        this.#long(id, valid)
        break
      case 'float':
      case 'double':
        this.#floating(id, type.kind === 'float', valid)
        break
      case 'decimal':
        this.#decimal(id, type.precision, type.scale, valid)
        break
      case 'timestamp':
        this.textParsers[id] = timestampParser(this.#options)
        this.#timestamp(id, valid)
        break
      case 'date':
        this.textParsers[id] = dateParser(this.#options)
        this.#date(id, valid)
        break
      default:
        // binary, timestamp_ntz, intervals, void: the exact parser reads them.
        this.#value(id, '')
    }
    this.text += nullFunction(id, type, store, this.stores)
    return id
  }

  /** A value function: `null`, then the body, then odd. */
  #value(id: number, body: string): void {
    const whole = `if (B[p] === 110) { if (D.getInt32(p, true) !== 0x6c6c756e) return -1; n${id}(i); return p + 4 }
  ${body}
  return -1`
    this.#bodies[id] = whole
    this.text += `function v${id}(p, i) {
  ${whole}
}
`
  }

  /**
   * The statements that move p past a value into row i, within a function that gives -1 for odd: the value function's body in place,
   * for a call costs as much as a short string; a call when the body is long.
   */
  #take(id: number): string {
    const body = this.#bodies[id]
    if (body.length > MAX_IN_PLACE)
      return `p = v${id}(p, i)
    if (p < 0) return -1`
    const inPlace = body.replace(/\breturn (?!-1\b)([^;\n}]+)/g, `{ p = $1; if (p < 0) return -1; break V${id} }`)
    return `V${id}: {
  ${inPlace}
  }`
  }

  #struct(id: number, type: StructType, store: StructStore, isElement: boolean, valid: string): void {
    const children = type.fields.map((field, i) => this.add(field.type, store.children[i], isElement))
    const masks = Math.ceil(children.length / 30)
    const names = type.fields.map((field) => new TextEncoder().encode(JSON.stringify(field.name)))
    // Names that need an escape, and names that occur twice, are for the exact parser.
    const isOdd = type.fields.some(
      (field, i) => names[i].includes(92) || type.fields.findIndex((other) => other.name === field.name) !== i,
    )
    const bit = (i: number) => `m${Math.floor(i / 30)}`
    const flag = (i: number) => 1 << (i % 30)
    const expected = type.fields.map((_, i) => {
      const literal = [...names[i], 58]
      return `case ${i}: if (${wordsMatch(literal)}) { k = ${i}; p += ${literal.length} } break;`
    })
    const found = type.fields.map(
      (_, i) => `if (L === ${names[i].length} && ${wordsMatch([...names[i]])}) k = ${i}; else `,
    )
    const take = children.map(
      (child, i) =>
        `case ${i}: if (${bit(i)} & ${flag(i)}) return -1; ${bit(i)} |= ${flag(i)}; p = v${child}(p, i); break;`,
    )
    // Most objects have their fields in the schema's order: no search and no switch then.
    const inOrder = children.slice(0, MAX_IN_ORDER).map((child, i) => {
      const literal = [...names[i], 58]
      return `${skipUnknown(id, i, wordsMatch(literal))}
    p += ${literal.length}
    if (B[p] <= 32) p = ws(p)
    ${this.#take(child)}
    ${bit(i)} |= ${flag(i)}
    f = ${i + 1}
    if (B[p] <= 32) p = ws(p)
    if (B[p] === 125) { p++; isOpen = false; break T${id} }
    if (B[p] !== 44) return -1
    p++`
    })
    if (children.length <= MAX_IN_ORDER) inOrder.push(skipUnknown(id, children.length, 'false'))
    const missing = range(masks).map((m) => {
      const members = children.filter((_, i) => Math.floor(i / 30) === m)
      const all = members.length === 30 ? 0x3fffffff : (1 << members.length) - 1
      return `if (m${m} !== ${all}) { ${members.map((child, j) => `if ((m${m} & ${1 << j}) === 0) n${child}(i);`).join(' ')} }`
    })
    this.#value(
      id,
      isOdd
        ? ''
        : `if (B[p] !== 123) return -1
  ${range(masks)
    .map((m) => `let m${m} = 0`)
    .join('; ')}
  let f = 0
  p++
  if (B[p] <= 32) p = ws(p)
  let isOpen = true
  if (B[p] === 125) { p++; isOpen = false }
  else T${id}: {
    ${inOrder.join('\n    ')}
  }
  if (isOpen && B[p] <= 32) p = ws(p)
  if (isOpen && B[p] !== 34) return -1
  while (isOpen) {
    let k = -1
    switch (f) { ${expected.join('\n      ')} }
    if (k < 0) {
      if (B[p] !== 34) return -1
      const q = rt.skipString(B, D, p + 1)
      if (q < 0) return -1
      const L = q - p
      ${found.join('')} if (k${id}(p, q)) return -1
      p = q
      if (B[p] <= 32) p = ws(p)
      if (B[p] !== 58) return -1
      p++
    }
    if (B[p] <= 32) p = ws(p)
    switch (k) {
      ${take.join('\n      ')}
      default: p = rt.skipValue(B, D, p)
    }
    if (p < 0) return -1
    f = k + 1
    if (B[p] === 44 && B[p + 1] === 34) { p++; continue }
    if (B[p] <= 32) p = ws(p)
    const c = B[p++]
    if (c === 125) break
    if (c !== 44) return -1
    if (B[p] <= 32) p = ws(p)
    if (B[p] !== 34) return -1
  }
  ${missing.join('\n  ')}
  ${valid}
  return p`,
    )
    if (!isOdd) this.text += unknownMembers(id, Math.min(children.length, MAX_IN_ORDER), found.join(''))
  }

  #list(id: number, child: number, valid: string): void {
    this.#value(
      id,
      `if (B[p] !== 91) return -1
  const C = H${child}
  let j = H${id}.offsets[i]
  p++
  if (B[p] <= 32) p = ws(p)
  if (B[p] === 93) p++
  else for (;;) {
    if (j >= C.capacity) C.grow(j * 2)
    { const i = j++
    ${this.#take(child)} }
    if (B[p] <= 32) p = ws(p)
    const c = B[p++]
    if (c === 93) break
    if (c !== 44) return -1
    if (B[p] <= 32) p = ws(p)
  }
  H${id}.offsets[i + 1] = j
  ${valid}
  return p`,
    )
  }

  #map(id: number, store: MapStore, valid: string): void {
    const keys = this.add(store.type.keyType, store.keys, true)
    const child = this.add(store.type.valueType, store.child, true)
    this.#value(
      id,
      `if (B[p] !== 123) return -1
  const C = H${child}
  let j = H${id}.offsets[i]
  p++
  if (B[p] <= 32) p = ws(p)
  if (B[p] === 125) p++
  else for (;;) {
    if (j >= C.capacity) { H${keys}.grow(j * 2); C.grow(j * 2) }
    if (B[p] !== 34) return -1
    p = v${keys}(p, j)
    if (p < 0) return -1
    if (B[p] <= 32) p = ws(p)
    if (B[p] !== 58) return -1
    p++
    if (B[p] <= 32) p = ws(p)
    p = v${child}(p, j++)
    if (p < 0) return -1
    if (B[p] <= 32) p = ws(p)
    const c = B[p++]
    if (c === 125) break
    if (c !== 44) return -1
    if (B[p] <= 32) p = ws(p)
  }
  H${id}.offsets[i + 1] = j
  ${valid}
  return p`,
    )
  }

  #string(id: number, valid: string): void {
    this.#value(
      id,
      `if (B[p] !== 34) return x${id}(p, i)
  const T = H${id}, s = ++p
  if (!T.isDictionary) return s${id}(p, i)
  let h = 0, na = 0
  for (;;) {
    ${HIT}
    if ((a | b) === 0) {
      if (p > E) return -1
      h = Math.imul(h ^ w, 0x9e3779b1) ^ Math.imul(v, 0x85ebca6b)
      h ^= h >>> 15
      na |= w | v; p += 8
      continue
    }
    ${HIT_AT}
    const low = w & LOW[n], high = v & HIGH[n]
    na |= low | high
    p += n
    if (B[p] !== 34) return B[p] === 92 ? e${id}(s, i) : -1
    const L = p - s
    h = Math.imul(h ^ low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)
    h ^= h >>> 15
    h = Math.imul(h ^ L, 0x85ebca6b)
    h ^= h >>> 13
    const mask = T.slotMask, slots = T.slots, words = T.entryWords
    let slot = h & mask
    for (;;) {
      const at = slot << 2
      let code = slots[at + 1]
      if (code < 0) {
        if (p >= E || ((na & 0x80808080) !== 0 && !rt.isUtf8(B, s, p))) return -1
        code = T.addEntry(h, slot, B, s, L)
      } else if (slots[at] !== h || slots[at + 2] !== L) { slot = (slot + 1) & mask; continue }
      else {
        let q = s, e = slots[at + 3]
        const end = p - n
        while (q < end && D.getInt32(q, true) === words[e] && D.getInt32(q + 4, true) === words[e + 1]) { q += 8; e += 2 }
        if (q < end || words[e] !== low || words[e + 1] !== high) { slot = (slot + 1) & mask; continue }
      }
      T.codes[i] = code
      ${valid}
      return p + 1
    }
  }`,
    )
    this.text += `function s${id}(p, i) {
  const T = H${id}, s = p
  let o = T.offsets[i]
  if (o + E - p + 16 > T.bytes.length) T.growBytes(o + E - p + 16)
  const out = T.view
  let na = 0
  for (;;) {
    ${HIT}
    if ((a | b) === 0) {
      if (p > E) return -1
      out.setInt32(o, w, true)
      out.setInt32(o + 4, v, true)
      na |= w | v; p += 8; o += 8
      continue
    }
    ${HIT_AT}
    if (p + n >= E) return -1
    out.setInt32(o, w, true)
    out.setInt32(o + 4, v, true)
    na |= (w & LOW[n]) | (v & HIGH[n])
    p += n
    if (B[p] !== 34) return B[p] === 92 ? e${id}(s, i) : -1
    if ((na & 0x80808080) !== 0 && !rt.isUtf8(B, s, p)) return -1
    T.offsets[i + 1] = o + n
    ${valid}
    return p + 1
  }
}
function e${id}(s, i) {
  rt.unescapeString(B, s, E, U)
  if (U.next < 0) return -1
  H${id}.writeBytes(i, U.bytes, 0, U.length)
  ${valid}
  return U.next
}
function x${id}(p, i) {
  const q = B[p] === 116 || B[p] === 102 ? rt.skipValue(B, D, p) : rt.skipInteger(B, p)
  if (q < 0 || q > E || (q === p + 2 && B[p] === 45 && B[p + 1] === 48)) return -1
  H${id}.writeBytes(i, B, p, q)
  ${valid}
  return q
}
`
  }

  #integer(id: number, max: number, valid: string): void {
    this.#value(
      id,
      `${DIGITS}
  if (n === 0 || n > 10 || c === 46 || c === 101 || c === 69 || v > ${max}) return -1
  H${id}.values[i] = neg ? -v : v
  ${valid}
  return p`,
    )
  }

  #long(id: number, valid: string): void {
    this.#value(
      id,
      `${DIGITS}
  if (n === 0 || c === 46 || c === 101 || c === 69) return -1
  if (n > 15) { if (!rt.storeLong(B, start, p, H${id}.values, i)) return -1 }
  else {
    const W = H${id}.words
    if (neg) v = -v
    const high = Math.floor(v / 4294967296)
    W[i + i] = v - high * 4294967296
    W[i + i + 1] = high
  }
  ${valid}
  return p`,
    )
  }

  #floating(id: number, isFloat: boolean, valid: string): void {
    this.#value(
      id,
      `${DIGITS}
  if (n === 0) return -1
  ${FRACTION}
  if (c === 101 || c === 69 || n > 15 || f > 22) {
    p = rt.skipNumber(B, start)
    if (p < 0) return -1
    v = Number(rt.asciiText(B, start, p))
    if (p - start < 24 && f === 0 && c !== 101 && c !== 69) v += 0
  } else {
    if (f > 0) v /= POW10[f]
    if (neg) v = f > 0 || v !== 0 ? -v : 0
  }
  H${id}.values[i] = ${isFloat ? 'Math.fround(v)' : 'v'}
  ${valid}
  return p`,
    )
  }

  #decimal(id: number, precision: number, scale: number, valid: string): void {
    const isWide = precision > 18
    this.#value(
      id,
      `${DIGITS}
  if (n === 0) return -1
  ${FRACTION}
  ${
    isWide
      ? ''
      : `if (n <= 15 && f <= ${scale} && c !== 101 && c !== 69) {
    v *= POW10[${scale} - f]
    if (v < ${Math.min(10 ** precision, 2 ** 53)}) {
      const W = H${id}.words
      if (neg) v = -v
      const high = Math.floor(v / 4294967296)
      W[i + i] = v - high * 4294967296
      W[i + i + 1] = high
      ${valid}
      return p
    }
  }`
  }
  p = rt.skipNumber(B, start)
  if (p < 0) return -1
  const big = rt.decimalOf(B, start, p, ${precision}, ${scale})
  if (big === null) return -1
  H${id}.write(i, big)
  return p`,
    )
  }

  #timestamp(id: number, valid: string): void {
    const isIso = this.#options.timestampFormat === null
    // Texts without a zone are in the session zone: only UTC is as simple as this.
    const isUtc = ['UTC', 'Etc/UTC', 'Z', 'GMT'].includes(this.#options.timeZone)
    this.#value(id, `if (B[p] === 34) return ${isIso ? `t${id}(p + 1, i)` : `u${id}(p + 1, i)`}`)
    this.text += `const dates${id} = new Int32Array(3), days${id} = new Float64Array([NaN])
function u${id}(s, i) {
  let p = s
  while (B[p] >= 32 && B[p] < 127 && B[p] !== 34 && B[p] !== 92) p++
  if (B[p] !== 34 || p >= E) return -1
  const micros = P${id}(rt.asciiText(B, s, p))
  if (micros === null) return -1
  H${id}.values[i] = micros
  ${valid}
  return p + 1
}
`
    if (!isIso) return
    this.text += `function t${id}(s, i) {
  let p = s
  const a = D.getInt32(p, true), b = D.getInt32(p + 4, true), e = D.getInt16(p + 8, true)
  if (a !== dates${id}[0] || b !== dates${id}[1] || e !== dates${id}[2] || days${id}[0] !== days${id}[0]) {
    const days = rt.isoDays(B, p)
    if (days !== days) return u${id}(s, i)
    dates${id}[0] = a; dates${id}[1] = b; dates${id}[2] = e
    days${id}[0] = days
  }
  p += 10
  if (B[p] !== 84 && B[p] !== 32) return u${id}(s, i)
  const x = D.getInt32(p + 1, true) ^ 0x303a3030, y = D.getInt32(p + 5, true) ^ 0x30303a30
  if (((x | (x + 0x06000606)) & 0xf0fff0f0) !== 0 || ((y | (y + 0x06060006)) & 0xf0f0fff0) !== 0) return u${id}(s, i)
  const hour = (x & 15) * 10 + ((x >>> 8) & 15)
  const minute = ((x >>> 24) & 15) * 10 + (y & 15)
  const second = ((y >>> 16) & 15) * 10 + ((y >>> 24) & 15)
  if (hour > 23 || minute > 59 || second > 59) return -1
  p += 9
  let micros = 0
  if (B[p] === 46) {
    p++
    let unit = 100000, digit = B[p] - 48
    while (digit >= 0 && digit <= 9) {
      if (unit < 1) return u${id}(s, i)
      micros += digit * unit
      unit = unit > 1 ? unit / 10 : 0
      digit = B[++p] - 48
    }
  }
  if (B[p] === 90) p++
  else if (${isUtc ? 'B[p] !== 34' : 'true'}) return u${id}(s, i)
  if (B[p] !== 34 || p >= E) return u${id}(s, i)
  const t = days${id}[0] * 86400000000 + (hour * 3600 + minute * 60 + second) * 1000000 + micros
  if (t > 9007199254740991 || t < -9007199254740991) return u${id}(s, i)
  const high = Math.floor(t / 4294967296), W = H${id}.words
  W[i + i] = t - high * 4294967296
  W[i + i + 1] = high
  ${valid}
  return p + 1
}
`
  }

  #date(id: number, valid: string): void {
    const isIso = this.#options.dateFormat === null
    this.#value(
      id,
      `if (B[p] !== 34) return -1
  const s = p + 1
  ${
    isIso
      ? `if (B[s + 10] === 34 && s + 10 < E) {
    const days = rt.isoDays(B, s)
    if (days === days) { H${id}.values[i] = days; ${valid}; return s + 11 }
  }`
      : ''
  }
  p = s
  while (B[p] >= 32 && B[p] < 127 && B[p] !== 34 && B[p] !== 92) p++
  if (B[p] !== 34 || p >= E) return -1
  const days = P${id}(rt.asciiText(B, s, p))
  if (days === null) return -1
  H${id}.values[i] = days
  ${valid}
  return p + 1`,
    )
  }
}

/** Unknown members between two fields that are remembered, and the bytes of such a name with its quotes and colon. */
const MAX_UNKNOWN = 8
const MAX_UNKNOWN_BYTES = 64

/** Past the unknown members at p until the field that \`test\` finds; leaves the block T at the object's end and at what is not so simple. */
function skipUnknown(id: number, field: number, test: string): string {
  return `for (let j = 0; !(${test}); j++) {
      if (B[p] <= 32) p = ws(p)
      if (${test}) break
      if (j === ${MAX_UNKNOWN}) break T${id}
      const q = g${id}(p, ${field * MAX_UNKNOWN} + j)
      if (q === 0) break T${id}
      if (q === -1) return -1
      if (q < 0) { p = ~q; isOpen = false; break T${id} }
      p = q
    }`
}

/**
 * `g(p, u)`: past the unknown member whose name is at p: the next name's position, 0 when the name is known or odd, -1 when the value
 * is odd, the complement of the position behind the object when it ends there. A stream's objects mostly have the same unknown
 * names at the same places: the one last seen at place u is compared first, and is known to be unknown.
 */
function unknownMembers(id: number, numFields: number, found: string): string {
  const numPlaces = (numFields + 1) * MAX_UNKNOWN
  return `const Q${id} = new Int32Array(${numPlaces}), N${id} = new Uint8Array(${numPlaces * MAX_UNKNOWN_BYTES}), O${id} = new DataView(N${id}.buffer)
function g${id}(p, u) {
  const size = Q${id}[u], end = p + size - 4
  let q = p, o = u * ${MAX_UNKNOWN_BYTES}
  while (q < end && D.getInt32(q, true) === O${id}.getInt32(o, true)) { q += 4; o += 4 }
  if (size !== 0 && q >= end && D.getInt32(end, true) === O${id}.getInt32(o + end - q, true)) p += size
  else {
    p = l${id}(p, u)
    if (p <= 0) return 0
  }
  if (B[p] <= 32) p = ws(p)
  p = rt.skipValue(B, D, p)
  if (p < 0) return -1
  if (B[p] <= 32) p = ws(p)
  if (B[p] === 44) return p + 1
  return B[p] === 125 ? ~(p + 1) : -1
}
function l${id}(p, u) {
  if (B[p] !== 34) return 0
  const q = rt.skipString(B, D, p + 1)
  if (q < 0) return 0
  let k = -1
  const L = q - p
  ${found}if (k${id}(p, q)) return 0
  if (k >= 0) return 0
  const at = ws(q)
  if (B[at] !== 58) return 0
  const size = at + 1 - p
  if (size >= 4 && size <= ${MAX_UNKNOWN_BYTES}) {
    Q${id}[u] = size
    for (let i = 0; i < size; i++) N${id}[u * ${MAX_UNKNOWN_BYTES} + i] = B[p + i]
  }
  return at + 1
}
// An unknown name with an escape might be a known one.
function k${id}(p, q) { while (p < q) if (B[p++] === 92) return true; return false }
`
}

/**
 * Characters of a value's code that may stand where the value is wanted: strings and small structs. A whole record in one function
 * is a twentieth faster once warm, but takes the optimiser so long that the first 40,000 rows cost half as much again.
 */
const MAX_IN_PLACE = 6000

/** Fields that get straight-line code; more would only make a function too large to optimise. */
const MAX_IN_ORDER = 40

/**
 * Words w and v, the eight bytes at p: a and b mark in their top bits the quotes, backslashes and control characters, exactly
 * up to the first one.
 */
const HIT = `const w = D.getInt32(p, true), v = D.getInt32(p + 4, true)
    const a = (((w ^ 0x22222222) - 0x01010101) | ((w ^ 0x5c5c5c5c) - 0x01010101) | (w - 0x20202020)) & ~w & 0x80808080
    const b = (((v ^ 0x22222222) - 0x01010101) | ((v ^ 0x5c5c5c5c) - 0x01010101) | (v - 0x20202020)) & ~v & 0x80808080`

/** n: which of the eight bytes is the first one marked; a product moves the marks together, for a branch would often be missed. */
const HIT_AT = `const k = (Math.imul(a >>> 7, 0x01020408) >>> 24) | (Math.imul(b >>> 7, 0x01020408) >>> 20)
    const n = 31 - Math.clz32(k & -k)`

/** Digits at p: v their value (exact up to 15), n their count, c the byte behind, neg the sign; leading zeros are odd. */
const DIGITS = `const start = p
  let c = B[p], neg = false, v = 0, n = 0
  if (c === 45) { neg = true; c = B[++p] }
  if (c === 48 && B[p + 1] >= 48 && B[p + 1] <= 57) return -1
  while (c >= 48 && c <= 57) { v = v * 10 + (c - 48); n++; c = B[++p] }`

/** Goes on behind a decimal point: f digits more in v. */
const FRACTION = `let f = 0
  if (c === 46) {
    c = B[++p]
    while (c >= 48 && c <= 57) { v = v * 10 + (c - 48); n++; f++; c = B[++p] }
    if (f === 0) return -1
  }`

function nullFunction(id: number, type: DataType, store: ColumnStore, stores: readonly ColumnStore[]): string {
  const mark = `H${id}.markNull(i)`
  switch (type.kind) {
    case 'struct': {
      const children = (store as StructStore).children.map((child) => `n${stores.indexOf(child)}(i)`)
      return `function n${id}(i) { ${[mark, ...children].join('; ')} }\n`
    }
    case 'array':
    case 'map':
      return `function n${id}(i) { ${mark}; H${id}.offsets[i + 1] = H${id}.offsets[i] }\n`
    case 'string':
    case 'binary':
      return `function n${id}(i) { H${id}.writeNull(i) }\n`
    default:
      return `function n${id}(i) { ${mark} }\n`
  }
}

/** Comparison of the bytes at p with a literal, word by word, the last word overlapping. */
function wordsMatch(literal: readonly number[]): string {
  const view = new DataView(Uint8Array.from(literal).buffer)
  const tests: string[] = []
  if (literal.length < 4) return literal.map((byte, i) => `B[p + ${i}] === ${byte}`).join(' && ')
  for (let at = 0; at < literal.length; at += 4) {
    const start = Math.min(at, literal.length - 4)
    tests.push(`D.getInt32(p + ${start}, true) === ${view.getInt32(start, true)}`)
  }
  return tests.join(' && ')
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}
