import type { SparkSession } from '../../client'
import { Column, DataFrame, StreamingQuery } from '../../client'
import { RunnelError } from '../../protocol/errors/runnel-error'
import type { CellId } from '../../protocol/ids'
import { TABLE_MIME } from '../../protocol/workers/kernel'
import type { MimeBundle, TableOutput } from '../../protocol/workers/kernel'
import { inspect, jsonOf, textOfValue } from './inspect'

const STREAM_MIME = 'application/vnd.runnel.stream+json'
const TABLE_ROWS = 1000
/** Longest text that is shown in one line rather than as a tree. */
const SHORT = 80

/** What a value shows under its cell; null for nothing. Streams show their schema: `display(stream)` looks inside. */
export async function bundleOf(value: unknown): Promise<MimeBundle | null> {
  if (value === undefined) return null
  if (isDataFrame(value)) return value.isStreaming ? textBundle(value.toString()) : tableBundle(value)
  if (value instanceof StreamingQuery)
    return textBundle(`StreamingQuery ${value.name ?? value.id}${value.isActive ? ' is running' : ' has ended'}`)
  if (value instanceof Column) return textBundle('Column')
  if (isRows(value)) return rowsBundle(value)
  if (typeof value !== 'object' || value === null) return textBundle(textOfValue(value))
  const text = inspect(value)
  const isPlain = Array.isArray(value) || value instanceof Map || value instanceof Set || isPlainObject(value)
  if (!isPlain || text.length <= SHORT) return textBundle(text)
  return { 'application/json': jsonOf(value), 'text/plain': text }
}

export function isDataFrame(value: unknown): value is DataFrame<object> {
  return value instanceof DataFrame
}

async function tableBundle(df: DataFrame<object>): Promise<MimeBundle> {
  const rows = await df.shownCells(TABLE_ROWS + 1)
  const columns = df.dtypes.map(([name, type]) => ({ name, type }))
  return table({ columns, rows: rows.slice(0, TABLE_ROWS), isTruncated: rows.length > TABLE_ROWS })
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function isRows(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isPlainObject)
}

function rowsBundle(rows: readonly Record<string, unknown>[]): MimeBundle {
  const names = [...new Set(rows.slice(0, TABLE_ROWS).flatMap((row) => Object.keys(row)))]
  const columns = names.map((name) => ({ name, type: typeName(rows.find((row) => row[name] != null)?.[name]) }))
  const cells = rows
    .slice(0, TABLE_ROWS)
    .map((row) => names.map((name) => (row[name] === null || row[name] === undefined ? null : textOfValue(row[name]))))
  return table({ columns, rows: cells, isTruncated: rows.length > TABLE_ROWS })
}

function typeName(value: unknown): string {
  return typeof value === 'object' && value !== null ? value.constructor.name : typeof value
}

function table(output: TableOutput): MimeBundle {
  const lines = [output.columns.map(({ name }) => name), ...output.rows.slice(0, 20)]
  const text = lines.map((line) => line.map((cell) => cell ?? 'NULL').join('\t')).join('\n')
  return { [TABLE_MIME]: output, 'text/plain': text }
}

function textBundle(text: string): MimeBundle {
  return { 'text/plain': text }
}

/** Previews of streams: queries on memory tables, one cell's previews end when it runs again. */
export class Previews {
  readonly #running = new Map<CellId | null, StreamingQuery[]>()
  #count = 0

  /** Starts a preview query; `lenient` raises the notice, or in strict mode the error. */
  start(df: DataFrame<object>, cell: CellId | null, lenient: () => void): MimeBundle {
    lenient()
    const name = `display_query_ts_${++this.#count}`
    const writer = df.writeStream.format('memory').queryName(name)
    let query: StreamingQuery
    try {
      query = writer.outputMode('append').start()
    } catch (refused) {
      if (!(refused instanceof RunnelError) || !needsComplete(refused)) throw refused
      query = writer.outputMode('complete').start()
    }
    this.#running.set(cell, [...(this.#running.get(cell) ?? []), query])
    const columns = df.dtypes.map(([column, type]) => ({ name: column, type }))
    return { [STREAM_MIME]: { query: query.id, name, columns }, 'text/plain': `Preview ${name} of ${df.toString()}` }
  }

  async stop(cell: CellId, session: SparkSession): Promise<void> {
    const queries = this.#running.get(cell) ?? []
    this.#running.delete(cell)
    const active = new Set(session.streams.active.map(({ runId }) => runId))
    await Promise.all(queries.filter(({ runId }) => active.has(runId)).map((query) => query.stop()))
  }

  has(cell: CellId): boolean {
    return this.#running.has(cell)
  }
}

function needsComplete({ shape }: RunnelError): boolean {
  return shape.condition.includes('STREAMING_OUTPUT_MODE') || shape.message.includes('output mode not supported')
}
