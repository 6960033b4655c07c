/** Murmur3 (32 bits) and xxHash64 as Spark's hash() and xxhash64() use them, MD5, SHA and CRC-32. */

const mixK = (k: number) => {
  const a = Math.imul(k, 0xcc9e2d51)
  return Math.imul((a << 15) | (a >>> 17), 0x1b873593)
}
const mixH = (h: number, k: number) => {
  const a = h ^ k
  return (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0
}
const finish = (h: number, length: number) => {
  let a = h ^ length
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b)
  a = Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
  return a ^ (a >>> 16)
}

export function murmurInt(value: number, seed: number): number {
  return finish(mixH(seed, mixK(value)), 4)
}

export function murmurLong(value: bigint, seed: number): number {
  const low = Number(BigInt.asIntN(32, value))
  const high = Number(BigInt.asIntN(32, value >> 32n))
  return finish(mixH(mixH(seed, mixK(low)), mixK(high)), 8)
}

/** Spark's own form: the tail goes byte by byte, each sign extended. */
export function murmurUnsafeBytes(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const aligned = bytes.length - (bytes.length % 4)
  let h = seed
  for (let i = 0; i < aligned; i += 4) h = mixH(h, mixK(view.getInt32(i, true)))
  for (let i = aligned; i < bytes.length; i++) h = mixH(h, mixK(view.getInt8(i)))
  return finish(h, bytes.length)
}

/** The standard form: the tail is one word. */
export function murmurBytes(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const aligned = bytes.length - (bytes.length % 4)
  let h = seed
  for (let i = 0; i < aligned; i += 4) h = mixH(h, mixK(view.getInt32(i, true)))
  let tail = 0
  for (let i = aligned, shift = 0; i < bytes.length; i++, shift += 8) tail ^= bytes[i] << shift
  if (bytes.length > aligned) h ^= mixK(tail)
  return finish(h, bytes.length)
}

const P1 = 0x9e3779b185ebca87n
const P2 = 0xc2b2ae3d27d4eb4fn
const P3 = 0x165667b19e3779f9n
const P4 = 0x85ebca77c2b2ae63n
const P5 = 0x27d4eb2f165667c5n
const u64 = (x: bigint) => BigInt.asUintN(64, x)
const rotl = (x: bigint, n: bigint) => u64((x << n) | (u64(x) >> (64n - n)))

function avalanche(h: bigint): bigint {
  let x = u64(h)
  x = u64((x ^ (x >> 33n)) * P2)
  x = u64((x ^ (x >> 29n)) * P3)
  return BigInt.asIntN(64, x ^ (x >> 32n))
}

const lane = (acc: bigint, word: bigint) => u64(rotl(u64(acc + word * P2), 31n) * P1)

export function xxInt(value: number, seed: bigint): bigint {
  let h = u64(seed + P5 + 4n)
  h = u64(rotl(u64(h ^ u64(BigInt(value >>> 0) * P1)), 23n) * P2 + P3)
  return avalanche(h)
}

export function xxLong(value: bigint, seed: bigint): bigint {
  let h = u64(seed + P5 + 8n)
  h = u64(rotl(u64(h ^ lane(0n, u64(value))), 27n) * P1 + P4)
  return avalanche(h)
}

export function xxBytes(bytes: Uint8Array, seed: bigint): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const { length } = bytes
  let at = 0
  let h: bigint
  if (length >= 32) {
    let [a, b, c, d] = [u64(seed + P1 + P2), u64(seed + P2), u64(seed), u64(seed - P1)]
    for (; at + 32 <= length; at += 32) {
      a = lane(a, view.getBigUint64(at, true))
      b = lane(b, view.getBigUint64(at + 8, true))
      c = lane(c, view.getBigUint64(at + 16, true))
      d = lane(d, view.getBigUint64(at + 24, true))
    }
    h = u64(rotl(a, 1n) + rotl(b, 7n) + rotl(c, 12n) + rotl(d, 18n))
    for (const x of [a, b, c, d]) h = u64((h ^ lane(0n, x)) * P1 + P4)
  } else h = u64(seed + P5)
  h = u64(h + BigInt(length))
  for (; at + 8 <= length; at += 8) h = u64(rotl(u64(h ^ lane(0n, view.getBigUint64(at, true))), 27n) * P1 + P4)
  if (at + 4 <= length) {
    h = u64(rotl(u64(h ^ u64(BigInt(view.getUint32(at, true)) * P1)), 23n) * P2 + P3)
    at += 4
  }
  for (; at < length; at++) h = u64(rotl(u64(h ^ u64(BigInt(bytes[at]) * P5)), 11n) * P1)
  return avalanche(h)
}

let crcTable: Int32Array | null = null

export function crc32(bytes: Uint8Array): bigint {
  crcTable ??= Int32Array.from({ length: 256 }, (_, n) => {
    let c = n
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
    return c
  })
  let crc = -1
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 255] ^ (crc >>> 8)
  return BigInt((crc ^ -1) >>> 0)
}

const toHex = (bytes: Iterable<number>) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Message with 0x80, zeros, and its bit length in the last 8 (or 16) bytes. */
function padded(bytes: Uint8Array, block: number, lengthBytes: number, littleEndian: boolean): DataView {
  const size = Math.ceil((bytes.length + 1 + lengthBytes) / block) * block
  const out = new Uint8Array(size)
  out.set(bytes)
  out[bytes.length] = 0x80
  const view = new DataView(out.buffer)
  const bits = BigInt(bytes.length) * 8n
  view.setBigUint64(size - 8, bits, littleEndian)
  return view
}

const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]

export function md5(bytes: Uint8Array): string {
  const view = padded(bytes, 64, 8, true)
  let [a0, b0, c0, d0] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476]
  for (let start = 0; start < view.byteLength; start += 64) {
    let [a, b, c, d] = [a0, b0, c0, d0]
    for (let i = 0; i < 64; i++) {
      const round = i >> 4
      const f =
        round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d)
      const word = round === 0 ? i : round === 1 ? (5 * i + 1) % 16 : round === 2 ? (3 * i + 5) % 16 : (7 * i) % 16
      const k = Math.floor(Math.abs(Math.sin(i + 1)) * 4294967296) | 0
      const sum = (a + f + k + view.getInt32(start + word * 4, true)) | 0
      const shift = MD5_SHIFTS[round * 4 + (i % 4)]
      ;[a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0]
    }
    ;[a0, b0, c0, d0] = [(a0 + a) | 0, (b0 + b) | 0, (c0 + c) | 0, (d0 + d) | 0]
  }
  const out = new DataView(new ArrayBuffer(16))
  ;[a0, b0, c0, d0].forEach((word, i) => out.setInt32(i * 4, word, true))
  return toHex(new Uint8Array(out.buffer))
}

export function sha1(bytes: Uint8Array): string {
  const view = padded(bytes, 64, 8, false)
  const h = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0]
  const w = new Int32Array(80)
  const rot = (x: number, n: number) => (x << n) | (x >>> (32 - n))
  for (let start = 0; start < view.byteLength; start += 64) {
    for (let i = 0; i < 80; i++)
      w[i] = i < 16 ? view.getInt32(start + i * 4) : rot(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1)
    let [a, b, c, d, e] = h as [number, number, number, number, number]
    for (let i = 0; i < 80; i++) {
      const [f, k] =
        i < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : i < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : i < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6]
      const next = (rot(a, 5) + f + e + k + w[i]) | 0
      ;[e, d, c, b, a] = [d, c, rot(b, 30), a, next]
    }
    ;[a, b, c, d, e].forEach((x, i) => (h[i] = (h[i] + x) | 0))
  }
  return h.map((x) => (x >>> 0).toString(16).padStart(8, '0')).join('')
}

/** SHA-2 by definition: constants are fractional bits of roots of the first primes. */
export function sha2(bytes: Uint8Array, bits: number): string | null {
  const size = bits === 0 ? 256 : bits
  if (![224, 256, 384, 512].includes(size)) return null
  return size <= 256 ? sha2Words(bytes, size, 32n, 64, 64, SHA256) : sha2Words(bytes, size, 64n, 80, 128, SHA512)
}

type Sigmas = { readonly s0: Rot; readonly s1: Rot; readonly S0: Rot; readonly S1: Rot }
type Rot = readonly [bigint, bigint, bigint]
const SHA256: Sigmas = { s0: [7n, 18n, 3n], s1: [17n, 19n, 10n], S0: [2n, 13n, 22n], S1: [6n, 11n, 25n] }
const SHA512: Sigmas = { s0: [1n, 8n, 7n], s1: [19n, 61n, 6n], S0: [28n, 34n, 39n], S1: [14n, 18n, 41n] }

const SHA224_START = [
  0xc1059ed8n,
  0x367cd507n,
  0x3070dd17n,
  0xf70e5939n,
  0xffc00b31n,
  0x68581511n,
  0x64f98fa7n,
  0xbefa4fa4n,
]

function sha2Words(
  bytes: Uint8Array,
  size: number,
  width: bigint,
  rounds: number,
  block: number,
  sigmas: Sigmas,
): string {
  const mask = (x: bigint) => BigInt.asUintN(Number(width), x)
  const rotr = (x: bigint, n: bigint) => mask((x >> n) | (x << (width - n)))
  const big = (x: bigint, [a, b, c]: Rot) => rotr(x, a) ^ rotr(x, b) ^ rotr(x, c)
  const small = (x: bigint, [a, b, c]: Rot) => rotr(x, a) ^ rotr(x, b) ^ (x >> c)
  const primes = firstPrimes(rounds)
  const k = primes.map((p) => mask(rootBits(p, 3n, width)))
  const h =
    size === 224
      ? [...SHA224_START]
      : (size === 384 ? firstPrimes(16).slice(8) : primes.slice(0, 8)).map((p) => mask(rootBits(p, 2n, width)))
  const view = padded(bytes, block, block === 64 ? 8 : 16, false)
  for (let start = 0; start < view.byteLength; start += block) {
    const w: bigint[] = []
    for (let i = 0; i < rounds; i++) {
      if (i < 16) w.push(width === 32n ? BigInt(view.getUint32(start + i * 4)) : view.getBigUint64(start + i * 8))
      else w.push(mask(w[i - 16] + small(w[i - 15], sigmas.s0) + w[i - 7] + small(w[i - 2], sigmas.s1)))
    }
    let [a, b, c, d, e, f, g, hh] = h as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]
    for (let i = 0; i < rounds; i++) {
      const t1 = mask(hh + big(e, sigmas.S1) + ((e & f) ^ (mask(~e) & g)) + k[i] + w[i])
      const t2 = mask(big(a, sigmas.S0) + ((a & b) ^ (a & c) ^ (b & c)))
      ;[hh, g, f, e, d, c, b, a] = [g, f, e, mask(d + t1), c, b, a, mask(t1 + t2)]
    }
    ;[a, b, c, d, e, f, g, hh].forEach((x, i) => (h[i] = mask(h[i] + x)))
  }
  return h
    .map((x) => x.toString(16).padStart(Number(width) / 4, '0'))
    .join('')
    .slice(0, size / 4)
}

const primeCache: bigint[] = []

function firstPrimes(count: number): bigint[] {
  for (let n = primeCache.at(-1) ?? 1n; primeCache.length < count;) {
    n++
    if (primeCache.every((p) => n % p !== 0n)) primeCache.push(n)
  }
  return primeCache.slice(0, count)
}

/** The first `width` bits after the point of the root of a prime. */
function rootBits(prime: bigint, degree: bigint, width: bigint): bigint {
  const target = prime << (width * degree)
  let [low, high] = [0n, 1n << (width + 10n)]
  while (high - low > 1n) {
    const middle = (low + high) >> 1n
    if (middle ** degree <= target) low = middle
    else high = middle
  }
  return low
}
