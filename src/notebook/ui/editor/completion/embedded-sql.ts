/** SQL text inside a Python string, as the engine should read it. */
export type EmbeddedSql = {
  readonly text: string
  /** Offset of the cursor in `text`. */
  readonly offset: number
  /** What to add to an offset of `text` for the offset in the code. */
  readonly shift: number
}

/** A call whose first argument is a statement, or an expression, up to the quote. */
const CALL = /\b(sql|expr|selectExpr|where|filter)\(\s*(?:"(?:[^"\\\n]|\\.)*"\s*,\s*)*([rRbB]?)("""|'''|"|')$/
/** An expression becomes a statement, so that one grammar reads both. */
const EXPRESSION_HEAD = 'SELECT '

/** The SQL string of `spark.sql("...")` or `expr("...")` the cursor stands in; null when it stands in none. */
export function embeddedSqlAt(code: string, offset: number): EmbeddedSql | null {
  const opening = openQuoteAt(code, offset)
  if (opening === null) return null
  const call = CALL.exec(code.slice(0, opening.end))
  if (call === null) return null
  const end = closingQuote(code, opening.end, opening.quote)
  const head = call[1] === 'sql' ? '' : EXPRESSION_HEAD
  const shift = opening.end - head.length
  return { text: head + code.slice(opening.end, end), offset: offset - shift, shift }
}

type Quote = { readonly quote: string; readonly end: number }

/** The quote of the Python string that holds the offset. */
function openQuoteAt(code: string, offset: number): Quote | null {
  const token = /#[^\n]*|"""|'''|"|'/g
  for (let match = token.exec(code); match !== null && match.index < offset; match = token.exec(code)) {
    const end = match.index + match[0].length
    if (match[0].startsWith('#')) {
      if (offset <= end) return null
      continue
    }
    const close = closingQuote(code, end, match[0])
    if (offset >= end && offset <= close) return { quote: match[0], end }
    token.lastIndex = close + match[0].length
  }
  return null
}

/** Where the string ends: its closing quote, the end of the line of a short string, the end of the text. */
function closingQuote(code: string, start: number, quote: string): number {
  for (let at = start; at < code.length; at++) {
    if (code[at] === '\\') at++
    else if (code.startsWith(quote, at)) return at
    else if (quote.length === 1 && code[at] === '\n') return at
  }
  return code.length
}
