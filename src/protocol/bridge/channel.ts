/**
 * The shared memory of one kernel generation, and the frame slots in it.
 *
 * Two slots of fixed size, kernel -> engine and engine -> kernel; a payload longer than a slot goes in chunks
 * (16 MB: 12.6 ms in 1 MB chunks, 19.1 ms in one). The kernel may block on its signal word; the engine never blocks:
 * it is kicked by a posted message and keeps an unbounded queue in front of its slot.
 */
export const SLOT_BYTES = 1 << 20

/** Int32 words of `control`. KE = kernel to engine, EK = engine to kernel. */
export const Word = {
  kernelState: 0,
  kernelSignal: 1,
  keFull: 2,
  keKind: 3,
  keId: 4,
  keParent: 5,
  keChunkBytes: 6,
  keTotalBytes: 7,
  ekFull: 8,
  ekKind: 9,
  ekId: 10,
  ekParent: 11,
  ekChunkBytes: 12,
  ekTotalBytes: 13,
} as const

export const KernelState = { idle: 0, running: 1, waiting: 2 } as const

/** `cancel`: the kernel gave up on a call (interrupt), or the engine on a callback (stop). */
export const FrameKind = {
  call: 1,
  result: 2,
  error: 3,
  callback: 4,
  callbackResult: 5,
  callbackError: 6,
  cancel: 7,
} as const
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind]

export type BridgeMemory = {
  readonly control: SharedArrayBuffer
  readonly toEngine: SharedArrayBuffer
  readonly toKernel: SharedArrayBuffer
  /** Pyodide's interrupt buffer: 2 raises KeyboardInterrupt. */
  readonly interrupt: SharedArrayBuffer
}

export type Frame = {
  readonly kind: FrameKind
  /** Chosen by the kernel for calls, by the engine for callbacks. */
  readonly id: number
  /** The kernel call on whose behalf the frame is sent; 0 = none. */
  readonly parent: number
  readonly payload: Uint8Array
}

export function allocateBridge(): BridgeMemory {
  return {
    control: new SharedArrayBuffer(128),
    toEngine: new SharedArrayBuffer(SLOT_BYTES),
    toKernel: new SharedArrayBuffer(SLOT_BYTES),
    interrupt: new SharedArrayBuffer(4),
  }
}

type SlotWords = { full: number; kind: number; id: number; parent: number; chunk: number; total: number }
const KE: SlotWords = {
  full: Word.keFull,
  kind: Word.keKind,
  id: Word.keId,
  parent: Word.keParent,
  chunk: Word.keChunkBytes,
  total: Word.keTotalBytes,
}
const EK: SlotWords = {
  full: Word.ekFull,
  kind: Word.ekKind,
  id: Word.ekId,
  parent: Word.ekParent,
  chunk: Word.ekChunkBytes,
  total: Word.ekTotalBytes,
}

/** Writes frames into one slot, chunk by chunk. */
export class SlotWriter {
  readonly #control: Int32Array
  readonly #slot: Uint8Array
  readonly #words: SlotWords

  constructor(memory: BridgeMemory, direction: 'toEngine' | 'toKernel') {
    this.#control = new Int32Array(memory.control)
    this.#slot = new Uint8Array(memory[direction])
    this.#words = direction === 'toEngine' ? KE : EK
  }

  get isFree(): boolean {
    return Atomics.load(this.#control, this.#words.full) === 0
  }

  /** The word to wait on (value 1) until the slot is free. */
  get fullWord(): number {
    return this.#words.full
  }

  /** Puts the chunk of `frame` that starts at `sent` into the free slot; returns how many bytes are sent now. */
  put(frame: Frame, sent: number): number {
    const chunk = Math.min(SLOT_BYTES, frame.payload.length - sent)
    this.#slot.set(frame.payload.subarray(sent, sent + chunk))
    this.#control[this.#words.kind] = frame.kind
    this.#control[this.#words.id] = frame.id
    this.#control[this.#words.parent] = frame.parent
    this.#control[this.#words.chunk] = chunk
    this.#control[this.#words.total] = frame.payload.length
    Atomics.store(this.#control, this.#words.full, 1)
    return sent + chunk
  }
}

/** Reads frames out of one slot and joins chunks. */
export class SlotReader {
  readonly #control: Int32Array
  readonly #slot: Uint8Array
  readonly #words: SlotWords
  #partial: { payload: Uint8Array; received: number } | null = null

  constructor(memory: BridgeMemory, direction: 'toEngine' | 'toKernel') {
    this.#control = new Int32Array(memory.control)
    this.#slot = new Uint8Array(memory[direction])
    this.#words = direction === 'toEngine' ? KE : EK
  }

  get isFull(): boolean {
    return Atomics.load(this.#control, this.#words.full) === 1
  }

  /** Takes what the slot holds and frees it; `null` when it was empty or the frame is not complete yet. */
  take(): Frame | null {
    if (!this.isFull) return null
    const words = this.#words
    const chunk = this.#control[words.chunk]
    const total = this.#control[words.total]
    this.#partial ??= { payload: new Uint8Array(total), received: 0 }
    this.#partial.payload.set(this.#slot.subarray(0, chunk), this.#partial.received)
    this.#partial.received += chunk
    const frame = {
      kind: this.#control[words.kind] as FrameKind,
      id: this.#control[words.id],
      parent: this.#control[words.parent],
    }
    const { payload, received } = this.#partial
    Atomics.store(this.#control, words.full, 0)
    Atomics.notify(this.#control, words.full)
    if (received < total) return null
    this.#partial = null
    return { ...frame, payload }
  }
}
