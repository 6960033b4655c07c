/**
 * Partition of a key as the Event Hubs service chooses it: Jenkins lookup3 over the UTF-8 bytes, both halves folded to a
 * signed 16-bit number, its remainder by the partition count made positive.
 */
export function partitionOfKey(key: string, numPartitions: number): number {
  const [b, c] = lookup3(new TextEncoder().encode(key))
  return Math.abs((((b ^ c) << 16) >> 16) % numPartitions)
}

/** Both results of `hashlittle2` with seeds 0, as unsigned 32-bit numbers: [b, c]. */
export function lookup3(bytes: Uint8Array): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let a = (0xdeadbeef + bytes.length) | 0
  let b = a
  let c = a
  let at = 0
  let left = bytes.length
  const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits))
  while (left > 12) {
    a = (a + view.getInt32(at, true)) | 0
    b = (b + view.getInt32(at + 4, true)) | 0
    c = (c + view.getInt32(at + 8, true)) | 0
    a = ((a - c) ^ rotate(c, 4)) | 0
    c = (c + b) | 0
    b = ((b - a) ^ rotate(a, 6)) | 0
    a = (a + c) | 0
    c = ((c - b) ^ rotate(b, 8)) | 0
    b = (b + a) | 0
    a = ((a - c) ^ rotate(c, 16)) | 0
    c = (c + b) | 0
    b = ((b - a) ^ rotate(a, 19)) | 0
    a = (a + c) | 0
    c = ((c - b) ^ rotate(b, 4)) | 0
    b = (b + a) | 0
    at += 12
    left -= 12
  }
  if (left > 0) {
    const last = new DataView(new ArrayBuffer(12))
    for (let i = 0; i < left; i++) last.setUint8(i, bytes[at + i])
    a = (a + last.getInt32(0, true)) | 0
    b = (b + last.getInt32(4, true)) | 0
    c = (c + last.getInt32(8, true)) | 0
    c = ((c ^ b) - rotate(b, 14)) | 0
    a = ((a ^ c) - rotate(c, 11)) | 0
    b = ((b ^ a) - rotate(a, 25)) | 0
    c = ((c ^ b) - rotate(b, 16)) | 0
    a = ((a ^ c) - rotate(c, 4)) | 0
    b = ((b ^ a) - rotate(a, 14)) | 0
    c = ((c ^ b) - rotate(b, 24)) | 0
  }
  return [b >>> 0, c >>> 0]
}
