import type { EventTimes } from '../execution/event-times'
import type { Transform } from './operator'

/**
 * EventTimeWatermark: rows pass unchanged; their event times move the watermark of the next batch.
 *
 * Input   any batch
 * Output  the same batch
 * State   `times` of this batch
 * Errors  none
 * Source  Spark 4.1 EventTimeWatermarkExec
 */
export function eventTimeWatermark(column: number, times: EventTimes): Transform {
  return (batch) => {
    times.add(batch.columns[column])
    return batch
  }
}
