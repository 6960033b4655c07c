/** Confs that `offsets/N` pins for the life of a checkpoint, in Spark 4.1's order, with the session's defaults. */
const PINNED: readonly (readonly [key: string, sessionDefault: string])[] = [
  [
    'spark.sql.streaming.stateStore.providerClass',
    'org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider',
  ],
  ['spark.sql.streaming.stateStore.rocksdb.formatVersion', '5'],
  ['spark.sql.streaming.stateStore.encodingFormat', 'unsaferow'],
  ['spark.sql.streaming.statefulOperator.useStrictDistribution', 'true'],
  ['spark.sql.streaming.flatMapGroupsWithState.stateFormatVersion', '2'],
  ['spark.sql.streaming.multipleWatermarkPolicy', 'min'],
  ['spark.sql.streaming.aggregation.stateFormatVersion', '2'],
  ['spark.sql.shuffle.partitions', '200'],
  ['spark.sql.streaming.join.stateFormatVersion', '2'],
  ['spark.sql.streaming.stateStore.compression.codec', 'lz4'],
  ['spark.sql.optimizer.pruneFiltersCanPruneStreamingSubplan', 'false'],
]

/** What a log written before a conf existed means, where that differs from today's default. */
const ABSENT_MEANS: Readonly<Record<string, string>> = {
  'spark.sql.streaming.statefulOperator.useStrictDistribution': 'false',
  'spark.sql.streaming.flatMapGroupsWithState.stateFormatVersion': '1',
  'spark.sql.streaming.aggregation.stateFormatVersion': '1',
  'spark.sql.streaming.join.stateFormatVersion': '1',
  'spark.sql.streaming.multipleWatermarkPolicy': 'min',
  'spark.sql.streaming.stateStore.compression.codec': 'lz4',
  'spark.sql.streaming.stateStore.encodingFormat': 'unsaferow',
  'spark.sql.optimizer.pruneFiltersCanPruneStreamingSubplan': 'true',
}

/** The pinned confs of a new checkpoint, from the session. */
export function pinnedConf(session: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(PINNED.map(([key, fallback]) => [key, session[key] ?? fallback]))
}

/** The pinned confs of a checkpoint that exists: what its last offsets say wins over the session. */
export function restoredConf(
  logged: Readonly<Record<string, string>>,
  session: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    PINNED.map(([key, fallback]) => [key, logged[key] ?? ABSENT_MEANS[key] ?? session[key] ?? fallback]),
  )
}
