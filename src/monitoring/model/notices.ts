import type { CellId } from '../../protocol/ids'
import type { Notice } from '../../protocol/workers/engine'

/**
 * Notices of a source or of a name come again with every cell below that uses it. They are said once, and again only under a
 * cell that writes the text to change itself.
 */
export function saidOnce(notices: readonly Notice[], textOf: (cell: CellId | null) => string): Notice[] {
  const said = new Set<string>()
  return notices.filter((notice) => {
    const key = `${notice.leniency ?? ''}\n${notice.message}`
    if (said.has(key) && !standsIn(notice, textOf(notice.cell))) return false
    said.add(key)
    return true
  })
}

function standsIn({ fix }: Notice, text: string): boolean {
  return fix !== null && fix.from !== '' && text.includes(fix.from)
}

/** What a fix settles: its notice, and the ones that only repeat it. */
export function settledBy(
  applied: Notice,
  notices: readonly Notice[],
  textOf: (cell: CellId | null) => string,
): Notice[] {
  return notices.filter(
    (notice) =>
      notice.leniency === applied.leniency &&
      notice.message === applied.message &&
      (notice.cell === applied.cell || !standsIn(notice, textOf(notice.cell))),
  )
}

/** Notices that change something on a real cluster; plain remarks do not count. */
export function numChangesForSpark(notices: readonly Notice[]): number {
  return notices.filter((notice) => notice.spark !== null).length
}
