import { readIpynb, writeIpynb, NEW_ORIGIN } from '../../notebook/formats/ipynb'
import type { IpynbFile } from '../../notebook/formats/ipynb'
import { cellsOfMarkdown } from '../../notebook/formats/markdown-cells'
import type { CellText } from '../../notebook/formats/markdown-cells'
import { newCell } from '../../notebook/model/document'
import { openHistory } from '../../notebook/model/history'
import { SecretStore } from '../../notebook/model/secrets'
import type { CellId } from '../../protocol/ids'
import { change, getApp, tell, textOf, useApp } from '../state/store'
import { confirm } from './confirm'
import { writeWithReserve } from './disk'
import { runtimeOrNull } from './runtime-holder'
import { FIRST_NOTEBOOK } from '../shipped-notebooks'

/**
 * Where the notebook lives: a file under `/notebooks/` of the workspace, and, until the engine has it, a journal in
 * localStorage that survives a kill of the tab. Secrets are replaced on the way out.
 */
const FOLDER = '/notebooks'
const JOURNAL = 'runnel.journal'
const SAVE_DELAY_MS = 1500
const JOURNAL_DELAY_MS = 250
const IDLE_AT_LATEST_MS = 500
const MAX_JOURNAL_CHARS = 2_000_000

const secrets = new SecretStore()
let saveTimer: ReturnType<typeof setTimeout> | null = null
let journalTimer: ReturnType<typeof setTimeout> | null = null

type Journal = { readonly path: string; readonly text: string; readonly isSaved: boolean }

export function notebookText(withOutputs = true): string {
  const { history, runs, origin } = getApp().notebook
  const byCell = new Map(Object.entries(runs)) as Map<CellId, (typeof runs)[string]>
  return writeIpynb(history.document, byCell, origin, { redact: (text) => secrets.redact(text), withOutputs })
}

export function redact(text: string): string {
  return secrets.redact(text)
}

/** Call after every change of text or outputs. */
export function markUnsaved(): void {
  if (getApp().session.isReadOnly || getApp().notebook.path === null) return
  if (getApp().notebook.saved !== 'unsaved') change('notebook', (draft) => void (draft.saved = 'unsaved'))
  journalTimer ??= setTimeout(() => whenIdle(writeDueJournal), JOURNAL_DELAY_MS)
  saveTimer ??= setTimeout(() => whenIdle(saveDue), SAVE_DELAY_MS)
}

/** Between two keys, but soon: the text of a killed tab is what was written last. */
function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) window.requestIdleCallback(work, { timeout: IDLE_AT_LATEST_MS })
  else work()
}

/** Nothing, if it was written meanwhile. */
function writeDueJournal(): void {
  if (journalTimer !== null) writeJournal()
}

function saveDue(): void {
  if (saveTimer !== null) void saveNow()
}

export async function saveNow(): Promise<void> {
  if (saveTimer !== null) clearTimeout(saveTimer)
  saveTimer = null
  const { notebook, session } = getApp()
  const runtime = runtimeOrNull()
  if (notebook.path === null || session.isReadOnly || runtime === null || session.engine !== 'ready') return
  const { path, history, runs } = notebook
  change('notebook', (draft) => void (draft.saved = 'saving'))
  try {
    const text = notebookText()
    await writeWithReserve(path, new TextEncoder().encode(text))
    const now = getApp().notebook
    const isCurrent = now.path === path && now.history === history && now.runs === runs
    change('notebook', (draft) => {
      draft.saved = isCurrent ? 'saved' : 'unsaved'
      draft.savedAtMs = Date.now()
    })
    if (isCurrent) writeJournal(true)
    else saveTimer ??= setTimeout(() => whenIdle(saveDue), SAVE_DELAY_MS)
  } catch (thrown) {
    change('notebook', (draft) => void (draft.saved = 'failed'))
    tell(
      'error',
      `The notebook could not be saved: ${textOf(thrown)} Your text is kept in this tab; export it with Export.`,
    )
  }
}

/** Synchronous, so that it still happens while the page is being closed. */
export function writeJournal(isSaved = false): void {
  if (journalTimer !== null) clearTimeout(journalTimer)
  journalTimer = null
  const { path } = getApp().notebook
  if (path === null || getApp().session.isReadOnly) return
  let text = notebookText()
  if (text.length > MAX_JOURNAL_CHARS) text = notebookText(false)
  const journal: Journal = { path, text, isSaved }
  try {
    localStorage.setItem(JOURNAL, JSON.stringify(journal))
  } catch {
    // localStorage is full or forbidden: the file under /notebooks is the real copy, this one only bridges a kill.
    localStorage.removeItem(JOURNAL)
  }
}

/** What to show before the engine is up: the last open notebook, or for a newcomer the shipped workshop. */
export async function openFirstNotebook(): Promise<void> {
  const journal = readJournal()
  if (journal !== null) {
    show(journal.path, readIpynb(journal.text))
    return
  }
  await openShipped(FIRST_NOTEBOOK)
}

export async function openShipped(name: string): Promise<void> {
  if (getApp().notebook.path !== null) await saveNow()
  const response = await fetch(`${import.meta.env.BASE_URL}notebooks/${name}.ipynb`)
  if (!response.ok) throw new Error(`The notebook ${name} could not be loaded (${response.status}).`)
  show(`${FOLDER}/${name}.ipynb`, readIpynb(await response.text()))
}

/** Opens a file of the workspace; its outputs show as old ones. */
export async function openNotebook(path: string): Promise<void> {
  const engine = runtimeOrNull()?.engine
  if (engine === undefined) return
  await saveNow()
  const bytes = await engine.readFile(path)
  show(path, readIpynb(new TextDecoder().decode(bytes)))
  writeJournal(true)
}

export async function newNotebook(): Promise<void> {
  await saveNow()
  const path = freePath('notebook')
  show(path, {
    document: { cells: [newCell('code')], metadata: NEW_ORIGIN.notebook.metadata as Record<string, unknown> },
    runs: new Map(),
    origin: NEW_ORIGIN,
  })
  markUnsaved()
}

/** Opens a file of the computer as a copy; own work with the same name stays. Nothing runs. */
export async function importNotebook(file: File): Promise<void> {
  try {
    const opened = await readFile(file)
    await saveNow()
    show(freePath(file.name.replace(/\.(ipynb|md|markdown)$/i, '')), opened)
    markUnsaved()
    tell('info', `Opened ${file.name}. Nothing has run.`)
  } catch (thrown) {
    tell('error', textOf(thrown))
  }
}

async function readFile(file: File): Promise<IpynbFile> {
  const text = await file.text()
  if (!/\.(md|markdown)$/i.test(file.name)) return readIpynb(text)
  const found = cellsOfMarkdown(text)
  const isSplit = found.length > 1 && (await askForCells(found))
  const cells = isSplit ? found : [{ kind: 'markdown' as const, source: text }]
  return {
    document: {
      cells: cells.map(({ kind, source }) => newCell(kind, source)),
      metadata: NEW_ORIGIN.notebook.metadata as Record<string, unknown>,
    },
    runs: new Map(),
    origin: NEW_ORIGIN,
  }
}

/** "Make 24 cells?", asked once for a page of text (B13). */
export function askForCells(found: readonly CellText[]): Promise<boolean> {
  const code = found.filter(({ kind }) => kind === 'code').length
  return confirm({
    title: `Make ${found.length} cells?`,
    text: `The text has code fences: ${code} become code cells, the prose between them ${found.length - code} Markdown cells.`,
    action: `Make ${found.length} cells`,
    otherwise: 'Keep it as one text',
  })
}

export function exportNotebook(): void {
  download(`${getApp().notebook.title}.ipynb`, new Blob([notebookText()], { type: 'application/x-ipynb+json' }))
}

export async function copyAsText(): Promise<void> {
  const parts = getApp().notebook.history.document.cells.map((cell) =>
    cell.kind === 'markdown'
      ? cell.source
      : `\`\`\`${cell.source.startsWith('%%sql') ? 'sql' : 'python'}\n${cell.source}\n\`\`\``,
  )
  await navigator.clipboard.writeText(secrets.redact(parts.join('\n\n')))
  tell('success', 'Copied the notebook as text.')
}

export function download(name: string, blob: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The click has started the download; the URL may go a little later.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

export async function listNotebooks(): Promise<void> {
  const engine = runtimeOrNull()?.engine
  if (engine === undefined) return
  try {
    const entries = await engine.listFiles(FOLDER)
    const notebooks = entries.filter((entry) => !entry.isFolder && entry.name.endsWith('.ipynb'))
    change('explorer', (draft) => void (draft.notebooks = notebooks))
    change('session', (draft) => void (draft.numNotebooks = notebooks.length))
  } catch (thrown) {
    tell('error', `The saved notebooks could not be listed: ${textOf(thrown)}`)
  }
}

/** Shows a notebook's text at a path, without reading or writing a file. */
export function showText(path: string, text: string): void {
  show(path, readIpynb(text))
}

function freePath(name: string): string {
  const taken = new Set([...getApp().explorer.notebooks.map((entry) => entry.path), getApp().notebook.path])
  let path = `${FOLDER}/${name}.ipynb`
  for (let number = 2; taken.has(path); number++) path = `${FOLDER}/${name}-${number}.ipynb`
  return path
}

function show(path: string, file: IpynbFile): void {
  const { document, runs, origin } = file
  const title = path.slice(path.lastIndexOf('/') + 1).replace(/\.ipynb$/, '')
  const first = document.cells.find((cell) => cell.kind === 'code') ?? document.cells[0]
  useApp.setState((state) => ({
    notebook: {
      ...state.notebook,
      history: openHistory(document),
      runs: Object.fromEntries(runs),
      origin,
      path,
      title,
      selected: first?.id ?? null,
      mode: 'command',
      saved: 'saved',
    },
  }))
}

function readJournal(): Journal | null {
  try {
    const text = localStorage.getItem(JOURNAL)
    if (text === null) return null
    const journal = JSON.parse(text) as Journal
    readIpynb(journal.text)
    return journal
  } catch {
    // A torn or foreign journal is no notebook: start as a newcomer does, the file under /notebooks is untouched.
    return null
  }
}

/** The author's text of the open notebook: it, or what it is a copy of, came with Runnel. Null = it has no author but the learner. */
export async function authorsText(): Promise<string | null> {
  const name = getApp().notebook.title.replace(/-\d+$/, '')
  const response = await fetch(`${import.meta.env.BASE_URL}notebooks/${encodeURIComponent(name)}.ipynb`)
  if (!response.ok) return null
  const text = await response.text()
  // A host may answer every unknown address with a page of its own.
  return text.trimStart().startsWith('{') ? text : null
}

/** Writes the notebook as it is now beside itself; the open one stays open. */
export async function keepCopy(): Promise<string> {
  const path = freePath(`${getApp().notebook.title}-mine`)
  await runtimeOrNull()?.engine.writeFile(path, new TextEncoder().encode(notebookText()))
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The author's text as a new notebook; the learner's copy stays. */
export async function openShippedAgain(name: string): Promise<void> {
  await saveNow()
  const response = await fetch(`${import.meta.env.BASE_URL}notebooks/${name}.ipynb`)
  if (!response.ok) throw new Error(`The notebook ${name} could not be loaded (${response.status}).`)
  show(freePath(name), readIpynb(await response.text()))
  markUnsaved()
}
