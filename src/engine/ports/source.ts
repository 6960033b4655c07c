import type { Batch, StructType } from '../../protocol/columns'
import type { Broker } from './broker'
import type { Clock } from './clock'
import type { FileStore } from './file-store'
import type { OptionMap } from './options'

/** An offset as it stands on its line of `offsets/N`: a JSON text. Equal text means equal offset. */
export type OffsetJson = string

export type ReadLimit = { readonly kind: 'all' } | { readonly kind: 'default' }

/**
 * One streaming source. Offsets alone decide rows: `read(start, end)` gives the same rows, in the same order, at any time.
 */
export interface StreamSource {
  readonly schema: StructType
  /** `sources[].description` of the progress JSON. */
  readonly description: string
  /**
   * Where the next batch may end, given where the last one ended (`null` before the first batch).
   * `end: null` means the source has nothing yet and the first batch does not start for it.
   * `limit` 'default' honours the source's own rate options; 'all' ignores them (Trigger.Once).
   */
  latestOffset(
    start: OffsetJson | null,
    limit: ReadLimit,
  ): Promise<{ end: OffsetJson | null; latest: OffsetJson | null }>
  /** Rows in `(start, end]` of the source's order; `columns` lists the only ones needed (projection), null = all. */
  read(start: OffsetJson | null, end: OffsetJson, columns: readonly string[] | null): AsyncIterable<Batch>
  /** Everything up to `end` is committed by the query; called when the next batch is planned. */
  commit(end: OffsetJson): Promise<void>
  /** Pins the end for Trigger.AvailableNow. Absent: one batch with everything, as Spark falls back. */
  pinAvailableNow?(): Promise<void>
  /** `sources[].metrics` for the last offsets seen; strings, as Spark's. */
  metrics?(end: OffsetJson | null): Readonly<Record<string, string>>
  close(): Promise<void>
}

/** What a stream of the source works with. */
export type SourceContext = {
  readonly files: FileStore
  readonly clock: Clock
  /** Broker of a connection string or address; throws when it cannot be reached from here. */
  broker(connection: string): Broker
  /** `<checkpoint>/sources/<n>`: what the source must remember, for example its creation time. */
  readonly metadataPath: string
  /** Table folder of a table name, resolved when the plan was closed. */
  readonly conf: Readonly<Record<string, string>>
}

/** A kind of source, found by its `format(...)` name through the registry in `sources/index.ts`. */
export interface SourceDefinition {
  readonly name: string
  /** Checks options and gives the schema; `userSchema` is what `.schema(...)` gave. Throws Spark's error for bad options. */
  schema(options: OptionMap, userSchema: StructType | null, context: SchemaContext): Promise<StructType>
  /** What it reads, for cards and flow lines: a hub's name. Absent: the path or the format's name says it. */
  label?(options: OptionMap, context: SchemaContext): Promise<string>
  /** The options as they may be written down, every secret through `redact`. Absent: all texts go through it as they are. */
  storedOptions?(options: OptionMap, redact: (text: string) => string): Promise<Record<string, string>>
  /** Present when the format streams. */
  open?(options: OptionMap, userSchema: StructType | null, context: SourceContext): Promise<StreamSource>
  /** Present when the format is readable in a batch query. */
  scan?(
    options: OptionMap,
    schema: StructType,
    columns: readonly string[] | null,
    context: ScanContext,
  ): AsyncIterable<Batch>
}

/** What `schema` and `label` may look at: the cell that names the source is waiting. */
export type SchemaContext = {
  readonly files: FileStore
  readonly streaming: boolean
  /** `strict` refuses what the real connector refuses; see `protocol/leniencies.ts`. */
  readonly compatibility: 'workshop' | 'strict'
  /** Reports a leniency used; in strict mode it throws the leniency's Spark error instead. */
  lenient(id: string, detail?: Readonly<Record<string, string>>): void
  /** Where known: lets a notice name the hub a connection means. */
  broker?(connection: string): Broker
}
/** What a batch read of the source works with. */
export type ScanContext = {
  readonly files: FileStore
  readonly clock: Clock
  broker(connection: string): Broker
  /** Session conf, where the caller has one. */
  readonly conf?: Readonly<Record<string, string>>
}
