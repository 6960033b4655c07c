import { RunnelError } from '../../../protocol/errors/runnel-error'
import type { TextProblem } from '../../../protocol/workers/language'
import { parseStatement } from '../../sql/parse'
import { sqlOptions } from '../plan-analysis'
import type { Session } from '../session'

/** What Spark's parser says about a SQL text, with the place; nothing about a text without a statement. */
export function checkSql(session: Session, text: string): TextProblem[] {
  try {
    parseStatement(text, sqlOptions(session))
    return []
  } catch (thrown) {
    if (!(thrown instanceof RunnelError)) throw thrown
    const { condition, message, hint, contexts } = thrown.shape
    if (condition === 'PARSE_EMPTY_STATEMENT') return []
    const [place] = contexts
    if (place === undefined) return [{ message: `[${condition}] ${message}`, hint, start: 0, end: text.length }]
    return [{ message: `[${condition}] ${message}`, hint, ...visible(text, place.startIndex, place.stopIndex + 1) }]
  }
}

/** The end of the text has no width: the last word before it is marked. */
function visible(text: string, start: number, end: number): { start: number; end: number } {
  if (text.slice(start, end).trim() !== '') return { start, end }
  const before = text.trimEnd()
  return { start: Math.max(0, before.search(/\S+$/)), end: before.length }
}
