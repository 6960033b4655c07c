import { fromJson } from '@bufbuild/protobuf'
import type { JsonValue } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { RelationSchema } from '../../protocol/spark-connect'
import { planFacts } from './plan-facts'

const attribute = (name: string) => ({ unresolvedAttribute: { unparsedIdentifier: name } })
const text = (value: string) => ({ literal: { string: value } })
const call = (functionName: string, ...args: JsonValue[]) => ({
  unresolvedFunction: { functionName, arguments: args },
})
const alias = (expr: JsonValue, name: string) => ({ alias: { expr, name: [name] } })

const hub = (options: Record<string, string> = {}, format = 'eventhubs'): JsonValue => ({
  read: { isStreaming: true, dataSource: { format, schema: '{}', options } },
})
const table: JsonValue = { read: { isStreaming: false, dataSource: { format: 'delta', schema: '{}', options: {} } } }
const clicks = (input: JsonValue, time: JsonValue): JsonValue => ({
  project: {
    input: {
      project: {
        input,
        expressions: [
          alias(call('from_json', attribute('body'), text('eventTime TIMESTAMP')), 'data'),
          alias(time, 'processing_time'),
        ],
      },
    },
    expressions: [{ unresolvedStar: { unparsedTarget: 'data.*' } }, attribute('processing_time')],
  },
})
const windowed = (input: JsonValue, column: string, ...durations: string[]): JsonValue => ({
  aggregate: {
    input: { withWatermark: { input, eventTime: column, delayThreshold: '10 minutes' } },
    groupType: 'GROUP_TYPE_GROUPBY',
    groupingExpressions: [call('window', attribute(column), ...durations.map(text)), attribute('userAgent.platform')],
  },
})
const facts = (relation: JsonValue) => planFacts(fromJson(RelationSchema, relation))

describe('facts of a streaming plan', () => {
  it('reads watermark, window and keys off a windowed count', () => {
    expect(facts(windowed(clicks(hub(), attribute('enqueuedTime')), 'processing_time', '5 minutes'))).toMatchObject({
      watermark: { column: 'processing_time', delayMs: 600_000, origin: 'arrival' },
      window: { durationMs: 300_000, slideMs: 300_000, startMs: 0 },
      groupKeys: ['userAgent.platform'],
      stateful: ['aggregate'],
      numFilters: 0,
      multipliesRows: false,
      sources: [{ format: 'eventhubs', startsAt: 'earliest' }],
    })
  })

  it('takes slide and start offset of a window', () => {
    const plan = windowed(
      clicks(hub(), attribute('enqueuedTime')),
      'processing_time',
      '10 minutes',
      '5 minutes',
      '30 seconds',
    )
    expect(facts(plan).window).toEqual({ durationMs: 600_000, slideMs: 300_000, startMs: 30_000 })
  })

  it('tells an event time of the body from a time of arrival', () => {
    const origin = (column: string, time: JsonValue) =>
      facts(windowed(clicks(hub(), time), column, '5 minutes')).watermark?.origin
    expect(origin('eventTime', attribute('enqueuedTime'))).toBe('body')
    expect(origin('processing_time', call('current_timestamp'))).toBe('arrival')
    expect(origin('processing_time', attribute('properties'))).toBe('unknown')
  })

  it('follows a column over withColumn and renames, to the arrival column of Kafka too', () => {
    const added: JsonValue = {
      withColumns: {
        input: hub({}, 'kafka'),
        aliases: [{ expr: attribute('timestamp'), name: ['arrived'] }],
      },
    }
    const renamed: JsonValue = {
      withColumnsRenamed: { input: added, renames: [{ colName: 'arrived', newColName: 'at' }] },
    }
    expect(facts(windowed(renamed, 'at', '1 minute')).watermark?.origin).toBe('arrival')
  })

  it('counts filters and generators of the streaming side alone', () => {
    const filtered: JsonValue = { filter: { input: hub(), condition: attribute('ok') } }
    const joined: JsonValue = {
      join: {
        left: filtered,
        right: { filter: { input: table, condition: attribute('ok') } },
        joinType: 'JOIN_TYPE_INNER',
      },
    }
    expect(facts(joined)).toMatchObject({ numFilters: 1, stateful: [], groupKeys: null })
    const exploded: JsonValue = { project: { input: hub(), expressions: [call('explode', attribute('items'))] } }
    expect(facts(exploded).multipliesRows).toBe(true)
  })

  it('knows where sources start', () => {
    const startsAt = (format: string, options: Record<string, string>) =>
      facts(hub(options, format)).sources[0].startsAt
    expect(startsAt('kafka', {})).toBe('latest')
    expect(startsAt('kafka', { startingOffsets: 'earliest' })).toBe('earliest')
    expect(startsAt('eventhubs', { 'eventhubs.startingPosition': '{"offset":"@latest"}' })).toBe('latest')
    expect(startsAt('eventhubs', { 'eventhubs.startingPosition': '{"enqueuedTime":"2026-01-01T00:00:00Z"}' })).toBe(
      'given',
    )
  })

  it('gives one plan one fingerprint, whatever the numbers of the session that made it', () => {
    const withId = (planId: string): JsonValue => ({ ...(hub() as object), common: { planId } })
    expect(facts(withId('3')).fingerprint).toBe(facts(withId('17')).fingerprint)
    const leaf = (key: string) => facts(hub({ 'runnel.leaf': key })).fingerprint
    expect(leaf('{"key":"0-200-bb866c51"}')).toBe(leaf('{"key":"3-200-50d023bc"}'))
    expect(facts(hub({ a: '1' })).fingerprint).not.toBe(facts(hub()).fingerprint)
  })
})
