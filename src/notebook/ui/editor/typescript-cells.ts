import type { CompiledCell } from '../../../protocol/workers/kernel'
import { loadMonaco } from './load-monaco'

/** One TypeScript cell, in the order of the notebook. */
export type TypeScriptCell = { readonly id: string; readonly source: string }

/** What our worker offers beside Monaco's requests. */
type CellWorker = { compileCell(source: string, cells: readonly TypeScriptCell[]): Promise<CompiledCell> }

const CELLS_FILE = 'file:///cells.json'
const RETRY_MS = 50

/** Tells the language worker the cells, so that names of one are known in the others. */
export async function setTypeScriptCells(cells: readonly TypeScriptCell[]): Promise<void> {
  const { typescriptDefaults } = await loadMonaco()
  typescriptDefaults.addExtraLib(JSON.stringify(cells), CELLS_FILE)
}

/** Compiles a cell where the compiler lives. */
export async function compileTypeScript(source: string, cells: readonly TypeScriptCell[]): Promise<CompiledCell> {
  const worker = await languageWorker()
  return worker.compileCell(source, cells)
}

let started: Promise<CellWorker> | null = null

function languageWorker(): Promise<CellWorker> {
  started ??= startWorker().catch((thrown: unknown) => {
    started = null
    throw thrown
  })
  return started
}

async function startWorker(): Promise<CellWorker> {
  const { monaco, getTypeScriptWorker } = await loadMonaco()
  // Monaco sets the language up when the first text in it appears.
  monaco.editor.createModel('', 'typescript').dispose()
  for (let tries = 0; ; tries++) {
    try {
      const workerOf = await getTypeScriptWorker()
      return (await workerOf()) as unknown as CellWorker
    } catch (notYet) {
      if (tries === 100) throw notYet
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}
