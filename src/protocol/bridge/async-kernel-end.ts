import { RunnelError, errorShape } from '../errors/runnel-error'
import type { ErrorShape } from '../errors/runnel-error'
import { FrameKind, KernelState, SlotReader, SlotWriter, Word } from './channel'
import type { BridgeMemory, Frame } from './channel'
import { decodeFrame, encodeFrame } from './frames'

/** The callback a call stands in; the engine refuses calls of a canceled one. 0 = none. */
export type CallbackId = number

export type AsyncKernelHooks = {
  /** Wakes the engine's event loop. */
  kick(): void
  /** Runs a callback; others may run meanwhile. */
  runCallback(request: unknown, id: CallbackId): Promise<unknown>
  /** The engine gave up on a callback: its query was stopped. */
  callbackCanceled(id: CallbackId): void
  /** Throws when the user pressed Interrupt. */
  checkInterrupt(): void
  /** Sends buffered output before the kernel blocks. */
  flush(): void
}

export type CallOptions = {
  readonly callback: CallbackId
  /** Gives up on the call: the engine stops working on it, the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

type Waiter = { resolve(value: unknown): void; reject(error: Error): void }

const WAIT_SLICE_MS = 1000

/**
 * The kernel's end for a language with promises: `call` leaves the event loop free, so callbacks run while a cell waits and need
 * no stack; `callNow` blocks for what must be known at once (analysis). Frames are those of `KernelEnd`.
 */
export class AsyncKernelEnd {
  readonly #control: Int32Array
  readonly #out: SlotWriter
  readonly #in: SlotReader
  readonly #hooks: AsyncKernelHooks
  readonly #waiters = new Map<number, Waiter>()
  readonly #parked: Frame[] = []
  #nextId = 1
  /** Calls that block now, innermost last: a toString of a message may ask again. */
  #blocked = 0

  constructor(memory: BridgeMemory, hooks: AsyncKernelHooks) {
    this.#control = new Int32Array(memory.control)
    this.#out = new SlotWriter(memory, 'toEngine')
    this.#in = new SlotReader(memory, 'toKernel')
    this.#hooks = hooks
  }

  /** Asks the engine. The frame is on its way when this returns. */
  call(request: unknown, { callback, signal }: CallOptions): Promise<unknown> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    const id = this.#nextId++
    const answer = new Promise<unknown>((resolve, reject) => {
      const cancel = () => {
        if (!this.#waiters.delete(id)) return
        this.#publish({ kind: FrameKind.cancel, id, parent: -callback, payload: new Uint8Array() })
        reject(signal?.reason as Error)
      }
      const settled = () => signal?.removeEventListener('abort', cancel)
      signal?.addEventListener('abort', cancel, { once: true })
      this.#waiters.set(id, {
        resolve: (value) => {
          settled()
          resolve(value)
        },
        reject: (error) => {
          settled()
          reject(error)
        },
      })
    })
    this.#publish({ kind: FrameKind.call, id, parent: -callback, payload: encodeFrame(request) })
    return answer
  }

  /** Asks and blocks until the engine answers. Callbacks wait meanwhile: nothing a cell's statement does may depend on one. */
  callNow(request: unknown, callback: CallbackId): unknown {
    const id = this.#nextId++
    let answer: { value: unknown } | { error: Error } | null = null
    const answered = () => answer
    this.#waiters.set(id, { resolve: (value) => (answer = { value }), reject: (error) => (answer = { error }) })
    this.#publish({ kind: FrameKind.call, id, parent: -callback, payload: encodeFrame(request) })
    this.#blocked++
    try {
      for (let got = answered(); ; got = answered()) {
        if (got !== null) {
          if ('error' in got) throw got.error
          return got.value
        }
        const signal = Atomics.load(this.#control, Word.kernelSignal)
        if (this.#receive()) continue
        this.#hooks.flush()
        Atomics.store(this.#control, Word.kernelState, KernelState.waiting)
        Atomics.wait(this.#control, Word.kernelSignal, signal, WAIT_SLICE_MS)
        Atomics.store(this.#control, Word.kernelState, KernelState.running)
        this.#hooks.checkInterrupt()
      }
    } catch (thrown) {
      if (this.#waiters.has(id))
        this.#publish({ kind: FrameKind.cancel, id, parent: -callback, payload: new Uint8Array() })
      throw thrown
    } finally {
      this.#waiters.delete(id)
      this.#blocked--
      if (this.#blocked === 0 && this.#parked.length > 0) queueMicrotask(() => this.#serveParked())
    }
  }

  /** Takes what the engine sent. Call on every kick. */
  poll(): void {
    while (this.#receive());
    this.#serveParked()
  }

  /** Handles what the slot holds; false when it was empty. */
  #receive(): boolean {
    if (!this.#in.isFull) return false
    const frame = this.#in.take()
    this.#hooks.kick()
    if (frame === null) return true
    switch (frame.kind) {
      case FrameKind.result:
      case FrameKind.error: {
        // An abandoned call has no waiter.
        const waiter = this.#waiters.get(frame.id)
        this.#waiters.delete(frame.id)
        const value = decodeFrame(frame.payload)
        if (frame.kind === FrameKind.error) waiter?.reject(new RunnelError(value as ErrorShape))
        else waiter?.resolve(value)
        return true
      }
      case FrameKind.callback:
        this.#parked.push(frame)
        return true
      case FrameKind.cancel: {
        const at = this.#parked.findIndex((parked) => parked.id === frame.id)
        if (at >= 0) this.#parked.splice(at, 1)
        else this.#hooks.callbackCanceled(frame.id)
        return true
      }
      default:
        throw new Error(`Kernel received frame kind ${frame.kind}`)
    }
  }

  #serveParked(): void {
    if (this.#blocked > 0) return
    for (let frame = this.#parked.shift(); frame; frame = this.#parked.shift()) void this.#serve(frame)
  }

  async #serve({ id, parent, payload }: Frame): Promise<void> {
    let answer: Pick<Frame, 'kind' | 'payload'>
    try {
      const value = await this.#hooks.runCallback(decodeFrame(payload), id)
      answer = { kind: FrameKind.callbackResult, payload: encodeFrame(value ?? null) }
    } catch (thrown) {
      answer = { kind: FrameKind.callbackError, payload: encodeFrame(errorShape(thrown)) }
    }
    this.#publish({ ...answer, id, parent })
  }

  #publish(frame: Frame): void {
    let sent = 0
    do {
      while (!this.#out.isFree) Atomics.wait(this.#control, this.#out.fullWord, 1, WAIT_SLICE_MS)
      sent = this.#out.put(frame, sent)
      this.#hooks.kick()
    } while (sent < frame.payload.length)
  }
}
