import { expect, test } from 'vitest'
import { interruptWord } from './interrupt-word'

test('a press that falls between the look and the reset is kept', () => {
  const memory = new SharedArrayBuffer(4)
  const pressed = new Uint8Array(memory)
  const seen = interruptWord(memory)
  expect(seen[0]).toBe(0)
  pressed[0] = 2
  // What Pyodide does after a look that saw nothing.
  seen[0] = 0
  expect(pressed[0]).toBe(2)
  expect(seen[0]).toBe(2)
  expect(seen[0]).toBe(0)
})
