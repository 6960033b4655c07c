/**
 * The interrupt word as Pyodide looks at it. Pyodide reads a buffer's first byte and then writes 0: a press between the two was
 * lost, about once in fifty in a tight loop. Here the read itself takes the press away, in one step, and the write does nothing.
 */
export function interruptWord(memory: SharedArrayBuffer): Uint8Array {
  const word = new Uint8Array(memory)
  const once = Object.defineProperty({}, '0', {
    get: () => Atomics.exchange(word, 0, 0),
    set: () => undefined,
  })
  // Pyodide asks for a buffer, and uses its first place only.
  return once as Uint8Array
}
