import { ClockWriter, allocateClock } from '../protocol/clock/session-clock'

/** Real time as a test drives it: a session clock and timers that fire in order, with no waiting. */
export class SimulatedTime {
  readonly clock: ClockWriter
  longestTimerMs = 0
  #realMs = 5_000
  #timers: { atMs: number; callback: () => void }[] = []

  constructor(startSessionMs: number, speed = 1) {
    this.clock = new ClockWriter(allocateClock(false), () => this.#realMs)
    this.clock.start(startSessionMs, speed)
  }

  readonly realNowMs = () => this.#realMs

  readonly setTimer = (delayMs: number, callback: () => void): (() => void) => {
    this.longestTimerMs = Math.max(this.longestTimerMs, delayMs)
    const timer = { atMs: this.#realMs + delayMs, callback }
    this.#timers.push(timer)
    return () => (this.#timers = this.#timers.filter((other) => other !== timer))
  }

  /** A promise that resolves after real milliseconds: a worker that computes. */
  work(realMs: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(realMs, resolve))
  }

  /** Lets real time go by: every timer due meanwhile fires at its own time, and what it wakes runs before the next. */
  async pass(realMs: number): Promise<void> {
    const untilMs = this.#realMs + realMs
    await settle()
    for (let timer = this.#first(); timer !== null && timer.atMs <= untilMs; timer = this.#first()) {
      this.#realMs = Math.max(this.#realMs, timer.atMs)
      this.#timers = this.#timers.filter((other) => other !== timer)
      timer.callback()
      await settle()
    }
    this.#realMs = untilMs
  }

  /** Lets time go by until the promise has settled. */
  async passUntil<T>(promise: Promise<T>): Promise<T> {
    let isOver = false
    const watched = promise.finally(() => (isOver = true))
    watched.catch(() => undefined)
    await settle()
    while (!isOver) {
      const timer = this.#first()
      if (timer === null) throw new Error('Nothing is left to wait for')
      await this.pass(Math.max(0, timer.atMs - this.#realMs))
    }
    return watched
  }

  #first(): { atMs: number; callback: () => void } | null {
    return this.#timers.reduce<{ atMs: number; callback: () => void } | null>(
      (best, timer) => (best === null || timer.atMs < best.atMs ? timer : best),
      null,
    )
  }
}

/** Everything that is only waiting for other promises has run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
