/** Partition of a record with a key as Kafka's default partitioner chooses it: murmur2 of the bytes, its sign bit cleared. */
export function partitionOfRecordKey(key: Uint8Array, numPartitions: number): number {
  return (murmur2(key) & 0x7fffffff) % numPartitions
}

function murmur2(bytes: Uint8Array): number {
  const factor = 0x5bd1e995
  const { length } = bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  const numWords = length >>> 2
  let hash = 0x9747b28c ^ length
  for (let word = 0; word < numWords; word++) {
    let mixed = Math.imul(view.getInt32(word * 4, true), factor)
    mixed = Math.imul(mixed ^ (mixed >>> 24), factor)
    hash = Math.imul(hash, factor) ^ mixed
  }
  const tail = numWords * 4
  if (length - tail > 0) {
    for (let at = length - 1; at >= tail; at--) hash ^= bytes[at] << (8 * (at - tail))
    hash = Math.imul(hash, factor)
  }
  hash = Math.imul(hash ^ (hash >>> 13), factor)
  return hash ^ (hash >>> 15)
}
