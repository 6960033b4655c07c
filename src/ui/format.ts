const COUNT = new Intl.NumberFormat('en-US')

/** 1240 -> "1,240" */
export function formatCount(count: number): string {
  return COUNT.format(count)
}

/** Short enough for a card: 0.4, 12, 1,240, 12.4k. */
export function formatRate(rate: number): string {
  if (!Number.isFinite(rate)) return '–'
  if (rate >= 10_000) return `${(rate / 1000).toFixed(1)}k`
  if (rate >= 10 || rate === 0) return COUNT.format(Math.round(rate))
  return rate.toFixed(1)
}

/** Wall time of a run: 12 ms, 0.8 s, 1 min 20 s. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 100) return `${Math.round(durationMs)} ms`
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(1)} s`
  return `${Math.floor(durationMs / 60_000)} min ${Math.round((durationMs % 60_000) / 1000)} s`
}

/** 83000 -> "1:23" */
export function formatMinutes(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000))
  const hours = Math.floor(seconds / 3600)
  const rest = String(seconds % 60).padStart(2, '0')
  if (hours > 0) return `${hours}:${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')}:${rest}`
  return `${Math.floor(seconds / 60)}:${rest}`
}

/** Session time, UTC: "10:04:31". */
export function formatClock(epochMs: number): string {
  return Number.isFinite(epochMs) ? new Date(epochMs).toISOString().slice(11, 19) : '--:--:--'
}

/** The wall clock of this computer: "10:02". */
export function formatWallTime(epochMs: number): string {
  const date = new Date(epochMs)
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`
}

export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}
