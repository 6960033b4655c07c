import { userError } from '../../protocol/errors/runnel-error'
import type { RunnelError } from '../../protocol/errors/runnel-error'
import type { Token } from './tokens'

type ParseErrorDetails = {
  readonly sqlState?: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly hint?: string
}

/** A ParseException at a place of the text: Spark's words, then the line with a caret under the place. */
export function parseError(
  text: string,
  token: { readonly start: number; readonly end: number },
  condition: string,
  message: string,
  details: ParseErrorDetails = {},
): RunnelError {
  return userError(condition, message, {
    exception: 'ParseException',
    sqlState: details.sqlState ?? '42601',
    parameters: details.parameters ?? {},
    contexts: [{ fragment: text, startIndex: token.start, stopIndex: Math.max(token.start, token.end - 1) }],
    hint: details.hint ?? 'Look at the marked place and just before it.',
    suffix: caretBlock(text, token.start),
  })
}

/** Line (from 1) and position in the line (from 0) of an offset. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly position: number } {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, position: offset - (before.lastIndexOf('\n') + 1) }
}

/** ` (line 1, pos 7)` and the statement with a caret line below the line at fault, as Spark prints it. */
function caretBlock(text: string, offset: number): string {
  const { line, position } = placeOf(text, offset)
  const lines = text.split('\n')
  const marked = [...lines.slice(0, line), `${'-'.repeat(position)}^^^`, ...lines.slice(line)]
  return ` (line ${line}, pos ${position})\n\n== SQL ==\n${marked.join('\n')}\n`
}

export function syntaxError(text: string, token: Token, hint = '', advice?: string): RunnelError {
  const error = token.kind === 'end' ? 'end of input' : `'${token.text}'`
  return parseError(text, token, 'PARSE_SYNTAX_ERROR', `Syntax error at or near ${error}${hint}.`, {
    parameters: { error, hint },
    ...(advice === undefined ? {} : { hint: advice }),
  })
}
