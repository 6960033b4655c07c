/** The session clock. Stream time for everything a user can see; durations come from `realNowMs`. */
export interface Clock {
  /** Session time, milliseconds since 1970 UTC. */
  nowMs(): number
  /** Waits `durationMs` of session time; rejects with `OPERATION_CANCELED` when the signal fires. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>
  /** Real, monotonic milliseconds for `durationMs` and rates. */
  realNowMs(): number
}
