import type { SaveMode } from '../../engine/ports/sink'
import { simpleString } from '../../engine/types/type-names'
import type { StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'

/** Refuses missing columns and wrong types in the connector's words. */
export function checkColumns(schema: StructType): void {
  const typeOf = (name: string) => {
    const field = schema.fields.find((each) => each.name === name)
    return field === undefined ? null : simpleString(field.type)
  }
  const body = typeOf('body')
  if (body === null)
    throw refused(
      "Required attribute 'body' not found.",
      'Make one column named body, for example selectExpr("to_json(struct(*)) AS body").',
    )
  if (body !== 'string' && body !== 'binary')
    throw refused('body attribute type must be a String or BinaryType.', 'Cast it: CAST(body AS STRING).')
  for (const name of ['partitionKey', 'partition', 'partitionId'])
    if ((typeOf(name) ?? 'string') !== 'string')
      throw refused(`${name} attribute unsupported type ${typeOf(name)}`, `Cast it: CAST(${name} AS STRING).`)
  if ((typeOf('properties') ?? PROPERTIES) !== PROPERTIES)
    throw refused(
      `properties attribute unsupported type ${typeOf('properties')}`,
      'properties is a MAP<STRING, STRING>.',
    )
}

const PROPERTIES = 'map<string,string>'

export function saveModeRefused(mode: SaveMode) {
  return refused(
    `Save mode ${mode} not allowed for EventHubs. Allowed save modes are Append and ErrorIfExists (default).`,
    'A hub only grows: use .mode("append").',
  )
}

export function keyAndPartition(key: string, partition: string) {
  return userError(
    '',
    `Both a partitionKey (${key}) and partition (${partition}) have been detected. Both can not be set.`,
    { exception: 'SparkException', hint: 'Keep one: a key chooses the partition by its hash.' },
  )
}

export function nullBody() {
  return userError('', 'requirement failed: body can not be null', {
    exception: 'SparkException',
    hint: 'Filter rows whose body is NULL: .where("body IS NOT NULL").',
  })
}

export function nullProperty() {
  return userError('', 'Properties cannot have a null value', {
    exception: 'SparkException',
    hint: 'Leave the entry out, or give it an empty text.',
  })
}

export function badPartition(partition: string, numPartitions: number) {
  return userError('', `The partition ${partition} does not exist.`, {
    exception: 'SparkException',
    hint: `Partitions of this hub are "0" to "${numPartitions - 1}".`,
  })
}

function refused(words: string, hint: string) {
  return userError('', words, { exception: 'IllegalArgumentException', hint })
}
