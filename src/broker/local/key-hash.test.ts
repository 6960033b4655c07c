import { expect, test } from 'vitest'
import { lookup3, partitionOfKey } from './key-hash'

test('lookup3 gives the answers of its published self-test', () => {
  const text = new TextEncoder().encode('Four score and seven years ago')
  expect(lookup3(text)).toEqual([0xce7226e6, 0x17770551])
  expect(lookup3(new Uint8Array(0))).toEqual([0xdeadbeef, 0xdeadbeef])
})

test('keys spread over the partitions and none falls outside', () => {
  const counts = new Array<number>(4).fill(0)
  for (let i = 0; i < 4_000; i++) counts[partitionOfKey(`key-${i}`, 4)]++
  for (const count of counts) expect(count).toBeGreaterThan(700)
})
