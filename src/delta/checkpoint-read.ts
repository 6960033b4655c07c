import { columnToValues } from '../engine/batch/to-values'
import type { FileStore } from '../engine/ports/file-store'
import { readParquet } from '../formats/parquet/read-parquet'
import type { StructType } from '../protocol/columns'
import type { Action } from './actions'
import { corruptLog, parseActions } from './actions'
import { CHECKPOINT_SCHEMA, SIDECAR_SCHEMA } from './checkpoint-schema'
import { commitPath, lastCheckpointPath, logFolder, readTextIfThere } from './log-files'

/** A checkpoint and the files of `_delta_log` that make it: one, several parts, or a V2 manifest with sidecars. */
export type Checkpoint = { readonly version: number; readonly files: readonly string[] }

/**
 * The newest usable checkpoint at or below `upTo`. Goes by `_last_checkpoint`; lists the log only when that does not help and
 * version 0 is gone, or when an older version is wanted.
 */
export async function findCheckpoint(files: FileStore, table: string, upTo: number | null): Promise<Checkpoint | null> {
  const pointer = await readPointer(files, table)
  if (pointer !== null && (upTo === null || pointer <= upTo)) {
    const path = `${logFolder(table)}/${String(pointer).padStart(20, '0')}.checkpoint.parquet`
    if ((await files.stat(path)) !== null) return { version: pointer, files: [path] }
  } else if ((await files.stat(commitPath(table, 0))) !== null) return null
  return listCheckpoint(files, table, upTo ?? Infinity)
}

async function readPointer(files: FileStore, table: string): Promise<number | null> {
  const text = await readTextIfThere(files, lastCheckpointPath(table))
  if (text === null) return null
  try {
    const { version } = JSON.parse(text) as { version?: unknown }
    return typeof version === 'number' ? version : null
  } catch {
    // A torn pointer is only a lost shortcut: the log itself decides.
    return null
  }
}

const CLASSIC = /^(\d{20})\.checkpoint\.parquet$/
const MULTI_PART = /^(\d{20})\.checkpoint\.(\d{10})\.(\d{10})\.parquet$/
const V2 = /^(\d{20})\.checkpoint\.[0-9a-f-]{36}\.(json|parquet)$/

async function listCheckpoint(files: FileStore, table: string, upTo: number): Promise<Checkpoint | null> {
  const parts = new Map<string, string[]>()
  let best: Checkpoint | null = null
  const offer = (version: number, paths: readonly string[]) => {
    if (version <= upTo && version > (best?.version ?? -1)) best = { version, files: paths }
  }
  for (const { name, path, sizeBytes } of await files.list(logFolder(table))) {
    if (sizeBytes === 0) continue
    const single = CLASSIC.exec(name) ?? V2.exec(name)
    if (single !== null) offer(Number(single[1]), [path])
    const part = MULTI_PART.exec(name)
    if (part === null) continue
    const key = `${part[1]}/${part[3]}`
    const known = [...(parts.get(key) ?? []), path]
    parts.set(key, known)
    if (known.length === Number(part[3])) offer(Number(part[1]), known.sort())
  }
  return best
}

/** Actions of a checkpoint, file actions of sidecars included. */
export async function* readCheckpoint(files: FileStore, table: string, checkpoint: Checkpoint): AsyncGenerator<Action> {
  for (const path of checkpoint.files) {
    const bytes = await files.read(path)
    if (path.endsWith('.json')) {
      for (const action of parseActions(new TextDecoder().decode(bytes), path)) {
        if (!('other' in action)) yield action
        else yield* sidecarActions(files, table, (action.other as { sidecar?: { path?: unknown } }).sidecar?.path)
      }
      continue
    }
    yield* parquetActions(bytes, CHECKPOINT_SCHEMA)
    if (!V2.test(path.slice(path.lastIndexOf('/') + 1))) continue
    for await (const row of rowsOf(bytes, SIDECAR_SCHEMA))
      yield* sidecarActions(files, table, (row.sidecar as { path?: unknown } | null)?.path)
  }
}

async function* sidecarActions(files: FileStore, table: string, path: unknown): AsyncGenerator<Action> {
  if (path === undefined || path === null) return
  if (typeof path !== 'string') throw corruptLog(logFolder(table), 'a sidecar has no path')
  const full = path.startsWith('/') ? path : `${logFolder(table)}/_sidecars/${path}`
  yield* parquetActions(await files.read(full), CHECKPOINT_SCHEMA)
}

async function* parquetActions(bytes: Uint8Array, schema: StructType): AsyncGenerator<Action> {
  for await (const row of rowsOf(bytes, schema)) {
    const entry = Object.entries(row).find(([, value]) => value !== null)
    if (entry !== undefined) yield { [entry[0]]: plainValue(entry[1]) } as Action
  }
}

async function* rowsOf(bytes: Uint8Array, schema: StructType): AsyncGenerator<Record<string, unknown>> {
  for await (const batch of readParquet(bytes, { schema })) {
    const columns = batch.columns.map(columnToValues)
    for (let row = 0; row < batch.numRows; row++) {
      yield Object.fromEntries(schema.fields.map((field, index) => [field.name, columns[index][row]]))
    }
  }
}

/** Column values as the log's JSON has them: maps are objects, longs numbers, absent fields left out. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, entry]) => [key, entry]))
  if (Array.isArray(value)) return value.map(plainValue)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) => (entry === null ? [] : [[key, plainValue(entry)]])),
  )
}
