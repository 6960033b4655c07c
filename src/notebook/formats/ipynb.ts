import { newCellId } from '../model/document'
import { carrierMagic } from '../model/language'
import type { Cell, CellKind, CellRun, JsonObject, NotebookDocument } from '../model/types'
import { IDLE_RUN } from '../model/types'
import type { CellId } from '../../protocol/ids'
import type { CellOutput } from '../../protocol/workers/kernel'

/**
 * The `.ipynb` codec (nbformat 4). Unknown keys of the notebook, of cells and of outputs are kept in order; an untouched
 * notebook is written back byte for byte, a changed one in the layout (indent, ASCII escapes, line end) its file had.
 */
export type IpynbFile = {
  readonly document: NotebookDocument
  readonly runs: ReadonlyMap<CellId, CellRun>
  readonly origin: IpynbOrigin
}

/** What the document does not hold but the file must get back. */
export type IpynbOrigin = {
  readonly text: string | null
  readonly notebook: JsonObject
}

export type IpynbOptions = {
  /** Applied to sources and text outputs: secrets never reach a file. */
  readonly redact: (text: string) => string
  readonly withOutputs: boolean
}

/** Key under which a cell's metadata keeps when it ran, so that outputs can say "from 10:02" after a reload. */
const RUN_KEY = 'runnel'
/** Key under which a cell's metadata names the magic line that was added for notebooks that know no metadata. */
const CARRIER_KEY = 'runnel_magic'
const NEW_NOTEBOOK: JsonObject = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {
    kernelspec: { name: 'synapse_pyspark', display_name: 'Synapse PySpark', language: 'Python' },
    kernel_info: { name: 'synapse_pyspark' },
    language_info: { name: 'python' },
    microsoft: { language: 'python', language_group: 'synapse_pyspark' },
  },
  cells: [],
}

export const NEW_ORIGIN: IpynbOrigin = { text: null, notebook: NEW_NOTEBOOK }

/** Throws a plain `Error` with a sentence for people when the text is no nbformat 4 notebook. */
export function readIpynb(text: string): IpynbFile {
  const notebook = parseNotebook(text)
  const runs = new Map<CellId, CellRun>()
  const seen = new Set<string>()
  const cells = (notebook.cells as JsonObject[]).map((raw): Cell => {
    const id = uniqueId(raw.id, seen)
    const metadata = isObject(raw.metadata) ? raw.metadata : {}
    const kind: CellKind = raw.cell_type === 'code' ? 'code' : raw.cell_type === 'markdown' ? 'markdown' : 'raw'
    if (kind === 'code') runs.set(id, runOf(raw, metadata))
    return withoutCarrier({ id, kind, source: joinText(raw.source), raw, metadata })
  })
  const metadata = isObject(notebook.metadata) ? notebook.metadata : {}
  return { document: { cells, metadata }, runs, origin: { text, notebook } }
}

export function writeIpynb(
  document: NotebookDocument,
  runs: ReadonlyMap<CellId, CellRun>,
  origin: IpynbOrigin,
  options: IpynbOptions,
): string {
  const notebook: JsonObject = { ...origin.notebook, metadata: document.metadata }
  notebook.cells = document.cells.map((cell) => writeCell(cell, runs.get(cell.id) ?? IDLE_RUN, origin, options))
  if (origin.text !== null && JSON.stringify(notebook) === JSON.stringify(origin.notebook)) return origin.text
  return layOut(notebook, origin.text)
}

function writeCell(cell: Cell, run: CellRun, origin: IpynbOrigin, options: IpynbOptions): JsonObject {
  const raw = cell.raw ?? {}
  const sameKind = raw.cell_type === undefined || raw.cell_type === cell.kind
  const written: JsonObject = {
    cell_type: cell.kind,
    ...(sameKind ? raw : withoutKeys(raw, ['outputs', 'execution_count'])),
  }
  written.cell_type = cell.kind
  if (cell.raw === null && hasCellIds(origin.notebook)) written.id = cell.id
  const magic = carrierMagic(cell)
  const metadata = magic === null ? cell.metadata : { ...cell.metadata, [CARRIER_KEY]: magic.trim() }
  written.metadata = withRun(metadata, run, options)
  written.source = splitText(options.redact(`${magic ?? ''}${cell.source}`), raw.source)
  if (cell.kind !== 'code') return written
  const isKept = sameKind && run === keptRun.get(raw)
  written.execution_count = isKept ? (raw.execution_count ?? null) : run.executionCount
  if (!options.withOutputs) written.outputs = []
  else if (isKept) written.outputs = redactJson(raw.outputs ?? [], options.redact)
  else written.outputs = run.outputs.map((output) => writeOutput(output, run, options.redact))
  return written
}

/** A magic that only the file has: the cell's metadata says its language. */
function withoutCarrier(cell: Cell): Cell {
  const carrier = cell.metadata[CARRIER_KEY]
  if (typeof carrier !== 'string' || !cell.source.startsWith(`${carrier}\n`)) return cell
  return {
    ...cell,
    source: cell.source.slice(carrier.length + 1),
    metadata: withoutKeys(cell.metadata, [CARRIER_KEY]),
  }
}

/** Runs as read, by their raw cell: a run that is still the same object has not been touched. */
const keptRun = new WeakMap<JsonObject, CellRun>()

function runOf(raw: JsonObject, metadata: JsonObject): CellRun {
  const outputs = Array.isArray(raw.outputs)
    ? (raw.outputs as JsonObject[]).map(readOutput).filter((output) => output !== null)
    : []
  const kept = isObject(metadata[RUN_KEY]) ? metadata[RUN_KEY] : {}
  const endedAtMs = typeof kept.endedAt === 'string' ? Date.parse(kept.endedAt) : null
  const run: CellRun = {
    ...IDLE_RUN,
    outputs,
    endedAtMs,
    durationMs: typeof kept.durationMs === 'number' ? kept.durationMs : null,
    isFromBefore: outputs.length > 0,
  }
  keptRun.set(raw, run)
  return run
}

function withRun(metadata: JsonObject, run: CellRun, options: IpynbOptions): JsonObject {
  if (run.endedAtMs === null || run.isFromBefore || !options.withOutputs) return metadata
  return {
    ...metadata,
    [RUN_KEY]: { endedAt: new Date(run.endedAtMs).toISOString(), durationMs: Math.round(run.durationMs ?? 0) },
  }
}

function readOutput(raw: JsonObject): CellOutput | null {
  const data = isObject(raw.data)
    ? Object.fromEntries(Object.entries(raw.data).map(([mime, value]) => [mime, readMime(mime, value)]))
    : {}
  const metadata = isObject(raw.metadata) ? raw.metadata : {}
  switch (raw.output_type) {
    case 'stream':
      return { output_type: 'stream', name: raw.name === 'stderr' ? 'stderr' : 'stdout', text: joinText(raw.text) }
    case 'display_data':
      return { output_type: 'display_data', data, metadata }
    case 'execute_result':
      return { output_type: 'execute_result', data, metadata, execution_count: Number(raw.execution_count ?? 0) }
    case 'error':
      return {
        output_type: 'error',
        ename: joinText(raw.ename),
        evalue: joinText(raw.evalue),
        traceback: Array.isArray(raw.traceback) ? raw.traceback.map(String) : [],
        shape: null,
      }
    default:
      return null
  }
}

function writeOutput(output: CellOutput, run: CellRun, redact: (text: string) => string): JsonObject {
  switch (output.output_type) {
    case 'stream':
      return { name: output.name, output_type: 'stream', text: splitText(redact(output.text), []) }
    case 'display_data':
      return { data: writeMimes(output.data, redact), metadata: output.metadata, output_type: 'display_data' }
    case 'execute_result':
      return {
        data: writeMimes(output.data, redact),
        execution_count: run.executionCount ?? output.execution_count,
        metadata: output.metadata,
        output_type: 'execute_result',
      }
    case 'error':
      return {
        ename: output.ename,
        evalue: redact(output.evalue),
        output_type: 'error',
        traceback: output.traceback.map(redact),
      }
  }
}

function readMime(mime: string, value: unknown): unknown {
  return isJsonMime(mime) ? value : joinText(value)
}

function writeMimes(data: Readonly<Record<string, unknown>>, redact: (text: string) => string): JsonObject {
  return Object.fromEntries(
    Object.entries(data).map(([mime, value]) => {
      if (isJsonMime(mime)) return [mime, redactJson(value, redact)]
      return [mime, typeof value === 'string' && mime.startsWith('text/') ? splitText(redact(value), []) : value]
    }),
  )
}

function redactJson(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => redactJson(item, redact))
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactJson(item, redact)]))
  return value
}

function parseNotebook(text: string): JsonObject {
  let parsed: unknown
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new Error('This file is not a notebook: it is not valid JSON.', { cause })
  }
  if (!isObject(parsed) || !Array.isArray(parsed.cells) || !parsed.cells.every(isObject)) {
    throw new Error('This file is not a notebook: it has no list of cells.')
  }
  if (parsed.nbformat !== 4)
    throw new Error(`This notebook has nbformat ${String(parsed.nbformat)}; Runnel reads nbformat 4.`)
  return parsed
}

/** Same shape as before (array of lines or one string); Jupyter's array of lines when there was none. */
function splitText(text: string, like: unknown): unknown {
  if (typeof like === 'string') return text
  return text === '' ? [] : text.split(/(?<=\n)/)
}

function joinText(value: unknown): string {
  return Array.isArray(value) ? value.join('') : typeof value === 'string' ? value : ''
}

function uniqueId(id: unknown, seen: Set<string>): CellId {
  const chosen = typeof id === 'string' && id !== '' && !seen.has(id) ? id : newCellId()
  seen.add(chosen)
  return chosen as CellId
}

function hasCellIds(notebook: JsonObject): boolean {
  return Number(notebook.nbformat_minor ?? 0) >= 5
}

function isJsonMime(mime: string): boolean {
  return mime === 'application/json' || mime.endsWith('+json')
}

function withoutKeys(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))
}

function layOut(notebook: JsonObject, original: string | null): string {
  const indent = /\n([ \t]+)"/.exec(original ?? '')?.[1] ?? (original !== null && !original.includes('\n') ? '' : ' ')
  let text = JSON.stringify(notebook, null, indent)
  const isAscii = original !== null && /\\u[0-9a-f]{4}/i.test(original) && !/[^\u0000-\u007f]/.test(original)
  if (isAscii)
    text = text.replace(/[^\u0000-\u007f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  if (original?.includes('\r\n')) text = text.replaceAll('\n', '\r\n')
  return original === null || original.endsWith('\n') ? `${text}\n` : text
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
