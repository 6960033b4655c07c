import type { Batch, StructField, StructType } from '../../protocol/columns'

/**
 * Tables the engine reads and writes in batch queries; Delta behind it (`delta/`).
 * A table is a folder with a `_delta_log`. Implementations pass `delta/table.contract.ts`.
 */
export interface Tables {
  /** `null` when there is no table in the folder. */
  open(folder: string, at?: { readonly version: number } | { readonly timestampMs: number }): Promise<Table | null>
  /** Creates an empty table; throws `TABLE_OR_VIEW_ALREADY_EXISTS` when one is there. */
  create(folder: string, schema: StructType, options: TableOptions): Promise<Table>
  /** One commit. A write whose `transaction` was already committed with this or a later version changes nothing. */
  write(folder: string, request: TableWrite): Promise<{ readonly version: number; readonly numRows: number }>
  /** One commit that changes no rows. The table must be there. */
  alter(folder: string, change: TableChange): Promise<void>
  /** Commits, newest first, as far back as the log holds them; none when there is no table. */
  history(folder: string, limit: number): Promise<readonly TableCommit[]>
}

export interface Table {
  readonly folder: string
  /** Delta's table id (`metaData.id`). */
  readonly id: string
  readonly version: number
  readonly schema: StructType
  readonly partitionColumns: readonly string[]
  /** Total rows by file statistics; null when a file has none. */
  readonly numRows: number | null
  readonly sizeBytes: number
  readonly numFiles: number
  readonly description: string | null
  readonly properties: Readonly<Record<string, string>>
  /** Session time; null where the writer kept none. */
  readonly createdMs: number | null
  readonly modifiedMs: number
  readonly minReaderVersion: number
  readonly minWriterVersion: number
  readonly features: readonly string[]
  scan(columns: readonly string[] | null): AsyncIterable<Batch>
}

export type TableChange =
  | { readonly kind: 'set-properties'; readonly properties: Readonly<Record<string, string>> }
  | { readonly kind: 'unset-properties'; readonly keys: readonly string[] }
  | { readonly kind: 'add-columns'; readonly columns: readonly StructField[] }

export type TableCommit = {
  readonly version: number
  /** Session time; rises from version to version. */
  readonly timestampMs: number
  readonly operation: string | null
  readonly operationParameters: Readonly<Record<string, string | null>>
  readonly readVersion: number | null
  readonly isolationLevel: string | null
  readonly isBlindAppend: boolean | null
  readonly operationMetrics: Readonly<Record<string, string>>
  readonly engineInfo: string | null
}

export type TableOptions = {
  readonly partitionColumns?: readonly string[]
  readonly properties?: Readonly<Record<string, string>>
  readonly comment?: string
}

export type TableWrite = {
  readonly mode: 'append' | 'overwrite'
  readonly schema: StructType
  readonly batches: readonly Batch[]
  readonly partitionColumns: readonly string[]
  readonly mergeSchema: boolean
  readonly overwriteSchema: boolean
  readonly transaction: { readonly appId: string; readonly version: number } | null
  readonly operation: { readonly name: string; readonly parameters: Readonly<Record<string, string | null>> }
}
