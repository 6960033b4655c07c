import type { Broker } from '../../engine/ports/broker'
import { badOption } from '../../broker/reading/option-values'

/** The connector's EventPosition: at least one of the first three is set. */
export type EventHubsPosition = {
  readonly offset: string | null
  /** -1 = not set. */
  readonly seqNo: number
  readonly enqueuedMs: number | null
  readonly isInclusive: boolean
}

export const END_OF_STREAM: EventHubsPosition = { offset: '@latest', seqNo: -1, enqueuedMs: null, isInclusive: false }

const EXPECTED =
  'JSON such as {"offset": "-1", "seqNo": -1, "enqueuedTime": null, "isInclusive": true}; ' +
  'offset "-1" is the start of the stream, "@latest" its end'
const EXPECTED_MAP = 'a JSON map from {"ehName":"HUB","partitionId":0}, as text, to positions'

export function parsePosition(option: string, value: string): EventHubsPosition {
  return positionOf(option, value, parseJson(option, value, EXPECTED))
}

/** Positions by partition of the hub; entries of other hubs are left out, as the connector never asks for them. */
export function parsePositions(option: string, value: string): (hub: string) => ReadonlyMap<number, EventHubsPosition> {
  const refuse = (words: string) => badOption(option, value, EXPECTED_MAP, words)
  const entries = Object.entries(parseJson(option, value, EXPECTED_MAP)).map(([key, position]) => {
    const name = parseObject(key)
    const { ehName, partitionId } = name ?? {}
    if (typeof ehName !== 'string' || typeof partitionId !== 'number' || !Number.isInteger(partitionId))
      throw refuse(`The option ${option} has the key ${key}, which is not {"ehName":"HUB","partitionId":0}.`)
    if (!isObject(position)) throw refuse(`The option ${option} has no position for ${key}.`)
    return { ehName, partitionId, position: positionOf(option, value, position) }
  })
  return (hub) =>
    new Map(entries.filter(({ ehName }) => ehName === hub).map(({ partitionId, position }) => [partitionId, position]))
}

/** The first sequence number the position asks for. A number given by the user is taken as it is, as the connector does. */
export async function sequenceOf(
  broker: Broker,
  hub: string,
  partition: number,
  { offset, seqNo, enqueuedMs, isInclusive }: EventHubsPosition,
): Promise<number> {
  if (seqNo >= 0) return seqNo
  if (offset === '-1') return broker.position(hub, partition, { kind: 'earliest' })
  if (offset === '@latest') return broker.position(hub, partition, { kind: 'latest' })
  if (offset !== null) {
    // Our offsets are the sequence numbers.
    const sequence = Number(offset) + (isInclusive ? 0 : 1)
    return broker.position(hub, partition, { kind: 'sequence', sequence })
  }
  // The service's filter asks for times after the given one, in milliseconds.
  return broker.position(hub, partition, { kind: 'enqueuedTime', micros: (enqueuedMs ?? 0) * 1000 + 1 })
}

function positionOf(option: string, value: string, json: Record<string, unknown>): EventHubsPosition {
  const refuse = (words: string) => badOption(option, value, EXPECTED, words)
  const { offset = null, seqNo = -1, enqueuedTime = null, isInclusive = true } = json
  const offsetText = typeof offset === 'number' ? String(offset) : offset
  if (offsetText !== null && (typeof offsetText !== 'string' || !/^(-1|@latest|\d+)$/.test(offsetText)))
    throw refuse(`The offset of ${option} must be "-1", "@latest" or a number, got ${JSON.stringify(offset)}.`)
  if (typeof seqNo !== 'number' || !Number.isSafeInteger(seqNo))
    throw refuse(`The seqNo of ${option} must be a whole number, got ${JSON.stringify(seqNo)}.`)
  if (typeof isInclusive !== 'boolean')
    throw refuse(`The isInclusive of ${option} must be true or false, got ${JSON.stringify(isInclusive)}.`)
  const enqueuedMs = enqueuedTime === null ? null : timeMs(enqueuedTime)
  if (enqueuedMs !== null && Number.isNaN(enqueuedMs))
    throw refuse(
      `The enqueuedTime of ${option} must be a time such as "2026-11-20T10:00:00.000000Z", got ${JSON.stringify(enqueuedTime)}.`,
    )
  if (offsetText === null && seqNo < 0 && enqueuedMs === null) throw refuse('No position has been set.')
  return { offset: offsetText, seqNo, enqueuedMs, isInclusive }
}

function timeMs(value: unknown): number {
  const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/.test(value)
  return isTime ? Date.parse(value) : Number.NaN
}

function parseJson(option: string, value: string, expected: string): Record<string, unknown> {
  const json = parseObject(value)
  if (json === null) throw badOption(option, value, expected, `The option ${option} must be ${expected}, got ${value}.`)
  return json
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const json: unknown = JSON.parse(text)
    return isObject(json) ? json : null
  } catch {
    // Not JSON: the caller says what was expected instead.
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
