/**
 * Files as the engine needs them: write-once names, durable before visible.
 *
 * Paths are absolute POSIX paths inside the workspace (`/lakehouse/default/Tables/x/part-0.parquet`).
 * Errors: `PATH_NOT_FOUND`, `DISK_FULL` (nothing of the failed write stays), `FILE_IN_USE`.
 * Implementations pass the suite in `storage/files/file-store.contract.ts`.
 */
export interface FileStore {
  /** The whole file. */
  read(path: string): Promise<Uint8Array>
  /** Bytes `[start, end)`; `end` past the file's end is cut. */
  readRange(path: string, start: number, end: number): Promise<Uint8Array>
  /** `null` when nothing is there. */
  stat(path: string): Promise<FileInfo | null>
  /** Direct children, unordered; an absent folder has none. Temporary files of unfinished writes are not listed. */
  list(folder: string): Promise<FileInfo[]>
  /** Writes, flushes, then publishes the name; replaces an existing file whole. Folders appear as needed. */
  write(path: string, bytes: Uint8Array): Promise<void>
  /** The same, but only when the name is free: `false` means someone was first and nothing changed. */
  writeIfAbsent(path: string, bytes: Uint8Array): Promise<boolean>
  /** Writes and flushes a file that nobody sees before it is published: everything of a `write` that can be done ahead. */
  stage(path: string, bytes: Uint8Array): Promise<StagedFile>
  /** Removes a file, or a folder with everything in it; absent is fine. */
  remove(path: string): Promise<void>
  /** Runs `body` alone among all holders of `name` in every worker and tab of the workspace. */
  withLock<T>(name: string, body: () => Promise<T>): Promise<T>
  /** Takes `name` if it is free, until `release()`; `null` when another holder has it. */
  tryLock(name: string): Promise<{ release(): void } | null>
}

/**
 * A file on disk that has no name yet. Publishing is one step that a kill leaves done or undone; the caller sees to it that
 * nobody else writes the same name meanwhile, by a lock or because the name is its own. What is never published is discarded;
 * after a kill the store does that itself.
 */
export interface StagedFile {
  /** What `stat` will tell of it; may be asked before it is published. */
  info(): Promise<FileInfo>
  /** Gives the file its name; replaces an existing file whole. */
  publish(): Promise<void>
  /**
   * The same for a caller that knows the name to be free. `false` when the store found it taken after all; not every store
   * looks again.
   */
  publishNew(): Promise<boolean>
  /** Removes it, unless it was published. */
  discard(): Promise<void>
}

export type FileInfo = {
  readonly path: string
  readonly name: string
  readonly isFolder: boolean
  /** 0 for folders. */
  readonly sizeBytes: number
  /** Milliseconds since 1970 of the last write, real time; 0 for folders. */
  readonly modifiedMs: number
}
