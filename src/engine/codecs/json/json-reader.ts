import type { JsonReadOptions } from './json-options'

export const NONE = 0
export const START_OBJECT = 1
export const END_OBJECT = 2
export const START_ARRAY = 3
export const END_ARRAY = 4
export const FIELD_NAME = 5
export const STRING = 6
export const INT = 7
export const FLOAT = 8
export const TRUE = 9
export const FALSE = 10
export const NULL = 11
export type Token = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11

/** The text is not JSON at this place. */
export class JsonSyntaxError extends Error {}

type Context = {
  readonly kind: 'root' | 'array' | 'object'
  index: number
  name: string | null
  readonly parent: Context | null
}

export type JsonDialect = Pick<
  JsonReadOptions,
  | 'allowComments'
  | 'allowUnquotedFieldNames'
  | 'allowSingleQuotes'
  | 'allowNumericLeadingZeros'
  | 'allowNonNumericNumbers'
  | 'allowBackslashEscapingAnyCharacter'
  | 'allowUnquotedControlChars'
>

/**
 * Tokens of one JSON text.
 *
 * What a learner sees of a malformed record depends on where the reader stands after an error, because Spark reads on to
 * save the other fields. So this reader looks ahead exactly as far as the Jackson reader inside Spark: the value after a
 * field name is recognised together with the name, a string's content only when asked for.
 */
export class JsonReader {
  readonly text: string
  readonly #dialect: JsonDialect
  #pos = 0
  token: Token = NONE
  #afterName: Token = NONE
  #isStringPending = false
  #context: Context = { kind: 'root', index: -1, name: null, parent: null }
  #value = ''
  #tokenStart = 0

  constructor(text: string, dialect: JsonDialect) {
    this.text = text
    this.#dialect = dialect
  }

  /** Name of the field the current token belongs to; null inside arrays and at the root. */
  get currentName(): string | null {
    const isStart = this.token === START_OBJECT || this.token === START_ARRAY
    return isStart ? (this.#context.parent?.name ?? null) : this.#context.name
  }

  /** Where the current token starts, and where reading goes on: UTF-16 units. */
  get tokenStart(): number {
    return this.#tokenStart
  }
  get position(): number {
    return this.#pos
  }

  nextToken(): Token {
    if (this.token === FIELD_NAME) return this.#valueAfterName()
    if (this.#isStringPending) {
      this.#isStringPending = false
      this.#readString('"')
    }
    let char = this.#skipSpaceOrEnd()
    if (char === '') return (this.token = NONE)
    if (char === ']' || char === '}') return this.#closeScope(char)
    const context = this.#context
    context.index++
    if (context.kind !== 'root' && context.index > 0) {
      if (char !== ',') throw this.#error(char, 'expected a comma')
      char = this.#skipSpace()
    }
    const isInObject = context.kind === 'object'
    if (isInObject) {
      context.name = char === '"' ? this.#readString('"') : this.#readOddName(char)
      this.token = FIELD_NAME
      char = this.#skipColon()
    }
    this.#tokenStart = this.#pos - 1
    const token = this.#startValue(char)
    if (isInObject) {
      this.#afterName = token
      return this.token
    }
    this.#openScope(token)
    return (this.token = token)
  }

  /** After a start token: reads to its matching end. Otherwise nothing. */
  skipChildren(): void {
    if (this.token !== START_OBJECT && this.token !== START_ARRAY) return
    for (let open = 1; open > 0;) {
      const token = this.nextToken()
      if (token === NONE) throw new JsonSyntaxError('unexpected end of input')
      if (token === START_OBJECT || token === START_ARRAY) open++
      else if (token === END_OBJECT || token === END_ARRAY) open--
    }
  }

  /** Text of the current string, number, name or literal. */
  getText(): string {
    switch (this.token) {
      case STRING:
        if (this.#isStringPending) {
          this.#isStringPending = false
          this.#value = this.#readString('"')
        }
        return this.#value
      case FIELD_NAME:
        return this.#context.name ?? ''
      case INT:
      case FLOAT:
        return this.#value
      case TRUE:
        return 'true'
      case FALSE:
        return 'false'
      case NULL:
        return 'null'
      default:
        return ['', '{', '}', '[', ']'][this.token] ?? ''
    }
  }

  #valueAfterName(): Token {
    const token = this.#afterName
    this.#afterName = NONE
    this.#openScope(token)
    return (this.token = token)
  }

  #openScope(token: Token): void {
    if (token === START_ARRAY) this.#context = { kind: 'array', index: -1, name: null, parent: this.#context }
    else if (token === START_OBJECT) this.#context = { kind: 'object', index: -1, name: null, parent: this.#context }
  }

  #closeScope(char: ']' | '}'): Token {
    if (this.#context.kind !== (char === ']' ? 'array' : 'object')) throw this.#error(char, 'unexpected close marker')
    this.#context = this.#context.parent!
    return (this.token = char === ']' ? END_ARRAY : END_OBJECT)
  }

  #startValue(char: string): Token {
    switch (char) {
      case '"':
        this.#isStringPending = true
        return STRING
      case '{':
        return START_OBJECT
      case '[':
        return START_ARRAY
      case 't':
        this.#matchLiteral('true', 1)
        return TRUE
      case 'f':
        this.#matchLiteral('false', 1)
        return FALSE
      case 'n':
        this.#matchLiteral('null', 1)
        return NULL
      case '-':
        return this.#readNegative()
      default:
        return char >= '0' && char <= '9' ? this.#readNumber(this.#pos - 1, char) : this.#readOddValue(char)
    }
  }

  #readOddValue(char: string): Token {
    if (char === "'" && this.#dialect.allowSingleQuotes) {
      this.#value = this.#readString("'")
      return STRING
    }
    if (char === 'N') return this.#nonNumeric('NaN', 1)
    if (char === 'I') return this.#nonNumeric('Infinity', 1)
    if (char === '+') return this.#infinityAfterSign('+')
    if (isIdentifierPart(char) && !(char >= '0' && char <= '9')) throw this.#invalidToken(char)
    throw this.#error(char, 'expected a valid value')
  }

  #nonNumeric(text: string, matched: number): Token {
    this.#matchLiteral(text, matched)
    if (!this.#dialect.allowNonNumericNumbers) throw new JsonSyntaxError(`non-standard token '${text}'`)
    this.#value = text
    return FLOAT
  }

  #infinityAfterSign(sign: '+' | '-'): Token {
    const char = this.text[this.#pos++]
    if (char === 'I') {
      const next = this.text[this.#pos++]
      if (next === 'N') return this.#nonNumeric(`${sign}INF`, 3)
      if (next === 'n') return this.#nonNumeric(`${sign}Infinity`, 3)
    }
    throw new JsonSyntaxError(`expected a digit after '${sign}'`)
  }

  #readNegative(): Token {
    const char = this.text[this.#pos] ?? ''
    if (char < '0' || char > '9' || char === '') return this.#infinityAfterSign('-')
    this.#pos++
    return this.#readNumber(this.#pos - 2, char)
  }

  /** `#pos` stands after the first digit. After an error reading goes on where fraction or exponent should have begun. */
  #readNumber(start: number, first: string): Token {
    const { text } = this
    let at = this.#pos
    let from = start
    if (first === '0' && isDigit(text.charCodeAt(at))) {
      if (!this.#dialect.allowNumericLeadingZeros) throw new JsonSyntaxError('leading zeroes are not allowed')
      while (text[at - 1] === '0' && isDigit(text.charCodeAt(at))) at++
      from = at - 1
    }
    while (isDigit(text.charCodeAt(at))) at++
    let token: Token = INT
    if (text[at] === '.') {
      token = FLOAT
      at++
      if (!isDigit(text.charCodeAt(at))) throw this.#numberError(at, 'a decimal point needs a digit')
      while (isDigit(text.charCodeAt(at))) at++
    }
    if (text[at] === 'e' || text[at] === 'E') {
      token = FLOAT
      at++
      const exponent = at
      if (text[at] === '+' || text[at] === '-') at++
      if (!isDigit(text.charCodeAt(at))) throw this.#numberError(exponent, 'an exponent needs a digit')
      while (isDigit(text.charCodeAt(at))) at++
    }
    this.#value = (text[start] === '-' && from !== start ? '-' : '') + text.slice(from, at)
    this.#pos = at
    if (this.#context.kind === 'root' && at < text.length && !isSpace(text.charCodeAt(at))) {
      throw this.#error(text[at], 'expected space between root values')
    }
    return token
  }

  #numberError(at: number, message: string): JsonSyntaxError {
    this.#pos = at
    return new JsonSyntaxError(message)
  }

  #matchLiteral(literal: string, matched: number): void {
    for (let i = matched; i < literal.length; i++) {
      if (this.text[this.#pos] !== literal[i]) throw this.#invalidToken(literal.slice(0, i))
      this.#pos++
    }
    const next = this.text[this.#pos]
    if (next !== undefined && isIdentifierPart(next)) throw this.#invalidToken(literal)
  }

  #invalidToken(start: string): JsonSyntaxError {
    const from = this.#pos
    while (this.#pos < this.text.length && isIdentifierPart(this.text[this.#pos])) this.#pos++
    return new JsonSyntaxError(`unrecognized token '${start}${this.text.slice(from, this.#pos)}'`)
  }

  #readOddName(char: string): string {
    if (char === "'" && this.#dialect.allowSingleQuotes) return this.#readString("'")
    if (!this.#dialect.allowUnquotedFieldNames || !isNamePart(char))
      throw this.#error(char, 'expected a quoted field name')
    const start = this.#pos - 1
    while (this.#pos < this.text.length && isNamePart(this.text[this.#pos])) this.#pos++
    return this.text.slice(start, this.#pos)
  }

  /** Content up to the closing quote; `#pos` stands after the opening one. */
  #readString(quote: string): string {
    const { text } = this
    let value = ''
    let from = this.#pos
    for (;;) {
      const char = text[this.#pos++]
      if (char === undefined) {
        this.#pos = text.length
        throw new JsonSyntaxError('unexpected end of input in a string')
      }
      if (char === quote) return value + text.slice(from, this.#pos - 1)
      if (char === '\\') {
        value += text.slice(from, this.#pos - 1) + this.#readEscape()
        from = this.#pos
      } else if (char < ' ' && !this.#dialect.allowUnquotedControlChars)
        throw this.#error(char, 'control characters must be escaped')
    }
  }

  #readEscape(): string {
    const char = this.text[this.#pos++]
    if (char === undefined) {
      this.#pos = this.text.length
      throw new JsonSyntaxError('unexpected end of input in an escape')
    }
    const simple = SIMPLE_ESCAPES[char]
    if (simple !== undefined) return simple
    if (char === 'u') {
      let code = 0
      for (let i = 0; i < 4; i++) {
        const digit = hexValue(this.text.charCodeAt(this.#pos++))
        if (digit < 0) throw new JsonSyntaxError('expected a hex digit')
        code = code * 16 + digit
      }
      return String.fromCharCode(code)
    }
    if (this.#dialect.allowBackslashEscapingAnyCharacter || (char === "'" && this.#dialect.allowSingleQuotes))
      return char
    throw this.#error(char, 'unrecognized escape')
  }

  #skipColon(): string {
    const char = this.#skipSpace()
    if (char !== ':') throw this.#error(char, 'expected a colon')
    return this.#skipSpace()
  }

  /** The next character that is no space, consumed; throws at the end of the text. */
  #skipSpace(): string {
    const char = this.#readPastSpace()
    if (char === '') throw new JsonSyntaxError('unexpected end of input')
    return char
  }

  #skipSpaceOrEnd(): string {
    const char = this.#readPastSpace()
    if (char === '' && this.#context.kind !== 'root') throw new JsonSyntaxError('unexpected end of input')
    return char
  }

  #readPastSpace(): string {
    while (this.#pos < this.text.length) {
      const code = this.text.charCodeAt(this.#pos++)
      if (code > 32) {
        if (code !== 47 || !this.#dialect.allowComments) return this.text[this.#pos - 1]
        this.#skipComment()
      } else if (!isSpace(code)) throw this.#error(this.text[this.#pos - 1], 'illegal character between tokens')
    }
    return ''
  }

  #skipComment(): void {
    const next = this.text[this.#pos++]
    if (next === '/') {
      while (this.#pos < this.text.length && this.text[this.#pos] !== '\n' && this.text[this.#pos] !== '\r') this.#pos++
      return
    }
    const end = next === '*' ? this.text.indexOf('*/', this.#pos) : -1
    if (end < 0) throw new JsonSyntaxError('unexpected end of input in a comment')
    this.#pos = end + 2
  }

  #error(char: string, message: string): JsonSyntaxError {
    return new JsonSyntaxError(`unexpected character '${char}': ${message}`)
  }
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  '"': '"',
  '/': '/',
  '\\': '\\',
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13
}

function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 97 && code <= 102) return code - 87
  return code >= 65 && code <= 70 ? code - 55 : -1
}

function isIdentifierPart(char: string): boolean {
  return /[\p{L}\p{N}\p{Pc}\p{Sc}\p{Mn}\p{Mc}]/u.test(char)
}

function isNamePart(char: string): boolean {
  return isIdentifierPart(char) || '@#*-+'.includes(char)
}
