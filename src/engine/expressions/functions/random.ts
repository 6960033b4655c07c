/** XORShift over two 32-bit halves, seeded by a hash of the seed: Spark's generator of rand() and randn(). */
import { murmurBytes } from './hash-kernels'

export type RandomStream = { next(): number; gaussian(): number }

export function javaRandom(seed: bigint): RandomStream {
  let state = hashSeed(seed)
  const bits = (count: number): number => {
    let x = state ^ BigInt.asIntN(64, state << 21n)
    x ^= BigInt.asUintN(64, x) >> 35n
    x = BigInt.asIntN(64, x)
    x ^= BigInt.asIntN(64, x << 4n)
    state = BigInt.asIntN(64, x)
    return Number(BigInt.asIntN(32, state & ((1n << BigInt(count)) - 1n)))
  }
  const next = () => (bits(26) * 134_217_728 + bits(27)) / 9_007_199_254_740_992
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

function hashSeed(seed: bigint): bigint {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, seed)
  const low = murmurBytes(bytes, 0x3c074a61)
  const high = murmurBytes(bytes, low)
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0))
}
