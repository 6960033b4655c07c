import type { CellId } from '../../protocol/ids'
import type { Notice } from '../../protocol/workers/engine'
import { saidOnce, settledBy } from '../../monitoring/model/notices'
import { plural } from '../../ui/format'
import { getApp, tell, useApp } from '../state/store'
import type { AppState } from '../state/store'
import { applyFix, cellsNow } from './notebook-actions'
import { CONNECTOR, withConversion } from './teaching-actions'

let shown: { notices: unknown; cells: unknown; result: readonly Notice[] } | null = null

/** The notices as they are shown and counted; the same array until a notice or a cell changes. */
export function shownNotices({ monitoring, notebook }: AppState): readonly Notice[] {
  const { cells } = notebook.history.document
  if (shown?.notices !== monitoring.notices || shown.cells !== cells) {
    const before = shown?.result ?? []
    const result = saidOnce(monitoring.notices.map(withConversion), textOfCell).map(
      (notice) => before.find((old) => isSame(old, notice) && old.fix?.to === notice.fix?.to) ?? notice,
    )
    const isUnchanged = before.length === result.length && result.every((notice, i) => before[i] === notice)
    shown = { notices: monitoring.notices, cells, result: isUnchanged ? before : result }
  }
  return shown.result
}

function textOfCell(id: CellId | null): string {
  return cellsNow().find((cell) => cell.id === id)?.source ?? ''
}

/** The button under one notice. */
export function applyNotice(notice: Notice): void {
  if (!apply(notice)) tell('warning', 'The cell has changed: the text to replace is not in it any more.')
}

/** Every fix there is, the connector's first: a hub read through Kafka needs none of the connector's options. */
export function applyNotices(notices: readonly Notice[]): void {
  const first = notices.filter(({ leniency }) => leniency === CONNECTOR)
  const others = notices.filter(({ leniency }) => leniency !== CONNECTOR)
  let numApplied = 0
  for (const notice of [...first, ...others])
    if (notice.fix !== null && getApp().monitoring.notices.some((open) => isSame(open, notice)) && apply(notice))
      numApplied++
  const numLeft = shownNotices(getApp()).length
  const left =
    numLeft === 0 ? 'Run the notebook again.' : `${plural(numLeft, 'notice')} left: they say what to do by hand.`
  tell('success', `Applied ${plural(numApplied, 'change')}. ${left}`)
}

/**
 * Puts a fix into the cell that has the text: the notice's own, else the first; an import goes into the first code cell. False:
 * no cell has it any more.
 */
function apply(notice: Notice): boolean {
  const { fix } = notice
  if (fix === null) return false
  const { notices } = getApp().monitoring
  const settled = settledBy(notice, notices.map(withConversion), textOfCell)
  const code = cellsNow().filter((cell) => cell.kind === 'code')
  const target =
    fix.from === ''
      ? code[0]
      : (code.find((cell) => cell.id === notice.cell && cell.source.includes(fix.from)) ??
        code.find((cell) => cell.source.includes(fix.from)))
  if (target === undefined || !applyFix(target.id, fix)) return false
  const isKafka = notice.leniency === CONNECTOR && !cellsNow().some((cell) => CONNECTOR_READER.test(cell.source))
  useApp.setState(({ monitoring }) => ({
    monitoring: {
      ...monitoring,
      notices: monitoring.notices.filter(
        (other) =>
          !settled.some((old) => isSame(old, other)) && !(isKafka && other.leniency?.startsWith('eventhubs-') === true),
      ),
    },
  }))
  return true
}

const CONNECTOR_READER = /\.format\(\s*["']eventhubs["']\s*\)/

/** A notice that was given its fix by the page is another object, and the same notice. */
function isSame(a: Notice, b: Notice): boolean {
  return a.leniency === b.leniency && a.cell === b.cell && a.message === b.message
}
