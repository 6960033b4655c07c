import { checkpointFile, checkpointSentence } from '../../explorer/model/checkpoint-sentences'
import type { CheckpointContext, CheckpointFile } from '../../explorer/model/checkpoint-sentences'
import { isActive } from '../../monitoring/model/monitoring'
import { change, getApp, tell, textOf } from '../state/store'
import type { ExplorerSlice } from '../state/store'
import { confirm } from './confirm'
import { runtimeOrNull } from './runtime-holder'

type CheckpointPreview = Pick<NonNullable<ExplorerSlice['preview']>, 'text' | 'checkpoint'>

/** Raw text and one sentence of a checkpoint's file (B22). */
export async function checkpointPreview(
  file: CheckpointFile,
  path: string,
  bytes: Uint8Array,
): Promise<CheckpointPreview> {
  const raw = new TextDecoder().decode(bytes)
  const isBinary = file.kind === 'state'
  // A leading zero byte, which an old writer left, is not shown.
  const text = isBinary ? 'A binary file: keys and values of the state, in columns.' : raw.replace(/^\0/, '')
  const sentence = checkpointSentence(file, raw, await contextOf(file, path))
  return { text, checkpoint: { path, sentence, isText: !isBinary && file.kind !== 'source' } }
}

async function contextOf(file: CheckpointFile, path: string): Promise<CheckpointContext> {
  const context: CheckpointContext = { previousOffsets: null, offsets: null, isCommitted: false, stateRows: null }
  switch (file.kind) {
    case 'offsets':
      return {
        ...context,
        previousOffsets: await textIfThere(`${file.root}/offsets`, String(file.batchId - 1)),
        isCommitted: (await textIfThere(`${file.root}/commits`, String(file.batchId))) !== null,
      }
    case 'commits':
      return { ...context, offsets: await textIfThere(`${file.root}/offsets`, String(file.batchId)) }
    case 'state':
      return { ...context, stateRows: (await runtimeOrNull()?.engine.stateRows(path)) ?? null }
    default:
      return context
  }
}

async function textIfThere(folder: string, name: string): Promise<string | null> {
  const engine = runtimeOrNull()?.engine
  if (engine === undefined) return null
  const entry = (await engine.listFiles(folder)).find((candidate) => candidate.name === name)
  return entry === undefined ? null : new TextDecoder().decode(await engine.readFile(entry.path))
}

/** Changing a checkpoint is a lesson: allowed after a warning, and only while nobody runs on it. */
export async function writeCheckpointFile(path: string, text: string): Promise<boolean> {
  const isSure = await mayChange(path, {
    title: `Change ${nameOf(path)}?`,
    text: 'Spark believes what this file says. What it says wrongly is read twice, or never.',
    action: 'Change the file',
  })
  if (!isSure) return false
  return attempt(async () => {
    await runtimeOrNull()?.engine.writeFile(path, new TextEncoder().encode(text))
    tell('info', `Changed ${nameOf(path)}. The next start reads it.`)
  })
}

export async function deleteCheckpointFile(path: string): Promise<boolean> {
  const isSure = await mayChange(path, {
    title: `Delete ${nameOf(path)}?`,
    text: deleteWarning(checkpointFile(path)),
    action: 'Delete the file',
  })
  if (!isSure) return false
  return attempt(async () => {
    await runtimeOrNull()?.engine.removeFile(path)
    change('explorer', (draft) => {
      draft.preview = null
      const folder = path.slice(0, path.lastIndexOf('/'))
      if (draft.folders[folder] !== undefined)
        draft.folders[folder] = draft.folders[folder].filter((entry) => entry.path !== path)
    })
    tell('info', `Deleted ${nameOf(path)}.`)
  })
}

/** What happens at the next start. */
export function deleteWarning(file: CheckpointFile | null): string {
  switch (file?.kind) {
    case 'commits':
      return `Batch ${file.batchId} then counts as not finished: it is run again exactly as planned. Delta will know it; other sinks get its rows twice.`
    case 'offsets':
      return `Spark then knows nothing of batch ${file.batchId}. With its commit still there, the next start fails.`
    case 'metadata':
      return 'The next start makes a new query id: Delta then takes batches of the same number for new ones.'
    case 'source':
      return 'The source then asks its options again where to begin, and may read events twice or not at all.'
    case 'state':
      return 'The next start looks for the state of its batch; without it, the query fails.'
    default:
      return 'The next start of the query may fail, or read events again.'
  }
}

async function mayChange(path: string, question: Parameters<typeof confirm>[0]): Promise<boolean> {
  const root = checkpointFile(path)?.root
  const owner = Object.values(getApp().monitoring.queries).find(
    ({ info }) => info.checkpointPath === root && isActive(info),
  )
  if (owner !== undefined) {
    tell('warning', `Stop ${owner.info.title} first: it works on this checkpoint.`)
    return false
  }
  return confirm(question)
}

function nameOf(path: string): string {
  return path.split('/').slice(-2).join('/')
}

async function attempt(work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (thrown) {
    tell('error', textOf(thrown))
    return false
  }
}
