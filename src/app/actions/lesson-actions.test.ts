import { expect, it } from 'vitest'
import type { ProducerPreset } from '../../protocol/workers/broker'
import { lessonOf, matchingPreset, sendsItself } from './lesson-actions'

const preset = (id: string, fields: string[]): ProducerPreset => ({
  id,
  title: id,
  description: '',
  fields,
  defaults: {} as never,
})
const presets = [
  preset('clicks', ['eventType', 'eventID', 'productId']),
  preset('transactions', ['transaction_id', 'amount', 'category']),
]

it('reads the lesson a notebook declares', () => {
  const lesson = lessonOf({
    runnel: {
      clock: { start: '2026-01-15T10:00:00Z', speed: 20 },
      hubs: [{ hub: 'clicks', preset: 'clicks', seed: 7 }, { hub: 3 }],
    },
  })
  expect(lesson.clock).toEqual({ startMs: Date.UTC(2026, 0, 15, 10), speed: 20 })
  expect(lesson.hubs).toEqual([{ hub: 'clicks', preset: 'clicks', seed: 7 }])
  expect(lessonOf({})).toEqual({ clock: null, hubs: [] })
})

it('chooses the preset whose fields match the from_json schema', () => {
  expect(
    matchingPreset('StructField("eventType", StringType()), StructField("eventID", StringType())', presets)?.id,
  ).toBe('clicks')
  expect(matchingPreset('from_json(col("body"), "transaction_id STRING, amount DOUBLE")', presets)?.id).toBe(
    'transactions',
  )
  expect(matchingPreset('StructField("amount", DoubleType())', presets)).toBe(null)
})

it('knows code that sends its own events', () => {
  expect(sendsItself('await producer.send_batch(batch)')).toBe(true)
  expect(sendsItself('producer = EventHubProducerClient.from_connection_string()')).toBe(false)
})
