import type { ByteSink } from './byte-sink'

/**
 * Parquet's RLE / bit-packing hybrid: runs of eight and more as (count, value), the rest in packed groups of eight.
 * `width` is the bits of the largest value; `values` are non-negative.
 */
export function encodeHybrid(sink: ByteSink, values: Uint8Array | Int32Array, count: number, width: number): void {
  let at = 0
  while (at < count) {
    const run = runLength(values, at, count)
    if (run >= 8) {
      encodeRun(sink, values[at], run, width)
      at += run
      continue
    }
    const start = at
    do at = Math.min(at + 8, count)
    while (at < count && runLength(values, at, Math.min(count, at + 8)) < 8)
    encodePacked(sink, values, start, at, width)
  }
}

/** One run of the same value. */
export function encodeRun(sink: ByteSink, value: number, count: number, width: number): void {
  sink.varint(count << 1)
  for (let bits = 0; bits < width; bits += 8) sink.byte((value >>> bits) & 0xff)
}

export function bitWidth(maxValue: number): number {
  return 32 - Math.clz32(maxValue)
}

function runLength(values: Uint8Array | Int32Array, start: number, end: number): number {
  const value = values[start]
  let at = start + 1
  while (at < end && values[at] === value) at++
  return at - start
}

function encodePacked(
  sink: ByteSink,
  values: Uint8Array | Int32Array,
  start: number,
  end: number,
  width: number,
): void {
  const groups = Math.ceil((end - start) / 8)
  sink.varint((groups << 1) | 1)
  let buffer = 0
  let bits = 0
  for (let i = 0; i < groups * 8; i++) {
    buffer |= (start + i < end ? values[start + i] : 0) << bits
    bits += width
    // Codes stay below 2^24, so buffer (at most 7 bits kept) plus one code fits 32 bits.
    while (bits >= 8) {
      sink.byte(buffer & 0xff)
      buffer >>>= 8
      bits -= 8
    }
  }
}
