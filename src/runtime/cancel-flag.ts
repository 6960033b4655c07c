/** Word 0: 1 = canceled. Shared where memory can be shared; elsewhere a cancel waits for the worker to look at its messages. */
export function allocateCancelFlag(): ArrayBufferLike {
  return typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(4) : new SharedArrayBuffer(4)
}

export function cancelFlag(memory: ArrayBufferLike): { set(): void; clear(): void; isSet(): boolean } {
  const words = new Int32Array(memory)
  return {
    set: () => void Atomics.store(words, 0, 1),
    clear: () => void Atomics.store(words, 0, 0),
    isSet: () => Atomics.load(words, 0) === 1,
  }
}
