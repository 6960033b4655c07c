import { errorShape } from '../errors/runnel-error'
import { RunnelError } from '../errors/runnel-error'
import type { ErrorShape } from '../errors/runnel-error'
import { FrameKind, SlotReader, SlotWriter, Word } from './channel'
import type { BridgeMemory, Frame } from './channel'
import { decodeFrame, encodeFrame } from './frames'
import { operationCanceled } from './kernel-end'

export type KernelCall = {
  readonly id: number
  /** The chain of callbacks this call stands in; a stop of one of them refuses the call. */
  readonly callbacks: readonly number[]
  readonly signal: AbortSignal
}

export type EngineHooks = {
  /** Wakes the kernel's event loop when it is not blocked. */
  kick(): void
  handle(request: unknown, call: KernelCall): Promise<unknown>
}

type OpenCallback = { resolve(value: unknown): void; reject(error: Error): void; parent: number }

/** The engine's end: answers calls, calls the kernel back, never blocks. */
export class EngineEnd {
  readonly #control: Int32Array
  readonly #out: SlotWriter
  readonly #in: SlotReader
  readonly #hooks: EngineHooks
  readonly #queue: { frame: Frame; sent: number }[] = []
  readonly #calls = new Map<number, { abort: AbortController; parent: number }>()
  readonly #callbacks = new Map<number, OpenCallback>()
  readonly #canceledCallbacks = new Set<number>()
  #nextCallback = 1
  #closed = false

  constructor(memory: BridgeMemory, hooks: EngineHooks) {
    this.#control = new Int32Array(memory.control)
    this.#out = new SlotWriter(memory, 'toKernel')
    this.#in = new SlotReader(memory, 'toEngine')
    this.#hooks = hooks
  }

  /** Call on every kick: takes frames the kernel published and goes on sending. */
  poll(): void {
    if (this.#closed) return
    while (this.#in.isFull) {
      const frame = this.#in.take()
      if (frame) this.#receive(frame)
    }
    this.#send()
  }

  /** Runs a function in the kernel. `parent`: the kernel call that caused it, 0 = background. Rejects when the signal fires. */
  callback(request: unknown, parent: number, signal: AbortSignal, started?: (id: number) => void): Promise<unknown> {
    if (this.#closed || signal.aborted) return Promise.reject(operationCanceled())
    const id = this.#nextCallback++
    started?.(id)
    return new Promise((resolve, reject) => {
      const cancel = () => this.#cancelCallback(id)
      this.#callbacks.set(id, {
        parent,
        resolve: (value) => {
          signal.removeEventListener('abort', cancel)
          resolve(value)
        },
        reject: (error) => {
          signal.removeEventListener('abort', cancel)
          reject(error)
        },
      })
      signal.addEventListener('abort', cancel, { once: true })
      this.#publish({ kind: FrameKind.callback, id, parent, payload: encodeFrame(request) })
    })
  }

  /** The kernel is gone: open calls are aborted, open callbacks rejected. */
  close(): void {
    this.#closed = true
    for (const call of this.#calls.values()) call.abort.abort()
    for (const open of this.#callbacks.values()) open.reject(operationCanceled())
    this.#callbacks.clear()
  }

  #cancelCallback(id: number): void {
    const open = this.#callbacks.get(id)
    if (!open) return
    this.#callbacks.delete(id)
    this.#canceledCallbacks.add(id)
    this.#publish({ kind: FrameKind.cancel, id, parent: open.parent, payload: new Uint8Array() })
    for (const [callId, call] of this.#calls) if (this.#chain(callId).includes(id)) call.abort.abort()
    open.reject(operationCanceled())
  }

  #receive(frame: Frame): void {
    switch (frame.kind) {
      case FrameKind.call:
        void this.#serve(frame)
        return
      case FrameKind.cancel:
        this.#calls.get(frame.id)?.abort.abort()
        return
      case FrameKind.callbackResult:
      case FrameKind.callbackError: {
        this.#canceledCallbacks.delete(frame.id)
        const open = this.#callbacks.get(frame.id)
        this.#callbacks.delete(frame.id)
        const value = decodeFrame(frame.payload)
        if (frame.kind === FrameKind.callbackError) open?.reject(new RunnelError(value as ErrorShape))
        else open?.resolve(value)
        return
      }
      default:
        throw new Error(`Engine received frame kind ${frame.kind}`)
    }
  }

  async #serve(frame: Frame): Promise<void> {
    const abort = new AbortController()
    this.#calls.set(frame.id, { abort, parent: frame.parent })
    let answer: Frame
    try {
      const callbacks = this.#chain(frame.id)
      if (callbacks.some((id) => this.#canceledCallbacks.has(id))) throw operationCanceled()
      const value = await this.#hooks.handle(decodeFrame(frame.payload), {
        id: frame.id,
        callbacks,
        signal: abort.signal,
      })
      answer = { kind: FrameKind.result, id: frame.id, parent: frame.parent, payload: encodeFrame(value ?? null) }
    } catch (thrown) {
      answer = { kind: FrameKind.error, id: frame.id, parent: frame.parent, payload: encodeFrame(errorShape(thrown)) }
    }
    this.#calls.delete(frame.id)
    if (!this.#closed) this.#publish(answer)
  }

  /** Callback ids in which call `id` stands: a negative parent is a callback, a positive one an enclosing call. */
  #chain(id: number): number[] {
    const chain: number[] = []
    let at = this.#calls.get(id)?.parent ?? 0
    while (at !== 0) {
      if (at < 0) {
        chain.push(-at)
        at = this.#callbacks.get(-at)?.parent ?? 0
      } else at = this.#calls.get(at)?.parent ?? 0
    }
    return chain
  }

  #publish(frame: Frame): void {
    this.#queue.push({ frame, sent: 0 })
    this.#send()
  }

  #send(): void {
    for (let head = this.#queue[0]; head && this.#out.isFree; head = this.#queue[0]) {
      head.sent = this.#out.put(head.frame, head.sent)
      if (head.sent >= head.frame.payload.length) this.#queue.shift()
      Atomics.add(this.#control, Word.kernelSignal, 1)
      Atomics.notify(this.#control, Word.kernelSignal)
      this.#hooks.kick()
    }
  }
}
