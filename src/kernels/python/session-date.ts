/**
 * Replaces `Date` in the kernel's worker: `now` is session time and the local zone is UTC, so that Python's `time.time`,
 * `datetime.now`, `time.localtime` and `time.mktime` follow the session clock. `performance.now` (perf_counter) stays real.
 */
export function installSessionDate(scope: { Date: DateConstructor }, nowMs: () => number): void {
  const RealDate = scope.Date
  const now = () => Math.floor(nowMs())

  class SessionDate extends RealDate {
    constructor(...parts: number[]) {
      if (parts.length === 0) super(now())
      else if (parts.length === 1) super(parts[0])
      else super(RealDate.UTC(...(parts as [number, number])))
    }

    static override now = now
    override getTimezoneOffset(): number {
      return 0
    }
  }

  const parts = ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds']
  const prototype = SessionDate.prototype as unknown as Record<string, unknown>
  for (const part of parts) {
    prototype[`get${part}`] = prototype[`getUTC${part}`]
    if (part !== 'Day') prototype[`set${part}`] = prototype[`setUTC${part}`]
  }
  scope.Date = SessionDate as unknown as DateConstructor
}
