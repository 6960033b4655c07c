import { formatClock } from '../../ui/format'
import type { EventTimeWindow } from './event-time-line'

/** "open until the watermark reaches 10:02:00", "given out in batch 5": what became of a window, by the output mode. */
export function closingText({ endMs, isClosed, closedInBatch, numRows }: EventTimeWindow, outputMode: string): string {
  const end = formatClock(endMs)
  if (outputMode === 'complete') return isClosed ? `the watermark passed ${end}; kept all the same` : 'in the result'
  if (!isClosed) return `open until the watermark reaches ${end}`
  // It came and went with late rows alone: there was nothing to give out.
  if (numRows === 0) return 'had ended before its first row came'
  const when = closedInBatch === null ? 'before the page looked' : `in batch ${closedInBatch}`
  return outputMode === 'append' ? `given out ${when}` : `left the state ${when}`
}
