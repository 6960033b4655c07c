import { AFTER_STEPS } from '../protocol/workers/engine'
import type { AfterStep } from '../protocol/workers/engine'

/**
 * Word 0: 1 = canceled. Word 1: 0, or one more than the place in `AFTER_STEPS` of the step at which the engine wants to be
 * asked. Shared where memory can be shared; elsewhere a cancel waits for the worker to look at its messages.
 */
export function allocateCancelFlag(): ArrayBufferLike {
  return typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(8) : new SharedArrayBuffer(8)
}

export function cancelFlag(memory: ArrayBufferLike): {
  set(): void
  clear(): void
  isSet(): boolean
  /** The engine's end: from now on it wants to be asked at this step. */
  watch(step: AfterStep): void
  /** The worker's end: whether the engine must be asked before the query goes on. Without shared memory, always. */
  isWatched(step: AfterStep): boolean
} {
  const words = new Int32Array(memory)
  const isShared = typeof SharedArrayBuffer !== 'undefined' && memory instanceof SharedArrayBuffer
  return {
    set: () => void Atomics.store(words, 0, 1),
    clear: () => {
      Atomics.store(words, 0, 0)
      Atomics.store(words, 1, 0)
    },
    isSet: () => Atomics.load(words, 0) === 1,
    watch: (step) => void Atomics.store(words, 1, AFTER_STEPS.indexOf(step) + 1),
    isWatched: (step) => !isShared || Atomics.load(words, 1) === AFTER_STEPS.indexOf(step) + 1,
  }
}
