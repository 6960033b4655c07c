import { outsideError } from '../protocol/errors/runnel-error'

/** Actions of the Delta transaction log, as they stand in its JSON. Unknown fields of files and metadata are carried along. */
export type Protocol = {
  readonly minReaderVersion: number
  readonly minWriterVersion: number
  readonly readerFeatures?: readonly string[]
  readonly writerFeatures?: readonly string[]
}

export type Metadata = {
  readonly id: string
  readonly name?: string
  readonly description?: string
  readonly format: { readonly provider: string; readonly options: Readonly<Record<string, string>> }
  readonly schemaString: string
  readonly partitionColumns: readonly string[]
  readonly configuration: Readonly<Record<string, string>>
  readonly createdTime?: number
}

export type DeletionVector = {
  readonly storageType: 'u' | 'i' | 'p'
  readonly pathOrInlineDv: string
  readonly offset?: number
  readonly sizeInBytes: number
  readonly cardinality: number
}

export type AddFile = {
  /** Relative to the table folder and URI encoded. */
  readonly path: string
  readonly partitionValues: Readonly<Record<string, string | null>>
  readonly size: number
  readonly modificationTime: number
  readonly dataChange: boolean
  /** JSON text of the file's statistics. */
  readonly stats?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly deletionVector?: DeletionVector
}

export type RemoveFile = {
  readonly path: string
  readonly deletionTimestamp?: number
  readonly dataChange: boolean
  readonly extendedFileMetadata?: boolean
  readonly partitionValues?: Readonly<Record<string, string | null>>
  readonly size?: number
  readonly deletionVector?: DeletionVector
}

export type Txn = { readonly appId: string; readonly version: number; readonly lastUpdated?: number }

export type DomainMetadata = { readonly domain: string; readonly configuration: string; readonly removed: boolean }

export type CommitInfo = {
  readonly timestamp: number
  readonly inCommitTimestamp?: number
  readonly operation: string
  readonly operationParameters: Readonly<Record<string, unknown>>
  readonly readVersion?: number
  readonly isolationLevel?: string
  readonly isBlindAppend?: boolean
  readonly operationMetrics?: Readonly<Record<string, string>>
  readonly engineInfo?: string
  readonly txnId?: string
}

export type Action =
  | { readonly commitInfo: CommitInfo }
  | { readonly metaData: Metadata }
  | { readonly protocol: Protocol }
  | { readonly txn: Txn }
  | { readonly domainMetadata: DomainMetadata }
  | { readonly add: AddFile }
  | { readonly remove: RemoveFile }
  /** Change-data files and kinds of action that came later; readers of the table's state skip them. */
  | { readonly other: unknown }

const KNOWN = ['commitInfo', 'metaData', 'protocol', 'txn', 'domainMetadata', 'add', 'remove'] as const

/** Reads the lines of one commit; `source` names the file in errors. */
export function parseActions(text: string, source: string): Action[] {
  const actions: Action[] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    let value: Record<string, unknown>
    try {
      value = JSON.parse(line) as Record<string, unknown>
    } catch (cause) {
      throw corruptLog(source, `a line is not JSON: ${line.slice(0, 80)}`, cause)
    }
    const kind = KNOWN.find((name) => value[name] !== undefined && value[name] !== null)
    actions.push(kind === undefined ? { other: value } : ({ [kind]: value[kind] } as Action))
  }
  return actions
}

/** One action a line, in the order given; a line ends each action, as Delta's own writer does. */
export function serializeActions(actions: readonly Action[]): string {
  return actions.map((action) => `${JSON.stringify('other' in action ? action.other : action)}\n`).join('')
}

/** Identity of a file inside a snapshot: one path may be added again with another deletion vector. */
export function fileKey(file: { readonly path: string; readonly deletionVector?: DeletionVector }): string {
  const vector = file.deletionVector
  return vector === undefined || vector === null ? file.path : `${file.path}\n${vectorId(vector)}`
}

export function vectorId(vector: DeletionVector): string {
  return `${vector.storageType}${vector.pathOrInlineDv}${vector.offset === undefined || vector.offset === null ? '' : `@${vector.offset}`}`
}

export function corruptLog(source: string, reason: string, cause?: unknown) {
  return outsideError('DELTA_LOG_CORRUPT', `The Delta log entry ${source} cannot be read: ${reason}.`, {
    hint: 'The table folder was changed by hand or a download is incomplete.',
    ...(cause instanceof Error ? { parameters: { cause: cause.message } } : {}),
  })
}
