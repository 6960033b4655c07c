import type { BytesColumn, Column } from '../../src/protocol/columns'
import { compileJsonParser } from '../../src/engine/codecs/json/compile-json-parser'
import { jsonReadOptions } from '../../src/engine/codecs/json/json-options'
import { valueAt } from '../../src/engine/batch/to-values'
import { sliceColumn } from '../../src/engine/batch/slice'
import { median } from '../case'
import type { BenchCase } from '../case'
import { bodiesOf, EVENT_SCHEMA, eventTexts } from './event-data'

const ROWS_PER_BATCH = 10_000

/** from_json of all nine leaves, strict, against JSON.parse into plain JavaScript columns; rounds interleaved. */
export const benchCase: BenchCase = {
  name: 'from-json-full',
  goal: { atLeast: 4 },
  async run() {
    return measureFromJson(100_000, 9)
  },
}

export type FromJsonResult = {
  readonly ours: number
  readonly unit: string
  readonly peer: { readonly name: string; readonly value: number }
  readonly ratio: number
  readonly detail: string
}

/** Rates in million rows a second; the two results are compared before time counts. */
export async function measureFromJson(numRows: number, rounds: number): Promise<FromJsonResult> {
  const bodies = bodiesOf(eventTexts(numRows))
  const batches: BytesColumn[] = []
  for (let start = 0; start < numRows; start += ROWS_PER_BATCH) {
    batches.push(sliceColumn(bodies, start, Math.min(numRows, start + ROWS_PER_BATCH)) as BytesColumn)
  }
  const parser = compileJsonParser(EVENT_SCHEMA, jsonReadOptions({ mode: 'FAILFAST' }))
  let checksum = 0
  const ours = () => {
    for (const batch of batches) checksum += parser.parse(batch).length
  }
  const theirs = () => {
    for (const batch of batches) checksum += parseToArrays(batch).eventType.length
  }
  compare(parser.parse(batches[0]), parseToArrays(batches[0]))
  for (let i = 0; i < 2; i++) {
    ours()
    theirs()
  }
  const times = Array.from({ length: rounds }, () => ({ ours: timeMs(ours), theirs: timeMs(theirs) }))
  if (checksum !== numRows * 2 * (rounds + 2)) throw new Error('rows were lost')
  const rate = (ms: number) => numRows / ms / 1000
  const oursMs = times.map((round) => round.ours)
  const ratio = median(times.map((round) => round.theirs / round.ours))
  return {
    ours: rate(median(oursMs)),
    unit: 'Mrows/s',
    peer: { name: 'JSON.parse to columns', value: rate(median(times.map((round) => round.theirs))) },
    ratio,
    detail: `${Math.round(bodies.offsets[numRows] / median(oursMs) / 1000)} MB/s, ${Math.min(...oursMs).toFixed(1)}..${Math.max(...oursMs).toFixed(1)} ms for ${numRows} rows`,
  }
}

type Arrays = {
  eventType: string[]
  eventID: string[]
  productId: string[]
  platform: string[]
  browser: string[]
  numRelated: Int32Array
  relatedProductId: string[]
  relatedProductCategory: string[]
  pageLoadingSeconds: Float64Array
  eventDate: Float64Array
}
type EventObject = {
  eventType: string
  eventID: string
  productId: string
  userAgent: { platform: string; browser: string }
  extraPayload: { relatedProductId: string; relatedProductCategory: string }[]
  page_loading_seconds: number
  eventDate: string
}

const decoder = new TextDecoder()

function parseToArrays({ bytes, offsets, length }: BytesColumn): Arrays {
  const columns: Arrays = {
    eventType: new Array<string>(length),
    eventID: new Array<string>(length),
    productId: new Array<string>(length),
    platform: new Array<string>(length),
    browser: new Array<string>(length),
    numRelated: new Int32Array(length),
    relatedProductId: [],
    relatedProductCategory: [],
    pageLoadingSeconds: new Float64Array(length),
    eventDate: new Float64Array(length),
  }
  for (let i = 0; i < length; i++) {
    const event = JSON.parse(decoder.decode(bytes.subarray(offsets[i], offsets[i + 1]))) as EventObject
    columns.eventType[i] = event.eventType
    columns.eventID[i] = event.eventID
    columns.productId[i] = event.productId
    columns.platform[i] = event.userAgent.platform
    columns.browser[i] = event.userAgent.browser
    columns.numRelated[i] = event.extraPayload.length
    for (const related of event.extraPayload) {
      columns.relatedProductId.push(related.relatedProductId)
      columns.relatedProductCategory.push(related.relatedProductCategory)
    }
    columns.pageLoadingSeconds[i] = event.page_loading_seconds
    columns.eventDate[i] = Date.parse(event.eventDate)
  }
  return columns
}

function compare(ours: Column, theirs: Arrays): void {
  for (let row = 0; row < Math.min(2000, ours.length); row++) {
    const value = valueAt(ours, row) as Record<string, unknown> & {
      userAgent: { platform: string; browser: string }
      extraPayload: unknown[]
    }
    const isEqual =
      value.eventType === theirs.eventType[row] &&
      value.eventID === theirs.eventID[row] &&
      value.productId === theirs.productId[row] &&
      value.userAgent.platform === theirs.platform[row] &&
      value.userAgent.browser === theirs.browser[row] &&
      value.extraPayload.length === theirs.numRelated[row] &&
      value.page_loading_seconds === theirs.pageLoadingSeconds[row] &&
      value.eventDate === BigInt(theirs.eventDate[row]) * 1000n
    if (!isEqual)
      throw new Error(
        `row ${row} differs: ${JSON.stringify(value, (_, entry: unknown) => (typeof entry === 'bigint' ? String(entry) : entry))}`,
      )
  }
}

function timeMs(run: () => void): number {
  const start = performance.now()
  run()
  return performance.now() - start
}
