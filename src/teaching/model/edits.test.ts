import { describe, expect, it } from 'vitest'
import { timeFieldEdit, arrivalWarning, bodyTimeEdit } from './event-time-edit'
import { connectionName, hubExpression, kafkaReader } from './kafka-conversion'
import type { CellEdit } from './kafka-conversion'
import { previewEdit } from './stream-preview-edit'

const applied = (source: string, edit: CellEdit | null) =>
  edit === null ? null : source.replace(edit.from, () => edit.to)

describe('reading a hub through its Kafka endpoint', () => {
  const pasted = `raw_stream = spark.readStream \\
    .format("eventhubs") \\
    .options(**ehConf) \\
    .load()
`
  it('keeps the shape of the chain and the names of the columns', () => {
    const converted = applied(pasted, kafkaReader(pasted, { connection: 'conn', hub: 'hub_name' })) ?? ''
    expect(converted).toMatch(
      /^raw_stream = spark\.readStream \\\n {4}\.format\("kafka"\) \\\n {4}\.option\("kafka\.bootstrap/,
    )
    expect(converted).toContain('password="{conn}";')
    expect(converted).toContain('.option("subscribe", hub_name) \\\n')
    expect(converted.trimEnd()).toMatch(/\.withColumnRenamed\("timestamp", "enqueuedTime"\)$/)
  })

  it('works inside parentheses and on one line', () => {
    const oneLine = 'x = spark.readStream.format("eventhubs").options(**o).load()'
    expect(applied(oneLine, kafkaReader(oneLine, { connection: 'c', hub: '"h"' }))).toContain(
      '.format("kafka").option(',
    )
    expect(kafkaReader('spark.readStream.format("eventhubs").load()', { connection: 'c', hub: '"h"' })).toBeNull()
  })

  it('finds the names the notebook gave', () => {
    const code =
      'NAME = "clicks"\nehConf = {"eventhubs.connectionString": sc._jvm.org.apache.spark.eventhubs.EventHubsUtils.encrypt(CONN)}'
    expect(connectionName(code)).toBe('CONN')
    expect(connectionName('{"eventhubs.connectionString": conn, }')).toBe('conn')
    expect(hubExpression(code, 'clicks')).toBe('NAME')
    expect(hubExpression(code, 'other')).toBe('"other"')
  })
})

describe('event time from the body', () => {
  it('renames the column in watermark and window, and nowhere before', () => {
    const source = `agg = parsed.select("processing_time") \\
    .withWatermark("processing_time", "10 minutes") \\
    .groupBy(window('processing_time', "5 minutes"))`
    expect(applied(source, bodyTimeEdit(source, 'processing_time', 'eventTime')))
      .toBe(`agg = parsed.select("processing_time") \\
    .withWatermark("eventTime", "10 minutes") \\
    .groupBy(window('eventTime', "5 minutes"))`)
    expect(bodyTimeEdit(source, 'other', 'eventTime')).toBeNull()
  })

  it('adds the field to a schema that lacks it', () => {
    const source = 'event_schema = StructType([\n    StructField("eventType", StringType()),\n])'
    expect(applied(source, timeFieldEdit(source, 'eventTime'))).toBe(
      'event_schema = StructType([\n    StructField("eventTime", TimestampType()),\n    StructField("eventType", StringType()),\n])',
    )
    expect(timeFieldEdit(source, 'eventType')).toBeNull()
    expect(timeFieldEdit('x = 1', 'eventTime')).toBeNull()
  })

  it('says what Spark does', () => {
    expect(arrivalWarning('processing_time', 20)).toBe(
      '`processing_time` is the arrival time, so these 20 events count as on time. Spark would do the same.',
    )
  })
})

describe('a preview instead of a batch call', () => {
  it('rewrites the line of the error', () => {
    expect(previewEdit('a = 1\nclicks.show(5)', 2)).toEqual({ from: 'clicks.show(5)', to: 'display(clicks)' })
    expect(previewEdit('print(clicks.count())', 1)).toEqual({ from: 'print(clicks.count())', to: 'display(clicks)' })
    expect(previewEdit('clicks.show()\nother.show()', null)).toBeNull()
    expect(previewEdit('n = clicks.count()', 1)).toBeNull()
  })
})
