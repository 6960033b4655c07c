import type { DecimalType } from '../../protocol/columns'

const MAX_PRECISION = 38

/** precision and scale cut at 38 each (results of sum and avg). */
export function boundedDecimal(precision: number, scale: number): DecimalType {
  return { kind: 'decimal', precision: Math.min(precision, MAX_PRECISION), scale: Math.min(scale, MAX_PRECISION) }
}
