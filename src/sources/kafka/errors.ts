import { outsideError, userError } from '../../protocol/errors/runnel-error'
import { partitionOf, setText, topicOf } from './topic-partitions'

/** Spark's words of a Kafka source that does not find its records. The Java exceptions print no error class, so none is set. */

export function expired(name: string, from: number, until: number, begin: number) {
  return dataLoss(
    `Could not read records in offset [${from}, ${until}) for topic partition ${name}\nwith consumer group ` +
      'spark-kafka-source.',
    from < begin
      ? `The hub ${topicOf(name)} keeps records from offset ${begin} on.`
      : `The hub ${topicOf(name)} has no such records yet, or was deleted and made again.`,
  )
}

export function offsetChanged(name: string, start: number, end: number) {
  return dataLoss(
    `Partition ${name} offset was changed from ${start} to ${end}.\nThis could be either 1) a user error that the start ` +
      'offset is set beyond available offset when starting query, or 2) the kafka topic-partition is deleted and re-created.',
    `The hub ${topicOf(name)} was made again, or startingOffsets lies beyond its end. Restart the stream from scratch.`,
  )
}

export function partitionsGone(names: readonly string[]) {
  return dataLoss(
    `Partitions ${setText(names)} have been deleted.`,
    'The checkpoint belongs to a query on other topics. Give this query a checkpoint of its own.',
  )
}

function dataLoss(reason: string, hint: string) {
  return outsideError(
    '',
    'Some data may have been lost because they are not available in Kafka any more;\n' +
      'either the data was aged out by Kafka or the topic may have been deleted before all the data in the\n' +
      "topic was processed.\nIf you don't want your streaming query to fail on such cases, set the source option " +
      `failOnDataLoss to false.\nReason: ${reason}`,
    { hint },
  )
}

/** A batch read whose start, as numbers, lies behind its end. */
export function startAfterEnd(name: string, start: number, end: number) {
  return userError(
    '',
    `The resolved start offset ${start} is greater than the resolved end offset ${end} for topic ${topicOf(name)} ` +
      `partition ${partitionOf(name)}.\nPlease investigate in this order:\n` +
      '1. Check whether start offset is set beyond the end offset or the latest available offset after resolution. ' +
      'Possible inputs are:\n' +
      '  (a) Start offset is set to a timestamp, and the end offset is set to an index of offset.\n' +
      '  (b) Start offset is set to an index of offset, and the end offset is set to a timestamp.\n' +
      '  (c) Start offset is set, and the end offset is set to latest.\n' +
      '2. Check whether the Kafka topic-partition is deleted and re-created.',
    { exception: 'SparkException', hint: `Partition ${name} has no record at offset ${start} before the end.` },
  )
}

/** The same, seen in the options already. */
export function givenStartAfterEnd(kind: 'offset' | 'timestamp', name: string, start: number, end: number) {
  return userError(
    '',
    `The specified start ${kind} ${start} is greater than the end ${kind} ${end} for topic ${topicOf(name)} ` +
      `partition ${partitionOf(name)}.`,
    { exception: 'IllegalArgumentException', hint: 'Make the start the smaller one.' },
  )
}

export function partitionsDiffer(start: Iterable<string>, end: Iterable<string>) {
  return userError(
    '',
    'The specified start offset and end offset should have the same topic-partitions.\nTopic-partitions for start ' +
      `offset: ${[...start].join(', ')}, topic-partitions for end offset: ${[...end].join(', ')}.`,
    { exception: 'IllegalArgumentException', hint: 'Name the same partitions in both.' },
  )
}

/** `kind` says which option does not name every partition; a stream and a batch read say it differently. */
export function partitionsNotAssigned(
  kind: 'stream offsets' | 'batch offsets' | 'timestamps',
  given: Iterable<string>,
  assigned: readonly string[],
  end: 'start' | 'end',
) {
  const specified = `Specified: ${setText(given)} Assigned: ${setText(assigned)}`
  const words = {
    'stream offsets':
      'assertion failed: If startingOffsets contains specific offsets, you must specify all TopicPartitions.\n' +
      "Use -1 for latest, -2 for earliest, if you don't care.\n",
    'batch offsets':
      `Partitions specified for Kafka ${end} offsets don't match what are assigned. Maybe topic partitions are created ` +
      '\nor deleted while the query is running. Use -1 for latest, -2 for earliest.\n',
    timestamps:
      `Partitions specified for Kafka timestamp based ${end} offsets don't match what are assigned. Maybe topic ` +
      "partitions are created \nor deleted while the query is running, or you didn't specify all the partitions.\n",
  }[kind]
  return userError('', words + specified, {
    exception: 'SparkException',
    hint: `Name every partition: ${assigned.join(', ')}. A topic made in the browser has four.`,
  })
}
