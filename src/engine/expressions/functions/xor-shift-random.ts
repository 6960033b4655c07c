import { murmurBytes } from './hash-kernels'

export type RandomStream = {
  /** A double in `[0, 1)`. */
  readonly next: () => number
  /** A double of the standard normal distribution. */
  readonly gaussian: () => number
}

/**
 * Spark's XORShiftRandom of one partition: what rand(), randn() and a sample draw from, so that the same seed over the same rows
 * gives what Spark gives.
 */
export function xorShiftRandom(seed: bigint): RandomStream {
  let state = hashSeed(seed)
  const bits = (count: bigint): number => {
    let value = state ^ BigInt.asIntN(64, state << 21n)
    value ^= BigInt.asUintN(64, value) >> 35n
    value = BigInt.asIntN(64, value ^ (value << 4n))
    state = value
    return Number(value & ((1n << count) - 1n))
  }
  const next = () => (bits(26n) * 2 ** 27 + bits(27n)) * 2 ** -53
  let spare: number | null = null
  return {
    next,
    gaussian() {
      if (spare !== null) {
        const value = spare
        spare = null
        return value
      }
      for (;;) {
        const [a, b] = [2 * next() - 1, 2 * next() - 1]
        const s = a * a + b * b
        if (s >= 1 || s === 0) continue
        const factor = Math.sqrt((-2 * Math.log(s)) / s)
        spare = b * factor
        return a * factor
      }
    },
  }
}

const ARRAY_SEED = 0x3c074a61

/** The seed's bytes (big endian) through Murmur3, twice: low word from the first hash, high word from hashing with it. */
function hashSeed(seed: bigint): bigint {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, seed)
  const low = murmurBytes(bytes, ARRAY_SEED)
  const high = murmurBytes(bytes, low)
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0))
}
