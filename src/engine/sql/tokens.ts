/**
 * The lexer of Spark SQL. It never throws: what is no token of SQL becomes a token of kind `bad`, which the parser reports at its
 * place. Tokens cover the text without overlap; only white space, comments and nothing else lie between them.
 */
export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'bad' | 'end'

export type Token = {
  readonly kind: TokenKind
  /** As written. */
  readonly text: string
  /** Upper case for words, the text itself for symbols, empty otherwise: what the grammar compares. */
  readonly key: string
  /** Offsets of UTF-16 code units; `end` is exclusive. */
  readonly start: number
  readonly end: number
}

// A digit run is a number only when no letter follows (`1a` is a name); suffixes L, S, Y, F, D, BD belong to the number.
const NUMBER = /(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?:BD|[LSYFD])?(?![\p{L}\p{N}_])|\d+(?=\.(?![\p{L}\p{N}_]))/iuy
const WORD = /[\p{L}\p{N}_]+(?::\/\/[^\s;()'"`,]*)?/uy
const STRING = /[rR]'[^']*'|[rR]"[^"]*"|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"/y
const QUOTED = /`(?:[^`]|``)*`/y
const SYMBOL = />>>|<=>|\/\*\+|\*\/|->|=>|::|\|\||\|>|<<|>>|<=|>=|<>|!=|==|!<|!>|[-+*/%~^&|<>=!()[\]{},.;:?@]/y
const SPACE = /\s+/y
const LINE_COMMENT = /--(?:\\\r?\n|[^\r\n])*/y

export type Lexed = {
  readonly tokens: readonly Token[]
  /** Start of a bracketed comment that never ends; null when all do. */
  readonly openComment: number | null
}

/** All tokens of a text, closed by one of kind `end`. */
export function tokenize(text: string): Lexed {
  const tokens: Token[] = []
  let at = 0
  let openComment: number | null = null
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0] ?? null
  }
  const push = (kind: TokenKind, length: number): void => {
    const written = text.slice(at, at + length)
    const key = kind === 'word' ? written.toUpperCase() : kind === 'symbol' ? written : ''
    tokens.push({ kind, text: written, key, start: at, end: at + length })
    at += length
  }
  while (at < text.length) {
    const space = match(SPACE) ?? match(LINE_COMMENT)
    if (space !== null) {
      at += space.length
      continue
    }
    if (text.startsWith('/*', at) && text[at + 2] !== '+') {
      const end = endOfComment(text, at)
      if (end === null) {
        openComment = at
        at = text.length
        break
      }
      at = end
      continue
    }
    const string = match(STRING)
    if (string !== null) {
      push('string', string.length)
      continue
    }
    const quoted = match(QUOTED)
    if (quoted !== null) {
      push('quoted', quoted.length)
      continue
    }
    const number = numberAt(tokens, match)
    if (number !== null) {
      push('number', number.length)
      continue
    }
    const word = match(WORD)
    if (word !== null) {
      push('word', word.length)
      continue
    }
    const symbol = match(SYMBOL)
    if (symbol !== null) push('symbol', symbol.length)
    else push('bad', text.codePointAt(at)! > 0xffff ? 2 : 1)
  }
  tokens.push({ kind: 'end', text: '', key: '', start: text.length, end: text.length })
  return { tokens, openComment }
}

/** `a.1` is no number behind a name: the dot belongs to the name. */
function numberAt(tokens: readonly Token[], match: (pattern: RegExp) => string | null): string | null {
  const number = match(NUMBER)
  if (number === null || !number.startsWith('.')) return number
  const last = tokens.at(-1)
  const isField =
    last !== undefined && (last.kind === 'word' || last.kind === 'quoted' || last.key === ')' || last.key === ']')
  return isField ? null : number
}

/** Comments nest. */
function endOfComment(text: string, start: number): number | null {
  let depth = 0
  for (let at = start; at < text.length - 1; at++) {
    if (text[at] === '/' && text[at + 1] === '*') {
      depth++
      at++
    } else if (text[at] === '*' && text[at + 1] === '/') {
      depth--
      at++
      if (depth === 0) return at + 1
    }
  }
  return null
}

const ESCAPES: Readonly<Record<string, string>> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' }

/** The value of a string token: backslash escapes, doubled quotes; raw strings as they stand. */
export function stringValue(token: string): string {
  if (/^[rR]/.test(token)) return token.slice(2, -1)
  const quote = token[0]
  return token
    .slice(1, -1)
    .replace(
      /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\([0-3][0-7]{2})|\\([\s\S])|''|""/g,
      (whole: string, u4?: string, u8?: string, octal?: string, char?: string) => {
        const point = u4 ?? u8
        if (point !== undefined) return String.fromCodePoint(parseInt(point, 16))
        if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8))
        // A pattern keeps the backslash in front of its wildcards.
        if (char === '%' || char === '_') return `\\${char}`
        if (char !== undefined) return ESCAPES[char] ?? char
        return whole[0] === quote ? quote : whole
      },
    )
}

/** The name in backquotes, or the word itself. */
export function identifierValue(token: Token): string {
  return token.kind === 'quoted' ? token.text.slice(1, -1).replaceAll('``', '`') : token.text
}
