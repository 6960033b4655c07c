/**
 * Where the state of one query lies: one file a version, a few words about each operator. `storage/checkpoint` keeps them
 * under `<checkpoint>/state/`. Every write is durable when its promise resolves.
 */
export interface StateFiles {
  /** `<checkpoint>/state`, for messages. */
  readonly path: string
  /** The version files there, in no order. */
  list(): Promise<StateFileName[]>
  /** Null when there is no such file. */
  read(file: StateFileName): Promise<Uint8Array | null>
  /** Replaces the file whole: a batch that runs again writes its version again. */
  write(file: StateFileName, bytes: Uint8Array): Promise<void>
  remove(file: StateFileName): Promise<void>
  /** Text of `<operator>/_metadata/metadata` for operators 0, 1, ...; ends at the first that has none. */
  readOperators(): Promise<string[]>
  writeOperator(operator: number, text: string): Promise<void>
}

/** `<version>.delta` holds what one batch changed, `<version>.snapshot` everything. */
export type StateFileName = { readonly version: number; readonly kind: StateFileKind }
export type StateFileKind = 'delta' | 'snapshot'
