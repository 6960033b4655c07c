/** What pasted text loses on its way into a code cell (B13), and how many characters that were. */
export type Cleaned = { readonly text: string; readonly numCleaned: number }

/** Spaces that look like one and are none to Python. */
const ODD_SPACES = /[\u00a0\u2007\u202f\u3000]/g
/** Characters without width: they break names and nobody sees them. */
const NO_WIDTH = /\u200b|\u200c|\u200d|\u2060|\ufeff|\u00ad/g
const SINGLE = /[\u2018\u2019\u201a\u201b]/g
const DOUBLE = /[\u201c\u201d\u201e\u201f]/g

/**
 * Replaces no-break spaces by spaces, removes characters without width and makes curly quotes straight, except inside
 * string literals and comments, where they may be meant. A literal that begins with a curly quote is one: its quotes are
 * straightened, and what stands between them stays.
 */
export function cleanPaste(pasted: string): Cleaned {
  let numCleaned = 0
  const count = (replacement: string) => () => {
    numCleaned++
    return replacement
  }
  const visible = pasted.replace(ODD_SPACES, count(' ')).replace(NO_WIDTH, count(''))
  const text = piecesOf(visible)
    .map(({ kind, text: piece }) => {
      if (kind === 'literal') return piece
      if (kind === 'code') return piece.replace(SINGLE, count("'")).replace(DOUBLE, count('"'))
      const quote = piece[0].replace(SINGLE, "'").replace(DOUBLE, '"')
      const inner = piece.slice(1, -1)
      // Straight quotes inside would end the literal that the curly ones began.
      if (inner.includes(quote)) return piece
      numCleaned += 2
      return quote + inner + quote
    })
    .join('')
  return { text, numCleaned }
}

type Piece = { readonly kind: 'code' | 'literal' | 'curly'; readonly text: string }

/** Comments, literals in straight quotes, literals in curly quotes on one line, and the code between them. */
const SPECIAL =
  /#[^\n]*|"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[\u201c\u201d\u201e\u201f][^\u201c\u201d\u201e\u201f\n]*[\u201c\u201d\u201f]|[\u2018\u2019\u201a\u201b][^\u2018\u2019\u201a\u201b\n]*[\u2018\u2019\u201b]/g

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const match of text.matchAll(SPECIAL)) {
    pieces.push({ kind: 'code', text: text.slice(at, match.index) })
    const isCurly = /^[\u2018-\u201f]/.test(match[0])
    pieces.push({ kind: isCurly ? 'curly' : 'literal', text: match[0] })
    at = match.index + match[0].length
  }
  pieces.push({ kind: 'code', text: text.slice(at) })
  return pieces
}
