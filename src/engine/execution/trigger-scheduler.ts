import type { ClockState, ClockWriter } from '../../protocol/clock/session-clock'
import type { QueryId } from '../../protocol/ids'

export type SchedulerTimers = {
  /** Calls back after real milliseconds; gives a function that cancels. */
  setTimer(delayMs: number, callback: () => void): () => void
  /** Real, monotonic milliseconds; measures the speed the session clock really keeps. */
  realNowMs?(): number
}

/**
 * starting: registered, has not asked for its first trigger · waiting: asked for one · running: has the grant · between: done, has
 * not said when it is due again · sleeping: its trigger waits for session time (`time.sleep` inside foreachBatch).
 */
type Phase = 'starting' | 'waiting' | 'running' | 'between' | 'sleeping'

type Entry = {
  readonly query: QueryId
  /** Start order. */
  readonly order: number
  phase: Phase
  /** Session time: registered, due, granted or asleep until. */
  atMs: number
  /** Grants at this very instant, so that a query that is due again at once lets the others go first. */
  grantsAtInstant: number
  lastGrantMs: number
  /** Let through once although the clock is paused. */
  hasPermit: boolean
  grant: ((granted: { nowMs: number }) => void) | null
}

/** Real time over which the kept speed is measured. */
const SPEED_WINDOW_MS = 2000
const SPEED_SAMPLE_MS = 200
/** Platform timers count milliseconds in 31 bits. */
const LONGEST_TIMER_MS = 2 ** 30
/** Real time too short to set a timer for. */
const DUE_WITHIN_MS = 0.05

/**
 * Grants triggers on the session clock, one at a time: earliest due first, at one instant in start order. The clock is held at
 * the earliest due time until that trigger has finished and its query has said when it is due next, so the batches depend on
 * session times alone and are the same at every speed and on every machine.
 *
 * State  one entry a registered query; the clock's hold
 * Units  session milliseconds, except timers
 */
export class TriggerScheduler {
  readonly #clock: ClockWriter
  readonly #timers: SchedulerTimers
  readonly #entries = new Map<QueryId, Entry>()
  #started = 0
  #cancelTimer: (() => void) | null = null
  /** A step asked for whatever is due next. */
  #stepNext = false
  #samples: { realMs: number; sessionMs: number }[] = []
  /** A jump that waits for the running trigger. */
  #jumpToMs: number | null = null

  constructor(clock: ClockWriter, timers: SchedulerTimers) {
    this.#clock = clock
    this.#timers = timers
  }

  /** A query was started: the clock waits for its first trigger. */
  register(query: QueryId): void {
    const nowMs = this.#clock.nowMs()
    this.#entries.set(query, {
      query,
      order: this.#started++,
      phase: 'starting',
      atMs: nowMs,
      grantsAtInstant: 0,
      lastGrantMs: -Infinity,
      hasPermit: false,
      grant: null,
    })
    this.#pump()
  }

  /** The query has ended, however: what it held is free again, and a wait it left behind never resolves. */
  unregister(query: QueryId): void {
    if (this.#entries.delete(query)) this.#pump()
  }

  /** Resolves when the trigger due at `dueMs` (0 = at once) may run. Ends the query's last trigger, if it still ran. */
  awaitTrigger(query: QueryId, dueMs: number): Promise<{ nowMs: number }> {
    const entry = this.#entries.get(query)
    // An ended query is never granted anything: its worker is about to go.
    if (entry === undefined) return new Promise(() => {})
    // Its start counts as the due time: the clock has waited there since.
    const earliestMs = entry.phase === 'starting' ? entry.atMs : this.#clock.nowMs()
    entry.phase = 'waiting'
    entry.atMs = Math.max(dueMs, earliestMs)
    return new Promise((resolve) => {
      entry.grant = resolve
      this.#pump()
    })
  }

  /** The granted trigger is over. The clock stays until the query says when it is due next, or is unregistered. */
  triggerDone(query: QueryId): void {
    const entry = this.#entries.get(query)
    if (entry?.phase === 'running') entry.phase = 'between'
    this.#pump()
  }

  /** A running trigger sleeps in session time: the clock and other queries go on meanwhile. */
  sleepInTrigger(query: QueryId, durationMs: number): Promise<void> {
    const entry = this.#entries.get(query)
    if (entry?.phase !== 'running') return Promise.resolve()
    return this.#resumeAt(entry, this.#clock.nowMs() + durationMs)
  }

  /** A running trigger waits for something that needs the clock or other queries; it goes on when that has settled. */
  async waitInTrigger<T>(query: QueryId, wait: Promise<T>): Promise<T> {
    const entry = this.#entries.get(query)
    if (entry?.phase !== 'running') return wait
    entry.phase = 'sleeping'
    entry.atMs = Infinity
    this.#pump()
    try {
      return await wait
    } finally {
      if (this.#entries.get(query) === entry) await this.#resumeAt(entry, this.#clock.nowMs())
    }
  }

  #resumeAt(entry: Entry, sessionMs: number): Promise<void> {
    entry.phase = 'sleeping'
    entry.atMs = sessionMs
    return new Promise((resolve) => {
      entry.grant = () => resolve()
      this.#pump()
    })
  }

  pause(): void {
    this.#clock.setPaused(true)
    this.#pump()
  }

  resume(): void {
    this.#stepNext = false
    for (const entry of this.#entries.values()) entry.hasPermit = false
    this.#clock.setPaused(false)
    this.#pump()
  }

  setSpeed(speed: number): void {
    this.#clock.setSpeed(speed)
    this.#samples = []
    this.#pump()
  }

  /** Jumps to the earliest due time; nothing while a trigger runs. While paused the trigger still waits for a step. */
  skip(): void {
    const next = this.#next()
    if (this.#isBusy() || next === null || next.phase === 'starting' || next.atMs === Infinity) return
    this.#clock.jumpTo(next.atMs)
    this.#samples = []
    this.#pump()
  }

  /** Jumps to a session time as soon as no trigger runs: what is due by then runs once, there. Never goes back. */
  skipTo(sessionMs: number): void {
    this.#jumpToMs = sessionMs
    this.#pump()
  }

  /**
   * Pauses, and lets exactly one trigger of the query run (null: the next one due): stream time jumps to its due time.
   * A step while the query's trigger runs lets one more follow.
   */
  step(query: QueryId | null): void {
    this.#clock.setPaused(true)
    if (query === null) this.#stepNext = true
    else {
      const entry = this.#entries.get(query)
      if (entry !== undefined) entry.hasPermit = true
    }
    this.#pump()
  }

  /** Session time of the query's next trigger; null while one runs, before its first, or when it has ended. */
  nextDueMs(query: QueryId): number | null {
    const entry = this.#entries.get(query)
    return entry?.phase === 'waiting' ? entry.atMs : null
  }

  /** Session milliseconds per real one, where triggers keep the clock well below its set speed; else null. */
  runningAtSpeed(): number | null {
    this.#sample()
    const state = this.#clock.state()
    const first = this.#samples.at(0)
    const last = this.#samples.at(-1)
    if (state.paused || first === undefined || last === undefined) return null
    const spanMs = last.realMs - first.realMs
    if (spanMs < SPEED_SAMPLE_MS) return null
    const speed = (last.sessionMs - first.sessionMs) / spanMs
    return speed < state.speed * 0.95 ? speed : null
  }

  clockState(): ClockState {
    return this.#clock.state()
  }

  #isBusy(): boolean {
    for (const { phase } of this.#entries.values()) if (phase === 'running' || phase === 'between') return true
    return false
  }

  /** Who goes next among those that are starting, waiting or asleep. */
  #next(among: (entry: Entry) => boolean = () => true): Entry | null {
    let best: Entry | null = null
    for (const entry of this.#entries.values()) {
      if (entry.phase === 'running' || entry.phase === 'between' || !among(entry)) continue
      if (best === null || isBefore(entry, best)) best = entry
    }
    return best
  }

  /** Grants what may run, then sets the hold and the timer for what comes next. */
  #pump(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    this.#sample()
    if (!this.#isBusy()) {
      if (this.#jumpToMs !== null) this.#jump(this.#jumpToMs)
      if (this.#clock.state().paused) this.#grantStep()
      else this.#grantDue()
    }
    this.#setHold()
  }

  #jump(sessionMs: number): void {
    this.#jumpToMs = null
    this.#clock.jumpTo(sessionMs)
    this.#samples = []
  }

  #grantDue(): void {
    const next = this.#next()
    if (next === null || next.phase === 'starting') return
    if (next.atMs > this.#clock.nowMs()) {
      if (this.#clock.realMsUntil(next.atMs) > DUE_WITHIN_MS) return
      // Rounding may leave the clock a hair before the due time; the trigger must see the due time itself.
      this.#clock.jumpTo(next.atMs)
    }
    this.#grant(next)
  }

  #grantStep(): void {
    const chosen = this.#next((entry) => entry.hasPermit) ?? (this.#stepNext ? this.#next() : null)
    if (chosen === null || chosen.phase === 'starting' || chosen.atMs === Infinity) return
    chosen.hasPermit = false
    this.#stepNext = false
    this.#clock.jumpTo(chosen.atMs)
    this.#grant(chosen)
  }

  #grant(entry: Entry): void {
    const nowMs = this.#clock.nowMs()
    // Nothing else is granted before this one is done, so the time it sees cannot move under it.
    this.#clock.setHold(nowMs)
    entry.grantsAtInstant = entry.lastGrantMs === nowMs ? entry.grantsAtInstant + 1 : 1
    entry.lastGrantMs = nowMs
    entry.phase = 'running'
    entry.atMs = nowMs
    const grant = entry.grant
    entry.grant = null
    grant?.({ nowMs })
  }

  #setHold(): void {
    let holdMs = Infinity
    for (const { atMs } of this.#entries.values()) holdMs = Math.min(holdMs, atMs)
    // Moving the hold down would not move the clock back, only stop it: it never lies before now.
    const state = this.#clock.state()
    if (state.holdMs !== holdMs) this.#clock.setHold(Math.max(holdMs, this.#clock.nowMs()))
    const next = this.#next()
    if (this.#isBusy() || next === null || next.phase === 'starting' || next.atMs === Infinity || state.paused) return
    const delayMs = this.#clock.realMsUntil(next.atMs)
    if (delayMs === Infinity) return
    this.#cancelTimer = this.#timers.setTimer(Math.min(delayMs, LONGEST_TIMER_MS), () => this.#pump())
  }

  #sample(): void {
    const realMs = this.#timers.realNowMs?.()
    if (realMs === undefined) return
    const last = this.#samples.at(-1)
    if (last !== undefined && realMs - last.realMs < SPEED_SAMPLE_MS) return
    this.#samples.push({ realMs, sessionMs: this.#clock.nowMs() })
    while (this.#samples.length > 2 && realMs - this.#samples[0].realMs > SPEED_WINDOW_MS) this.#samples.shift()
  }
}

/** Earlier first; at one instant whoever had fewer grants there, then start order. */
function isBefore(a: Entry, b: Entry): boolean {
  if (a.atMs !== b.atMs) return a.atMs < b.atMs
  const byGrants = grantsAt(a) - grantsAt(b)
  return byGrants !== 0 ? byGrants < 0 : a.order < b.order
}

function grantsAt(entry: Entry): number {
  return entry.lastGrantMs === entry.atMs ? entry.grantsAtInstant : 0
}
