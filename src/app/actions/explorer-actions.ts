import { checkpointFile } from '../../explorer/model/checkpoint-sentences'
import { gridOf } from '../../explorer/model/grid'
import { formatBytes, formatClock, formatCount, plural } from '../../ui/format'
import { change, getApp, tell, textOf, useApp } from '../state/store'
import { checkpointPreview } from './checkpoint-actions'
import { confirm } from './confirm'
import { runtimeOrNull } from './runtime-holder'

const PREVIEW_ROWS = 1000
const MAX_TEXT_BYTES = 200_000
const TABLES_EVERY_MS = 1000

let tablesTimer: ReturnType<typeof setTimeout> | null = null

/** At most once a second: streams commit more often than people read. */
export function refreshTables(): void {
  tablesTimer ??= setTimeout(() => {
    tablesTimer = null
    void loadTables()
  }, TABLES_EVERY_MS)
}

export async function loadTables(): Promise<void> {
  const tables = await runtimeOrNull()?.engine.tables()
  if (tables !== undefined) change('explorer', (draft) => void (draft.tables = tables as never))
}

export async function refreshStorage(): Promise<void> {
  const storage = await runtimeOrNull()?.engine.storage()
  if (storage !== undefined) change('session', (draft) => void (draft.storage = storage as never))
}

export async function previewTable(name: string): Promise<void> {
  const runtime = runtimeOrNull()
  if (runtime === null) return
  showPreview({ title: name, detail: 'Reading…', grid: null, text: null, error: null })
  try {
    const { schema, version, batches } = await runtime.engine.previewTable(name, PREVIEW_ROWS)
    const grid = gridOf(schema, batches)
    showPreview({
      title: name,
      detail: `version ${version}, ${formatClock(runtime.nowMs())} UTC · ${plural(grid.rows.length, 'row')} shown`,
      grid,
      text: null,
      error: null,
    })
  } catch (thrown) {
    showPreview({ title: name, detail: '', grid: null, text: null, error: textOf(thrown) })
  }
}

export async function openFolder(path: string): Promise<void> {
  try {
    const entries = (await runtimeOrNull()?.engine.listFiles(path)) ?? []
    const sorted = [...entries].sort(
      (a, b) => Number(b.isFolder) - Number(a.isFolder) || a.name.localeCompare(b.name, 'en', { numeric: true }),
    )
    change('explorer', (draft) => void (draft.folders[path] = sorted))
  } catch (thrown) {
    tell('error', textOf(thrown))
  }
}

/** Text files open as text; others say what they are. */
export async function openFile(path: string): Promise<void> {
  const title = path.slice(path.lastIndexOf('/') + 1)
  try {
    const bytes = await runtimeOrNull()?.engine.readFile(path)
    if (bytes === undefined) return
    const detail = `${path} · ${formatBytes(bytes.length)}`
    const file = checkpointFile(path)
    if (file !== null) {
      showPreview({ title, detail, grid: null, error: null, ...(await checkpointPreview(file, path, bytes)) })
      return
    }
    const head = bytes.subarray(0, MAX_TEXT_BYTES)
    if (head.includes(0)) showPreview({ title, detail, grid: null, text: 'A binary file.', error: null })
    else showPreview({ title, detail, grid: null, text: pretty(new TextDecoder().decode(head)), error: null })
  } catch (thrown) {
    showPreview({ title, detail: path, grid: null, text: null, error: textOf(thrown) })
  }
}

export function closePreview(): void {
  change('explorer', (draft) => void (draft.preview = null))
}

function showPreview(preview: NonNullable<ReturnType<typeof useApp.getState>['explorer']['preview']>): void {
  useApp.setState(({ explorer }) => ({ explorer: { ...explorer, preview } }))
}

/** One JSON document is laid out; a log of several lines stays as it is. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    // Not one JSON document: most files of a checkpoint are not.
    return text
  }
}

/** Deleting a table a query writes to is a lesson, not an accident: it is asked for by name (B18). */
export async function dropTable(name: string): Promise<void> {
  const { explorer, monitoring } = getApp()
  const rows = explorer.tables.find((table) => table.name === name)?.numRows ?? null
  const writer = Object.values(monitoring.queries).find(({ info }) => info.target === name)
  const isSure = await confirm({
    title: `Delete the table ${name}?`,
    text: writer === undefined ? `${rowsOf(rows)} are deleted.` : dropWarning(writer.info.title, rows),
    action: writer === undefined ? 'Delete' : 'Delete the table alone',
  })
  if (!isSure) return
  try {
    await runtimeOrNull()?.engine.dropTable(name)
    await loadTables()
  } catch (thrown) {
    tell('error', textOf(thrown))
  }
}

/** What Spark does when a query's table goes and its checkpoint stays. */
export function dropWarning(query: string, rows: number | null): string {
  const first = rows === null ? 'the earlier rows' : `the first ${formatCount(rows)}`
  return `The checkpoint of ${query} stays, and says that they are written. Spark would not write ${first} again. To begin anew, use Restart stream from scratch on its card: it deletes both.`
}

function rowsOf(rows: number | null): string {
  return rows === null ? 'Its rows' : `Its ${plural(rows, 'row')}`
}
