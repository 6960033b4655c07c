import type { CellEdit } from './kafka-conversion'

const CALL =
  /^(\s*)(?:print\(\s*)?([A-Za-z_][\w.]*?)\.(?:show|collect|count|toPandas|take|head|first|tail)\([^()]*\)\s*\)?\s*;?\s*$/

/** `df.show()` on a stream as `display(df)` (B15): the line of the error, else the only line that fits. */
export function previewEdit(source: string, line: number | null): CellEdit | null {
  const lines = source.split('\n')
  const candidates = line === null || lines[line - 1] === undefined ? lines : [lines[line - 1]]
  const fitting = candidates.filter((text) => CALL.test(text))
  if (fitting.length !== 1) return null
  const [from] = fitting
  const found = CALL.exec(from)
  return found === null ? null : { from, to: `${found[1]}display(${found[2]})` }
}
