import { compileJsonParser } from '../../src/engine/codecs/json/compile-json-parser'
import { jsonReadOptions } from '../../src/engine/codecs/json/json-options'
import { parseDdl } from '../../src/engine/types/type-ddl'
import type { Batch, StructColumn } from '../../src/protocol/columns'
import { bodiesOf, events, EVENT_SCHEMA } from './event-data'

export const COLUMNS = parseDdl(
  'eventType STRING, platform STRING, page_loading_seconds DOUBLE, eventDate TIMESTAMP, productId STRING',
)

/** The columns an aggregation over the events reads, as the JSON parser makes them: strings by dictionary codes. */
export function columnBatches(numRows: number, rowsPerBatch: number): Batch[] {
  const parser = compileJsonParser(EVENT_SCHEMA, jsonReadOptions({ mode: 'FAILFAST' }))
  const batches: Batch[] = []
  let texts: string[] = []
  const take = () => {
    const row = parser.parse(bodiesOf(texts)) as StructColumn
    const at = (name: string) => row.children[EVENT_SCHEMA.fields.findIndex((field) => field.name === name)]
    const platform = (at('userAgent') as StructColumn).children[0]
    const columns = [at('eventType'), platform, at('page_loading_seconds'), at('eventDate'), at('productId')]
    batches.push({ schema: COLUMNS, numRows: texts.length, columns })
    texts = []
  }
  for (const text of events(numRows)) if (texts.push(text) === rowsPerBatch) take()
  if (texts.length > 0) take()
  return batches
}
