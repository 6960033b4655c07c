import { resolve } from 'node:path'
import { chromium } from '@playwright/test'
import type { RunOptions } from '../../src/cli/execute'
import { execute } from '../../src/cli/execute'

/** The checkout. */
export const root = resolve(import.meta.dirname, '../..')

export type CodeCell = {
  readonly cell_type: string
  readonly source: string[]
  readonly metadata: {
    readonly runnel_outcome?: string
    readonly runnel_error?: { readonly condition: string; readonly hint: string | null }
    readonly runnel_notices?: readonly unknown[]
  }
  readonly outputs: readonly {
    readonly output_type: string
    readonly text?: string[] | string
    readonly ename?: string
    readonly evalue?: string
  }[]
}

/** Runs a notebook as `npm run execute` would, past its errors, at 60 times the speed; its code cells with their outputs. */
export async function runHeadless(
  options: Pick<RunOptions, 'input' | 'mode' | 'producer' | 'timeoutSeconds'>,
): Promise<CodeCell[]> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? chromium.executablePath()
  const { notebook } = await execute(
    { ...options, allowErrors: true, speed: 60, untilIdle: false },
    { root, executablePath },
  )
  return (JSON.parse(notebook) as { cells: CodeCell[] }).cells.filter((cell) => cell.cell_type === 'code')
}
