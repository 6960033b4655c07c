import { formatWallTime } from '../../ui/format'

/** The engine tells the time once a second, also to a hidden tab: so long without a word was sleep. */
export const ASLEEP_MS = 20_000

export type Slept = { readonly fromMs: number; readonly untilMs: number }

/** Between two words of the engine, in real time; null = it was just late. */
export function sleepBetween(lastMs: number | null, nowMs: number): Slept | null {
  return lastMs !== null && nowMs - lastMs >= ASLEEP_MS ? { fromMs: lastMs, untilMs: nowMs } : null
}

/** "This tab slept 10:14-10:41. Streams continued at batch 17; nothing lost." */
export function sleptText({ fromMs, untilMs }: Slept, nextBatchIds: readonly number[]): string {
  const batches = nextBatchIds.length === 0 ? '' : ` Streams continued at batch ${nextBatchIds.join(', ')};`
  const end = batches === '' ? ' Nothing is lost.' : ' nothing lost.'
  return `This tab slept ${formatWallTime(fromMs)}-${formatWallTime(untilMs)}.${batches}${end} Stream time stood still meanwhile.`
}
