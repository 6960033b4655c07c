import type { DataType, StructField, StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import type { RunnelError } from '../../protocol/errors/runnel-error'
import { DAY_TIME_FIELDS, YEAR_MONTH_FIELDS } from './type-names'

/**
 * A table schema as DDL: `a INT, b STRUCT<x: STRING>, c DECIMAL(10,2) NOT NULL COMMENT 'price'`.
 * What `.schema("...")` takes (Spark's `StructType.fromDDL`). Throws ParseException errors in Spark's words.
 */
export function parseDdl(text: string): StructType {
  const parser = new DdlParser(text)
  const fields = parser.tableSchema()
  parser.end('schema')
  return { kind: 'struct', fields }
}

/** One type: `array<int>`, `decimal(10,2)`, `struct<a: int>`. */
export function parseTypeDdl(text: string): DataType {
  const parser = new DdlParser(text)
  const type = parser.dataType()
  parser.end('type')
  return type
}

/** A type or a table schema, as `from_json` takes it; an error is the one of reading a type, as in Spark. */
export function parseTypeOrSchemaDdl(text: string): DataType {
  try {
    return parseTypeDdl(text)
  } catch (typeError) {
    try {
      return parseDdl(text)
    } catch {
      throw typeError
    }
  }
}

type Token = {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end'
  readonly text: string
  readonly start: number
  readonly end: number
}

const TOKEN =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|(`(?:[^`]|``)*`)|('(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*")|(\d+(?![\p{L}\p{N}_]))|([\p{L}\p{N}_]+)|(<>|[\s\S])/gu

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (const match of text.matchAll(TOKEN)) {
    const [whole, quoted, string, number, word, symbol] = match
    const kind = quoted ? 'quoted' : string ? 'string' : number ? 'number' : word ? 'word' : symbol ? 'symbol' : null
    if (kind !== null) tokens.push({ kind, text: whole, start: match.index, end: match.index + whole.length })
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length })
  return tokens
}

const ATOMIC: Readonly<Record<string, DataType>> = {
  boolean: { kind: 'boolean' },
  tinyint: { kind: 'byte' },
  byte: { kind: 'byte' },
  smallint: { kind: 'short' },
  short: { kind: 'short' },
  int: { kind: 'integer' },
  integer: { kind: 'integer' },
  bigint: { kind: 'long' },
  long: { kind: 'long' },
  float: { kind: 'float' },
  real: { kind: 'float' },
  double: { kind: 'double' },
  date: { kind: 'date' },
  timestamp: { kind: 'timestamp' },
  timestamp_ltz: { kind: 'timestamp' },
  timestamp_ntz: { kind: 'timestamp_ntz' },
  string: { kind: 'string' },
  binary: { kind: 'binary' },
  void: { kind: 'void' },
}

const DECIMAL_NAMES = new Set(['decimal', 'dec', 'numeric'])
const NESTED_NAMES = new Set(['array', 'map', 'struct'])
const CHARACTER_NAMES = new Set(['char', 'character', 'varchar'])

class DdlParser {
  readonly #text: string
  readonly #tokens: Token[]
  #at = 0
  /** A type that reads well but does not exist counts only when the whole text reads well. */
  #firstProblem: RunnelError | null = null

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokensOf(text)
    if (this.#tokens.length === 1) {
      throw this.#error(
        'PARSE_EMPTY_STATEMENT',
        'Syntax error, unexpected empty statement.',
        '42617',
        {},
        this.#tokens[0],
      )
    }
  }

  tableSchema(): StructField[] {
    const fields = [this.#column(false)]
    while (this.#accept(',')) fields.push(this.#column(false))
    return fields
  }

  /** Any mistake inside `<...>` is reported at the outermost bracket, as Spark's parser does. */
  dataType(): DataType {
    const bracket = this.#tokens[this.#at + 1]
    try {
      return this.#readType()
    } catch (error) {
      if (bracket?.text === '<' || bracket?.text === '<>') throw this.#syntaxError(bracket)
      throw error
    }
  }

  #readType(): DataType {
    const nameToken = this.#next()
    if (nameToken.kind !== 'word') throw this.#syntaxError(nameToken)
    const name = nameToken.text.toLowerCase()
    if (name === 'array' && this.#accept('<')) {
      const elementType = this.dataType()
      this.#expect('>')
      return { kind: 'array', elementType, containsNull: true }
    }
    if (name === 'map' && this.#accept('<')) {
      const keyType = this.dataType()
      this.#expect(',')
      const valueType = this.dataType()
      this.#expect('>')
      return { kind: 'map', keyType, valueType, valueContainsNull: true }
    }
    if (name === 'struct') {
      if (this.#accept('<>')) return { kind: 'struct', fields: [] }
      if (this.#accept('<')) return { kind: 'struct', fields: this.#structFields() }
    }
    if (name === 'interval') return this.#interval(nameToken)
    if (name === 'timestamp' && this.#acceptWord('without')) {
      for (const word of ['time', 'zone']) if (!this.#acceptWord(word)) throw this.#syntaxError(this.#peek())
      return { kind: 'timestamp_ntz' }
    }
    return this.#primitive(nameToken, name)
  }

  /** Demands the end of the text. A single token too many is named as Spark's parser names it. */
  end(rule: 'type' | 'schema'): void {
    const token = this.#peek()
    if (token.kind === 'end') {
      if (this.#firstProblem !== null) throw this.#firstProblem
      return
    }
    const isLast = this.#tokens[this.#at + 1]?.kind === 'end'
    throw this.#syntaxError(
      token,
      rule === 'type' && isLast && token.text !== '<>' ? `: extra input '${token.text}'` : '',
    )
  }

  #structFields(): StructField[] {
    if (this.#accept('>')) return []
    const fields = [this.#column(true)]
    while (this.#accept(',')) fields.push(this.#column(true))
    this.#expect('>')
    return fields
  }

  #column(isNested: boolean): StructField {
    const token = this.#next()
    if (token.kind !== 'word' && token.kind !== 'quoted') throw this.#syntaxError(token)
    if (token.kind === 'word') this.#refuseHyphens(token)
    const name = token.kind === 'quoted' ? token.text.slice(1, -1).replaceAll('``', '`') : token.text
    if (isNested) this.#accept(':')
    const type = this.dataType()
    let nullable = true
    if (this.#acceptWord('not')) {
      if (!this.#acceptWord('null')) throw this.#syntaxError(this.#peek())
      nullable = false
    }
    const metadata = this.#acceptWord('comment') ? { comment: this.#stringLiteral() } : undefined
    return { name, type, nullable, ...(metadata ? { metadata } : {}) }
  }

  /** `a-b` is so common a mistake that Spark has words for it. */
  #refuseHyphens(first: Token): void {
    let [name, at] = [first.text, this.#at]
    while (this.#tokens[at]?.text === '-' && this.#tokens[at + 1]?.kind === 'word') {
      name += `-${this.#tokens[at + 1].text}`
      at += 2
    }
    if (at === this.#at) return
    const message =
      `The unquoted identifier ${name} is invalid and must be back quoted as: \`${name}\`.\n` +
      "Unquoted identifiers can only contain ASCII letters ('a' - 'z', 'A' - 'Z'), digits ('0' - '9'), and underbar ('_').\n" +
      'Unquoted identifiers must also not start with a digit.\n' +
      'Different data sources and meta stores may impose additional restrictions on valid identifiers.'
    throw this.#error('INVALID_IDENTIFIER', message, '42602', { ident: name }, this.#tokens[at - 1])
  }

  #primitive(nameToken: Token, name: string): DataType {
    const parameters = this.#parameters()
    const shown = parameters.length > 0 ? `${name}(${parameters.join(',')})` : name
    if (DECIMAL_NAMES.has(name) && parameters.length <= 2) return this.#decimal(parameters[0] ?? 10, parameters[1] ?? 0)
    const atomic = Object.hasOwn(ATOMIC, name) ? ATOMIC[name] : undefined
    if (atomic !== undefined && parameters.length === 0) return atomic
    if (CHARACTER_NAMES.has(name) && parameters.length === 1) return { kind: 'string' }
    if (CHARACTER_NAMES.has(name) && parameters.length === 0) {
      const type = `"${name.toUpperCase()}"`
      const message = `DataType ${type} requires a length parameter, for example ${type}(10). Please specify the length.`
      return this.#problem(this.#error('DATATYPE_MISSING_SIZE', message, '42K01', { type }, nameToken))
    }
    if (NESTED_NAMES.has(name) && parameters.length === 0) return this.#problem(this.#incomplete(name, nameToken))
    const type = `"${shown.toUpperCase()}"`
    return this.#problem(
      this.#error('UNSUPPORTED_DATATYPE', `Unsupported data type ${type}.`, '0A000', { typeName: type }, nameToken),
    )
  }

  #parameters(): number[] {
    const parameters: number[] = []
    if (!this.#accept('(')) return parameters
    do {
      const token = this.#next()
      if (token.kind !== 'number') throw this.#syntaxError(token)
      parameters.push(Number(token.text))
    } while (this.#accept(','))
    this.#expect(')')
    return parameters
  }

  #decimal(precision: number, scale: number): DataType {
    if (scale > precision) {
      return this.#problem(
        userError(
          '_LEGACY_ERROR_TEMP_1228',
          `Decimal scale (${scale}) cannot be greater than precision (${precision}).`,
          { exception: 'ParseException', hint: 'DECIMAL(10,2) has 10 digits, 2 of them after the point.' },
        ),
      )
    }
    if (precision > 38) {
      return this.#problem(
        userError(
          'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION',
          `Decimal precision ${precision} exceeds max precision 38.`,
          {
            exception: 'ParseException',
            sqlState: '22003',
            parameters: { precision: String(precision), maxPrecision: '38' },
          },
        ),
      )
    }
    return { kind: 'decimal', precision, scale }
  }

  #interval(nameToken: Token): DataType {
    const unit = this.#peek().kind === 'word' ? this.#peek().text.toLowerCase() : ''
    for (const [kind, names] of [
      ['year-month-interval', YEAR_MONTH_FIELDS as readonly string[]],
      ['day-time-interval', DAY_TIME_FIELDS as readonly string[]],
    ] as const) {
      const startField = names.indexOf(unit)
      if (startField < 0) continue
      this.#next()
      let endField = startField
      // `month to` and `second to` do not exist in the grammar, so TO itself is the surprise.
      if (startField < names.length - 1 && this.#acceptWord('to')) {
        const last = this.#next()
        endField = names.indexOf(last.text.toLowerCase())
        if (endField <= startField) throw this.#syntaxError(last)
      }
      return { kind, startField, endField } as DataType
    }
    const problem = 'Unsupported data type "INTERVAL".'
    return this.#problem(this.#error('UNSUPPORTED_DATATYPE', problem, '0A000', { typeName: '"INTERVAL"' }, nameToken))
  }

  #incomplete(name: string, token: Token): RunnelError {
    const [text, condition] = {
      array: [
        'The definition of "ARRAY" type is incomplete. You must provide an element type. For example: "ARRAY<INT>".',
        'ARRAY',
      ],
      map: [
        'The definition of "MAP" type is incomplete. You must provide a key type and a value type. For example: "MAP<TIMESTAMP, INT>".',
        'MAP',
      ],
    }[name] ?? [
      'The definition of "STRUCT" type is incomplete. You must provide at least one field type. For example: "STRUCT<name STRING, phone DECIMAL(10, 0)>".',
      'STRUCT',
    ]
    return this.#error(
      `INCOMPLETE_TYPE_DEFINITION.${condition}`,
      `Incomplete complex type: ${text}`,
      '42K01',
      {},
      token,
    )
  }

  #problem(error: RunnelError): DataType {
    this.#firstProblem ??= error
    return { kind: 'void' }
  }

  #stringLiteral(): string {
    if (this.#peek().kind !== 'string') throw this.#syntaxError(this.#peek())
    let value = ''
    while (this.#peek().kind === 'string') value += unescapeLiteral(this.#next().text)
    return value
  }

  #peek(): Token {
    return this.#tokens[this.#at]
  }

  #next(): Token {
    const token = this.#peek()
    if (token.kind === 'end') throw this.#syntaxError(token)
    this.#at++
    return token
  }

  #accept(symbol: string): boolean {
    const token = this.#peek()
    if (token.kind !== 'symbol' || token.text !== symbol) return false
    this.#at++
    return true
  }

  #acceptWord(word: string): boolean {
    const token = this.#peek()
    if (token.kind !== 'word' || token.text.toLowerCase() !== word) return false
    this.#at++
    return true
  }

  #expect(symbol: string): void {
    if (!this.#accept(symbol)) throw this.#syntaxError(this.#peek())
  }

  #syntaxError(token: Token, hint = ''): RunnelError {
    const error = token.kind === 'end' ? 'end of input' : `'${token.text}'`
    return this.#error(
      'PARSE_SYNTAX_ERROR',
      `Syntax error at or near ${error}${hint}.`,
      '42601',
      { error, hint },
      token,
    )
  }

  #error(
    condition: string,
    message: string,
    sqlState: string,
    parameters: Record<string, string>,
    token: Token,
  ): RunnelError {
    return userError(condition, message, {
      exception: 'ParseException',
      sqlState,
      parameters,
      contexts: [{ fragment: this.#text, startIndex: token.start, stopIndex: Math.max(token.start, token.end - 1) }],
      hint: `Write a schema as "name TYPE, name TYPE", for example "id BIGINT, price DECIMAL(10,2)".`,
    })
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
  '%': '\\%',
  _: '\\_',
}

/** The value of a SQL string literal, quotes included: backslash escapes and doubled quotes. */
function unescapeLiteral(literal: string): string {
  const quote = literal[0]
  return literal
    .slice(1, -1)
    .replace(
      /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\([0-3][0-7]{2})|\\([\s\S])|''|""/g,
      (whole: string, u4?: string, u8?: string, octal?: string, char?: string) => {
        const point = u4 ?? u8
        if (point) return String.fromCodePoint(parseInt(point, 16))
        if (octal) return String.fromCharCode(parseInt(octal, 8))
        if (char) return ESCAPES[char] ?? char
        return whole[0] === quote ? quote : whole
      },
    )
}
