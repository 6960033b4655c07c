import { LENIENCIES } from '../../protocol/leniencies'
import type { CellId, QueryId } from '../../protocol/ids'
import { internalError, userError } from '../../protocol/errors/runnel-error'
import type { ExceptionName } from '../../protocol/errors/runnel-error'
import type { Notice } from '../../protocol/workers/engine'

export type Compatibility = 'workshop' | 'strict'
export type Lenient = (id: string, detail?: Readonly<Record<string, string>>) => void

/** The one function through which leniencies go: a notice in workshop mode, Spark's error in strict mode. */
export function lenientIn(
  compatibility: Compatibility,
  place: { cell: CellId | null; query: QueryId | null },
  notify: (notice: Notice) => void,
): Lenient {
  return (id, detail = {}) => {
    const leniency = LENIENCIES[id]
    if (!leniency) throw internalError(`Leniency "${id}" is not in protocol/leniencies.ts`)
    const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, key: string) => detail[key] ?? whole)
    const fix = leniency.fix && {
      description: fill(leniency.fix.description),
      from: fill(leniency.fix.from),
      to: fill(leniency.fix.to),
    }
    if (compatibility === 'strict') {
      throw userError(leniency.condition, fill(leniency.spark), {
        exception: leniency.exception as ExceptionName,
        parameters: detail,
        hint: fix?.description ?? null,
        ...(fix ? { fix: { from: fix.from, to: fix.to } } : {}),
      })
    }
    notify({ leniency: id, ...place, message: fill(leniency.notice), spark: fill(leniency.spark), fix })
  }
}
