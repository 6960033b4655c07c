import type { Notice } from '../../protocol/workers/engine'
import { tell, useApp } from '../state/store'
import { applyFix, cellsNow } from './notebook-actions'

/** Puts a notice's fix into its cell; an import goes into the notebook's first code cell. */
export function applyNotice(notice: Notice): void {
  if (notice.fix === null) return
  const target = notice.fix.from === '' ? cellsNow().find((cell) => cell.kind === 'code')?.id : notice.cell
  if (target == null || !applyFix(target, notice.fix)) {
    tell('warning', 'The cell has changed: the text to replace is not in it any more.')
    return
  }
  useApp.setState(({ monitoring }) => ({
    monitoring: { ...monitoring, notices: monitoring.notices.filter((other) => !isSame(other, notice)) },
  }))
}

/** A notice that was given its fix by the page is another object, and the same notice. */
function isSame(a: Notice, b: Notice): boolean {
  return a.leniency === b.leniency && a.cell === b.cell && a.message === b.message
}
