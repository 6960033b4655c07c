import type { CellId } from '../../protocol/ids'
import type { CellOutcome } from '../../protocol/workers/kernel'
import { languageOf, withoutMagic } from '../../notebook/model/language'
import type { Cell } from '../../notebook/model/types'
import { compileTypeScript } from '../../notebook/ui/editor/typescript-cells'
import type { TypeScriptCell } from '../../notebook/ui/editor/typescript-cells'
import { getApp } from '../state/store'
import type { Runtime } from '../workers'

/** Where a cell runs: each lane runs one cell at a time, beside the others (B14). */
export type Lane = 'python' | 'sql' | 'typescript'
export const LANES: readonly Lane[] = ['python', 'sql', 'typescript']

/** `{name}` in SQL stands for a Python variable: only Python knows it. */
const PYTHON_NAME = /\{\s*[A-Za-z_]\w*\s*\}/

export function laneOf(cell: Cell): Lane {
  const language = languageOf(cell)
  if (language === 'typescript') return 'typescript'
  if (language === 'sql' && !PYTHON_NAME.test(cell.source)) return 'sql'
  return 'python'
}

/** The cell a lane runs now. */
export function runningIn(lane: Lane): CellId | null {
  const { runningCell, running } = getApp().session
  return lane === 'python' ? runningCell : running[lane]
}

export function typeScriptCells(cells: readonly Cell[]): TypeScriptCell[] {
  return cells.filter((cell) => languageOf(cell) === 'typescript').map(({ id, source }) => ({ id, source }))
}

export type LaneRun = {
  readonly cell: Cell
  readonly cellNumber: number
  readonly executionCount: number
  readonly cells: readonly Cell[]
}

/** Runs a cell in its lane and shows all it printed; rejects when the kernel itself fails. */
export async function runInLane(lane: Lane, runtime: Runtime, run: LaneRun): Promise<CellOutcome> {
  const outcome = await runCell(lane, runtime, run)
  await runtime.outputsShown(run.cell.id)
  return outcome
}

async function runCell(lane: Lane, runtime: Runtime, run: LaneRun): Promise<CellOutcome> {
  const { cell, cellNumber, executionCount, cells } = run
  const common = { cell: cell.id, cellNumber, executionCount }
  switch (lane) {
    case 'python': {
      if (runtime.kernel === null) throw new Error('Python has not started.')
      const isPlainSql = languageOf(cell) === 'sql' && !/^\s*%%/.test(cell.source)
      return runtime.kernel.run({ ...common, source: isPlainSql ? `%%sql\n${cell.source}` : cell.source })
    }
    case 'sql':
      return (await runtime.typescriptKernel()).run({ ...common, source: withoutMagic(cell.source) })
    case 'typescript': {
      const source = withoutMagic(cell.source)
      const [kernel, compiled] = await Promise.all([
        runtime.typescriptKernel(),
        compileTypeScript(source, typeScriptCells(cells)),
      ])
      return kernel.run({ ...common, source, compiled })
    }
  }
}
