/**
 * The session clock in shared memory: written by the engine worker alone, read by every worker and the page.
 *
 * Session time = base + (real now - real base) * speed, but never past `hold`: the engine holds the clock at the earliest
 * due trigger until that trigger has finished, so that the same actions give the same batches at every speed. Nor past the
 * engine's last sign of life: stream time stands while the laptop sleeps.
 * Readers retry while a write is in progress (an odd generation), so they never mix two states.
 */
const GENERATION = 0 // Int32 word, even = stable
const PAUSED = 1 // Int32 word; both lie in Float64 slot 0
const SESSION_BASE = 1 // Float64 index 1: session ms at the base
const REAL_BASE = 2 // Float64 index 2: real epoch ms at the base
const SPEED = 3 // Float64 index 3
const HOLD = 4 // Float64 index 4: session ms the clock may not pass, Infinity = none
const COPY_ID = 5 // Float64 index 5: the number by which copies of one clock find each other; 0 = shared memory
const ALIVE = 6 // Float64 index 6: real epoch ms of the engine's last beat; 0 = it does not beat
const SIZE_BYTES = 56

/** Real time the clock runs on without a beat: a worker that was busy for so long was asleep. */
const GRACE_MS = 2000

export type ClockState = {
  readonly sessionBaseMs: number
  readonly realBaseMs: number
  readonly speed: number
  readonly holdMs: number
  readonly paused: boolean
  readonly generation: number
  /** Real epoch ms past which the clock stands until the engine beats again. */
  readonly untilRealMs: number
}

/** Needs no isolation: without it each worker has a copy, and the engine worker posts its own after each change. */
export function allocateClock(shared: boolean): ArrayBufferLike {
  if (shared) return new SharedArrayBuffer(SIZE_BYTES)
  const copy = new ArrayBuffer(SIZE_BYTES)
  new Float64Array(copy)[COPY_ID] = 1 + Math.random()
  return copy
}

/** Name of the channel that keeps the copies of this clock together; null when it lies in shared memory. */
export function clockChannel(buffer: ArrayBufferLike): string | null {
  return buffer instanceof ArrayBuffer ? `runnel.clock.${new Float64Array(buffer)[COPY_ID]}` : null
}

/** Real time in epoch milliseconds with sub-millisecond steps; not moved by a patched `Date`. */
export function realEpochMs(): number {
  return performance.timeOrigin + performance.now()
}

export class ClockReader {
  readonly #ints: Int32Array
  readonly #floats: Float64Array
  readonly #real: () => number

  constructor(buffer: ArrayBufferLike, real: () => number = realEpochMs) {
    this.#ints = new Int32Array(buffer)
    this.#floats = new Float64Array(buffer)
    this.#real = real
  }

  state(): ClockState {
    for (;;) {
      const generation = Atomics.load(this.#ints, GENERATION)
      const state: ClockState = {
        sessionBaseMs: this.#floats[SESSION_BASE],
        realBaseMs: this.#floats[REAL_BASE],
        speed: this.#floats[SPEED],
        holdMs: this.#floats[HOLD],
        paused: Atomics.load(this.#ints, PAUSED) === 1,
        generation,
        untilRealMs: this.#floats[ALIVE] === 0 ? Infinity : this.#floats[ALIVE] + GRACE_MS,
      }
      if ((generation & 1) === 0 && Atomics.load(this.#ints, GENERATION) === generation) return state
    }
  }

  /** Session time in milliseconds since 1970 UTC. */
  nowMs(): number {
    return sessionTimeMs(this.state(), this.#real())
  }

  /** Real milliseconds until session time reaches `sessionMs`; Infinity while paused or held before it. */
  realMsUntil(sessionMs: number): number {
    const state = this.state()
    const now = sessionTimeMs(state, this.#real())
    if (now >= sessionMs) return 0
    if (state.paused || state.holdMs < sessionMs) return Infinity
    return (sessionMs - now) / state.speed
  }
}

export class ClockWriter extends ClockReader {
  readonly #ints: Int32Array
  readonly #floats: Float64Array
  readonly #real: () => number
  readonly #changed: () => void

  constructor(buffer: ArrayBufferLike, real: () => number = realEpochMs, changed: () => void = () => undefined) {
    super(buffer, real)
    this.#ints = new Int32Array(buffer)
    this.#floats = new Float64Array(buffer)
    this.#real = real
    this.#changed = changed
  }

  start(sessionMs: number, speed = 1): void {
    this.#write({ sessionBaseMs: sessionMs, speed, holdMs: Infinity, paused: false })
  }

  setSpeed(speed: number): void {
    this.#write({ ...this.#frozen(), speed })
  }

  setPaused(paused: boolean): void {
    this.#write({ ...this.#frozen(), paused })
  }

  /** The clock may run up to `holdMs` and waits there. */
  setHold(holdMs: number): void {
    this.#write({ ...this.#frozen(), holdMs })
  }

  /** Moves session time forward to `sessionMs`; never backward. */
  jumpTo(sessionMs: number): void {
    const frozen = this.#frozen()
    this.#write({ ...frozen, sessionBaseMs: Math.max(frozen.sessionBaseMs, sessionMs) })
  }

  /**
   * Says that this computer is awake; call a few times a second. Time for which no beat came, because the laptop or the tab
   * slept, does not pass: no reader ever sees it, whichever worker wakes first. Copies of the clock are not kept awake so.
   */
  beat(): void {
    if (this.#floats[COPY_ID] !== 0) return
    const real = this.#real()
    if (this.#floats[ALIVE] !== 0 && real - this.#floats[ALIVE] > GRACE_MS) this.#write(this.#frozen())
    this.#floats[ALIVE] = real
  }

  #frozen() {
    const state = this.state()
    return {
      sessionBaseMs: sessionTimeMs(state, this.#real()),
      speed: state.speed,
      holdMs: state.holdMs,
      paused: state.paused,
    }
  }

  #write(next: { sessionBaseMs: number; speed: number; holdMs: number; paused: boolean }): void {
    Atomics.add(this.#ints, GENERATION, 1)
    this.#floats[SESSION_BASE] = next.sessionBaseMs
    this.#floats[REAL_BASE] = this.#real()
    this.#floats[SPEED] = next.speed
    this.#floats[HOLD] = next.holdMs
    Atomics.store(this.#ints, PAUSED, next.paused ? 1 : 0)
    Atomics.add(this.#ints, GENERATION, 1)
    Atomics.notify(this.#ints, GENERATION)
    this.#changed()
  }
}

export function sessionTimeMs(state: ClockState, realMs: number): number {
  if (state.paused) return state.sessionBaseMs
  const awakeMs = Math.min(realMs, state.untilRealMs) - state.realBaseMs
  const running = state.sessionBaseMs + Math.max(0, awakeMs) * state.speed
  return Math.max(state.sessionBaseMs, Math.min(running, state.holdMs))
}
