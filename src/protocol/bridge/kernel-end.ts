import { RunnelError, errorShape, userError } from '../errors/runnel-error'
import type { ErrorShape } from '../errors/runnel-error'
import { FrameKind, KernelState, SlotReader, SlotWriter, Word } from './channel'
import type { BridgeMemory, Frame } from './channel'
import { decodeFrame, encodeFrame } from './frames'

/** `sync`: only callbacks caused by a call on the stack run. `wait`: any callback may run meanwhile. */
export type CallClass = 'sync' | 'wait'

export type KernelHooks = {
  /** Wakes the engine's event loop. */
  kick(): void
  /** Runs a callback and gives its result; may call the engine again. */
  runCallback(request: unknown): unknown
  /** Throws when the user pressed Interrupt. */
  checkInterrupt(): void
  /** Sends buffered output before the kernel blocks. */
  flush(): void
}

/** A wake-up that was lost all the same is noticed this late. */
const WAIT_SLICE_MS = 1000

/** The kernel's end: calls the engine and blocks until it answers, serving callbacks on the way. */
export class KernelEnd {
  readonly #control: Int32Array
  readonly #out: SlotWriter
  readonly #in: SlotReader
  readonly #hooks: KernelHooks
  readonly #waitSliceMs: number
  #nextId = 1
  readonly #stack: number[] = []
  readonly #answers = new Map<number, Frame>()
  readonly #parked: Frame[] = []

  constructor(memory: BridgeMemory, hooks: KernelHooks, waitSliceMs = WAIT_SLICE_MS) {
    this.#waitSliceMs = waitSliceMs
    this.#control = new Int32Array(memory.control)
    this.#out = new SlotWriter(memory, 'toEngine')
    this.#in = new SlotReader(memory, 'toKernel')
    this.#hooks = hooks
  }

  /** Asks the engine and waits. Engine errors come back as `RunnelError`. */
  call(request: unknown, callClass: CallClass = 'sync'): unknown {
    const id = this.#nextId++
    const parent = this.#stack.at(-1) ?? 0
    this.#stack.push(id)
    try {
      this.#publish({ kind: FrameKind.call, id, parent, payload: encodeFrame(request) })
      const answer = this.#awaitAnswer(id, callClass)
      const value = decodeFrame(answer.payload)
      if (answer.kind === FrameKind.error) throw new RunnelError(value as ErrorShape)
      return value
    } catch (thrown) {
      if (!(thrown instanceof RunnelError))
        this.#publish({ kind: FrameKind.cancel, id, parent, payload: new Uint8Array() })
      throw thrown
    } finally {
      this.#stack.pop()
      this.#answers.delete(id)
    }
  }

  /** Serves waiting callbacks while the kernel's event loop is free. Call at the end of a cell and on every kick. */
  poll(): void {
    for (;;) {
      const parked = this.#parked.shift()
      if (parked) {
        this.#serve(parked)
        continue
      }
      if (!this.#receive('wait')) return
    }
  }

  setState(state: (typeof KernelState)[keyof typeof KernelState]): void {
    Atomics.store(this.#control, Word.kernelState, state)
  }

  #awaitAnswer(id: number, callClass: CallClass): Frame {
    for (;;) {
      const answer = this.#answers.get(id)
      if (answer) return answer
      if (callClass === 'wait') {
        const parked = this.#parked.shift()
        if (parked) {
          this.#serve(parked)
          this.#hooks.checkInterrupt()
          continue
        }
      }
      const signal = Atomics.load(this.#control, Word.kernelSignal)
      if (this.#receive(callClass)) {
        this.#hooks.checkInterrupt()
        continue
      }
      this.#hooks.flush()
      this.setState(KernelState.waiting)
      Atomics.wait(this.#control, Word.kernelSignal, signal, this.#waitSliceMs)
      this.setState(KernelState.running)
      this.#hooks.checkInterrupt()
    }
  }

  /** Handles what the slot holds; false when it was empty. */
  #receive(callClass: CallClass): boolean {
    if (!this.#in.isFull) return false
    const frame = this.#in.take()
    this.#hooks.kick()
    if (frame === null) return true
    switch (frame.kind) {
      case FrameKind.result:
      case FrameKind.error:
        // An abandoned call has no waiter; its answer must not stay behind.
        if (this.#stack.includes(frame.id)) this.#answers.set(frame.id, frame)
        return true
      case FrameKind.cancel:
        this.#dropParked(frame.id)
        return true
      case FrameKind.callback:
        if (callClass === 'wait' || this.#stack.includes(frame.parent)) this.#serve(frame)
        else this.#parked.push(frame)
        return true
      default:
        throw new Error(`Kernel received frame kind ${frame.kind}`)
    }
  }

  /** Frames arrive in order, so a canceled callback is parked, running or done; only a parked one can be left out. */
  #dropParked(id: number): void {
    const at = this.#parked.findIndex((frame) => frame.id === id)
    if (at >= 0) this.#parked.splice(at, 1)
  }

  #serve(frame: Frame): void {
    let answer: Frame
    this.#stack.push(-frame.id)
    try {
      const value = this.#hooks.runCallback(decodeFrame(frame.payload))
      answer = {
        kind: FrameKind.callbackResult,
        id: frame.id,
        parent: frame.parent,
        payload: encodeFrame(value ?? null),
      }
    } catch (thrown) {
      answer = {
        kind: FrameKind.callbackError,
        id: frame.id,
        parent: frame.parent,
        payload: encodeFrame(errorShape(thrown)),
      }
    } finally {
      this.#stack.pop()
    }
    this.#publish(answer)
  }

  #publish(frame: Frame): void {
    let sent = 0
    do {
      while (!this.#out.isFree) Atomics.wait(this.#control, this.#out.fullWord, 1, this.#waitSliceMs)
      sent = this.#out.put(frame, sent)
      this.#hooks.kick()
    } while (sent < frame.payload.length)
  }
}

/** The error a call gets whose parent chain holds a canceled callback. */
export function operationCanceled(): RunnelError {
  return userError('OPERATION_CANCELED', 'The operation was canceled because its query was stopped.', {
    exception: 'SparkException',
    sqlState: 'HY008',
  })
}
