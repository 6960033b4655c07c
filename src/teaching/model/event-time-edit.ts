import type { CellEdit } from './kafka-conversion'

/**
 * [Use eventTime from the body] (B07): the watermark and the window take the body's own time instead of the time of arrival.
 * One edit for the whole call chain, from `withWatermark` on; null when the cell does not name the column.
 */
export function bodyTimeEdit(source: string, column: string, field: string): CellEdit | null {
  const start = source.search(new RegExp(`\\.withWatermark\\(\\s*["']${column}["']`))
  if (start === -1) return null
  const from = source.slice(start)
  const to = from.replace(new RegExp(`(["'])${column}\\1`, 'g'), `$1${field}$1`)
  return from === to ? null : { from, to }
}

/** Adds the field to a schema written as StructType, when it is missing; null when there is no such schema in the cell. */
export function timeFieldEdit(source: string, field: string): CellEdit | null {
  if (new RegExp(`StructField\\(\\s*["']${field}["']`).test(source)) return null
  const found = /(=\s*StructType\(\[)(\s*)/.exec(source)
  if (found === null) return null
  const [from, open, gap] = found
  return { from, to: `${open}${gap}StructField("${field}", TimestampType()),${gap === '' ? ' ' : gap}` }
}

/** "`processing_time` is the arrival time, so these 20 events count as on time. Spark would do the same." */
export function arrivalWarning(column: string, numEvents: number): string {
  return `\`${column}\` is the arrival time, so these ${numEvents} events count as on time. Spark would do the same.`
}
