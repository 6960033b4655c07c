/** Lag as Spark's Kafka source reports it; `behind` has one number a partition. Empty without partitions. */
export function lagMetrics(behind: readonly number[]): Readonly<Record<string, string>> {
  if (behind.length === 0) return {}
  const average = behind.reduce((sum, each) => sum + each, 0) / behind.length
  return {
    avgOffsetsBehindLatest: Number.isInteger(average) ? `${average}.0` : String(average),
    maxOffsetsBehindLatest: String(Math.max(...behind)),
    minOffsetsBehindLatest: String(Math.min(...behind)),
  }
}
