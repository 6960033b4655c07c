import { batchFromRows } from '../engine/batch/from-values'
import { ByteInterner } from '../engine/batch/interner'
import type { OffsetJson, ReadLimit, StreamSource } from '../engine/ports/source'
import { parseDdl } from '../engine/types/type-ddl'
import type { Batch, Column, StructType } from '../protocol/columns'
import type { Row } from './rows'

/**
 * Spark's MemoryStream: each `add` is one offset, counted from 0; everything added since makes one batch. It outlives the
 * runs that read it, as a hub would. `addsPerBatch` gives it a rate limit, which Spark's has not.
 */
export class MemoryStream {
  readonly schema: StructType
  readonly name: string
  readonly #addsPerBatch: number
  readonly #canPin: boolean
  /** Strings come as codes of a dictionary, as from the JSON parser. */
  readonly #dictionaries: boolean
  readonly #adds: Batch[] = []
  readonly committed: OffsetJson[] = []
  /** Fails the read of this offset once. */
  failOnce: { readonly offset: number; readonly error: Error } | null = null

  constructor(
    ddl: string,
    options: { name?: string; addsPerBatch?: number; canPin?: boolean; dictionaries?: boolean } = {},
  ) {
    this.schema = parseDdl(ddl)
    this.name = options.name ?? this.schema.fields.map((field) => `${field.name}#0`).join(',')
    this.#addsPerBatch = options.addsPerBatch ?? Infinity
    this.#canPin = options.canPin ?? true
    this.#dictionaries = options.dictionaries ?? false
  }

  add(rows: readonly Row[]): void {
    const batch = batchFromRows(this.schema, rows)
    this.#adds.push(this.#dictionaries ? { ...batch, columns: batch.columns.map(encoded) } : batch)
  }

  /** Everything ever added, in order. */
  get all(): readonly Batch[] {
    return this.#adds
  }

  open(): StreamSource {
    let pinned: number | null = null
    const pin = this.#canPin
      ? {
          pinAvailableNow: async () => {
            pinned = this.#adds.length - 1
          },
        }
      : {}
    return {
      schema: this.schema,
      description: `MemoryStream[${this.name}]`,
      latestOffset: async (start: OffsetJson | null, limit: ReadLimit) => {
        const last = pinned ?? this.#adds.length - 1
        if (last < 0) return { end: null, latest: null }
        const from = start === null ? -1 : Number(start)
        const end = limit.kind === 'all' ? last : Math.min(last, from + this.#addsPerBatch)
        return { end: String(Math.max(end, from)), latest: String(last) }
      },
      read: (start, end, columns) => this.#read(start === null ? -1 : Number(start), Number(end), columns ?? null),
      commit: async (end) => {
        this.committed.push(end)
      },
      close: async () => {},
      ...pin,
    }
  }

  async *#read(after: number, until: number, columns: readonly string[] | null): AsyncIterable<Batch> {
    for (let offset = after + 1; offset <= until; offset++) {
      if (this.failOnce?.offset === offset) {
        const { error } = this.failOnce
        this.failOnce = null
        throw error
      }
      yield columns === null ? this.#adds[offset] : projected(this.#adds[offset], columns)
    }
  }
}

/** Only the columns the plan asked for, as every source gives them. */
function projected(batch: Batch, names: readonly string[]): Batch {
  const indexes = names.map((name) => batch.schema.fields.findIndex((field) => field.name === name))
  return {
    schema: { kind: 'struct', fields: indexes.map((index) => batch.schema.fields[index]) },
    numRows: batch.numRows,
    columns: indexes.map((index) => batch.columns[index]),
  }
}

function encoded(column: Column): Column {
  if (column.layout !== 'bytes' || column.type.kind !== 'string') return column
  const interner = new ByteInterner()
  const codes = new Int32Array(column.length)
  for (let row = 0; row < column.length; row++)
    codes[row] = interner.idOf(column.bytes, column.offsets[row], column.offsets[row + 1], true)
  const { type, length, validity } = column
  return { layout: 'dictionary', type, length, validity, codes, dictionary: interner.entries(type) }
}
