import { expect, test } from 'vitest'
import { scriptCodec, snappy } from './snappy'

const texts = [
  '',
  'a',
  'abcabcabcabcabc'.repeat(5_000),
  Array.from({ length: 3_000 }, (_, i) => `event-${i * 7919}`).join(),
]

test.each(texts)('JavaScript and WebAssembly read what the other wrote (%#)', (text) => {
  const bytes = new TextEncoder().encode(text)
  const [script, wasm] = [scriptCodec(), snappy()]
  expect(wasm.uncompress(script.compress(bytes), bytes.length)).toEqual(bytes)
  expect(script.uncompress(wasm.compress(bytes), bytes.length)).toEqual(bytes)
})
