import type { FileStore, StagedFile } from '../engine/ports/file-store'
import { RunnelError } from '../protocol/errors/runnel-error'
import type { Action } from './actions'
import { corruptLog, parseActions, serializeActions } from './actions'

/** Names inside `_delta_log`, and reading and writing single commits. */
export function logFolder(table: string): string {
  return `${table}/_delta_log`
}

/** Held while a commit is put and while the log is shortened, never longer. */
export function logLock(table: string): string {
  return `delta-log:${table}`
}

export function commitPath(table: string, version: number): string {
  return `${logFolder(table)}/${versionName(version)}.json`
}

export function checkpointPath(table: string, version: number): string {
  return `${logFolder(table)}/${versionName(version)}.checkpoint.parquet`
}

export function lastCheckpointPath(table: string): string {
  return `${logFolder(table)}/_last_checkpoint`
}

export function versionName(version: number): string {
  return String(version).padStart(20, '0')
}

const COMMIT_NAME = /^(\d{20})\.json$/

/** The version of a commit's file name; null for every other name. */
export function commitVersion(name: string): number | null {
  const match = COMMIT_NAME.exec(name)
  return match === null ? null : Number(match[1])
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

export type Commit = { readonly version: number; readonly actions: readonly Action[]; readonly modifiedMs: number }

/** One commit, or null when there is none of this version. An empty file (a torn write of another program) counts as none. */
export async function readCommit(files: FileStore, table: string, version: number): Promise<Commit | null> {
  const path = commitPath(table, version)
  const info = await files.stat(path)
  if (info === null || info.sizeBytes === 0) return null
  const bytes = await readIfThere(files, path)
  if (bytes === null) return null
  const actions = parseActions(decoder.decode(bytes), path)
  if (actions.length === 0) throw corruptLog(path, 'it holds no action')
  return { version, actions, modifiedMs: info.modifiedMs }
}

/** A commit on disk; whoever publishes it holds the log's lock. */
export function stageCommit(
  files: FileStore,
  table: string,
  version: number,
  actions: readonly Action[],
): Promise<StagedFile> {
  return files.stage(commitPath(table, version), encoder.encode(serializeActions(actions)))
}

export async function readIfThere(files: FileStore, path: string): Promise<Uint8Array | null> {
  try {
    return await files.read(path)
  } catch (error) {
    if (error instanceof RunnelError && error.condition === 'PATH_NOT_FOUND') return null
    throw error
  }
}

export async function readTextIfThere(files: FileStore, path: string): Promise<string | null> {
  const bytes = await readIfThere(files, path)
  return bytes === null ? null : decoder.decode(bytes)
}
