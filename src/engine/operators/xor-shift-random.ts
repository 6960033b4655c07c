/**
 * Spark's XORShiftRandom for one partition: doubles in `[0, 1)` from a 64-bit seed, so that a seeded sample of one partition
 * picks the rows Spark picks.
 */
export function xorShiftRandom(initialSeed: bigint): () => number {
  let seed = hashSeed(initialSeed)
  const next = (bits: bigint): bigint => {
    let value = seed ^ BigInt.asIntN(64, seed << 21n)
    value ^= BigInt.asUintN(64, value) >> 35n
    value = BigInt.asIntN(64, value ^ (value << 4n))
    seed = value
    return value & ((1n << bits) - 1n)
  }
  return () => {
    const high = next(26n)
    return Number((high << 27n) + next(27n)) * 2 ** -53
  }
}

const ARRAY_SEED = 0x3c074a61

/** The seed's bytes (big endian) through Murmur3, twice: low word from the first hash, high word from hashing with it. */
function hashSeed(seed: bigint): bigint {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, seed)
  const low = murmur3(bytes, ARRAY_SEED)
  const high = murmur3(bytes, low)
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0))
}

/** Murmur3 x86 32 over whole little-endian words (8 bytes here). */
function murmur3(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer)
  let hash = seed | 0
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    let k = Math.imul(view.getInt32(at, true), 0xcc9e2d51)
    k = (k << 15) | (k >>> 17)
    hash ^= Math.imul(k, 0x1b873593)
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  hash ^= bytes.length
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
