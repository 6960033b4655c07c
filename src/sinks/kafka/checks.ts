import type { OptionMap } from '../../engine/ports/options'
import type { SaveMode } from '../../engine/ports/sink'
import { simpleString } from '../../engine/types/type-names'
import type { DataType, StructType } from '../../protocol/columns'
import { outsideError, userError } from '../../protocol/errors/runnel-error'

const STRING: DataType = { kind: 'string' }
const BINARY: DataType = { kind: 'binary' }
const HEADERS = 'array<struct<key:string,value:binary>>'

/** Option `topic`; null when records say it themselves. */
export function topicOption(options: OptionMap): string | null {
  return options.get('topic')?.trim() ?? null
}

/** Refuses columns of wrong types and missing ones, in the order in which Spark looks. Names compare with case, as there. */
export function checkColumns(schema: StructType, topic: string | null): void {
  const typeOf = (name: string) => schema.fields.find((field) => field.name === name)?.type
  const check = (name: string, allowed: readonly string[]) => {
    const type = typeOf(name)
    if (type === undefined || allowed.includes(simpleString(type))) return
    throw refused(
      `${name} attribute unsupported type ${simpleString(type)}. ${name} must be a(n) ${allowed.join(' or ')}`,
      `Cast it: .withColumn("${name}", col("${name}").cast("${allowed[0]}")).`,
    )
  }
  if (topic === null) {
    if (typeOf('topic') === undefined)
      throw refused(
        "topic option required when no 'topic' attribute is present. Use the topic option for setting a topic.",
        'Add .option("topic", "<topic>").',
      )
    check('topic', [simpleString(STRING)])
  }
  check('key', [simpleString(STRING), simpleString(BINARY)])
  if (typeOf('value') === undefined)
    throw refused(
      "Required attribute 'value' not found",
      'Make one column named value, for example selectExpr("to_json(struct(*)) AS value").',
    )
  check('value', [simpleString(STRING), simpleString(BINARY)])
  check('headers', [HEADERS])
  check('partition', ['int'])
}

/** Producer settings that Spark keeps for itself. */
export function checkProducerOptions(options: OptionMap): void {
  for (const [part, plural] of [
    ['key', 'keys'],
    // Spark's words, singular and all.
    ['value', 'value'],
  ] as const) {
    if (!options.has(`kafka.${part}.serializer`)) continue
    throw userError(
      '',
      `Kafka option '${part}.serializer' is not supported as ${plural} are serialized with ByteArraySerializer.`,
      { exception: 'IllegalArgumentException', hint: `Leave kafka.${part}.serializer out.` },
    )
  }
}

export function saveModeRefused(mode: SaveMode) {
  return userError(
    '_LEGACY_ERROR_TEMP_3081',
    `Save mode ${mode} not allowed for Kafka. Allowed save modes are Append and ErrorIfExists (default).`,
    { hint: 'A topic only grows: use .mode("append").' },
  )
}

export function nullTopic() {
  return userError(
    '',
    'The Kafka message data sent to the producer contains a null topic. Use the `topic` option for setting a default topic.',
    {
      exception: 'SparkException',
      hint: 'Add .option("topic", "<topic>"), or fill the column topic in every row.',
    },
  )
}

export function invalidPartition(partition: number) {
  return userError('', `Invalid partition: ${partition}. Partition number should always be non-negative or null.`, {
    exception: 'SparkException',
    hint: 'Partitions count from 0.',
  })
}

export function partitionNotThere(topic: string, partition: number, numPartitions: number) {
  return outsideError(
    '',
    `Partition ${partition} of topic ${topic} with partition count ${numPartitions} is not present in metadata after 60000 ms.`,
    {
      hint: `The topic ${topic} has partitions 0 to ${numPartitions - 1}, there is no partition ${partition}.`,
    },
  )
}

export function missingServers() {
  return userError('', 'No resolvable bootstrap urls given in bootstrap.servers', {
    exception: 'SparkException',
    hint: 'Add .option("kafka.bootstrap.servers", "localhost:9092"): the in-browser hubs answer there.',
  })
}

function refused(words: string, hint: string) {
  return userError('_LEGACY_ERROR_TEMP_3080', words, { hint })
}
