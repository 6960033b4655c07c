import { userError } from '../../protocol/errors/runnel-error'
import type { RunnelError } from '../../protocol/errors/runnel-error'
import type { Expression, Expression_Window, Relation } from '../../protocol/spark-connect'
import { parseError, syntaxError } from './parse-error'
import type { Token } from './tokens'
import { identifierValue, tokenize } from './tokens'

/** Values for `:name` and `?`, and what else the text does not say itself. */
export type ParseOptions = {
  /** Session time zone: TIMESTAMP literals without a zone are local times. `UTC` unless given. */
  readonly timeZone?: string
  readonly namedArguments?: ReadonlyMap<string, Expression>
  readonly positionalArguments?: readonly Expression[]
  /** Offset of the token at which wishes are remembered. */
  readonly probe?: number
}

/** The rules that rules of other files call: the grammar is one big circle, the files are not. */
export type Grammar = {
  query(cursor: Cursor): Relation
  expression(cursor: Cursor): Expression
  valueExpression(cursor: Cursor): Expression
  namedExpression(cursor: Cursor): Expression
}

/** A named window is known only after the select list that uses it: its message is filled in later. */
export type PendingWindow = { readonly name: string; readonly token: Token; readonly window: Expression_Window }

/**
 * Reads the tokens of one text. What the rules wish for at one place can be remembered: completion shows it.
 */
export class Cursor {
  readonly text: string
  readonly options: ParseOptions
  readonly grammar: Grammar
  readonly #tokens: readonly Token[]
  #at = 0
  readonly #wishes = new Set<string>()
  /** Relations of the common table expressions in sight, by lower-case name; inner scopes replace the map. */
  tables: ReadonlyMap<string, Relation> = new Map()
  pendingWindows: PendingWindow[] = []
  /** Subqueries of the select being read: they become references of its relation. */
  subqueries: Relation[] = []
  #numSubqueries = 0
  #numPositional = 0

  constructor(text: string, grammar: Grammar, options: ParseOptions = {}) {
    this.text = text
    this.grammar = grammar
    this.options = options
    const { tokens, openComment } = tokenize(text)
    this.#tokens = tokens
    if (openComment !== null) {
      throw parseError(
        text,
        { start: openComment, end: text.length },
        'UNCLOSED_BRACKETED_COMMENT',
        'Found an unclosed bracketed comment. Please, append */ at the end of the comment.',
        { hint: 'Write */ where the comment ends; comments nest.' },
      )
    }
  }

  get token(): Token {
    return this.#tokens[this.#at]
  }

  get previous(): Token {
    return this.#tokens[Math.max(0, this.#at - 1)]
  }

  peek(distance = 1): Token {
    return this.#tokens[Math.min(this.#at + distance, this.#tokens.length - 1)]
  }

  get position(): number {
    return this.#at
  }

  /** Back to an earlier `position`. */
  rewind(position: number): void {
    this.#at = position
  }

  next(): Token {
    const { token } = this
    if (token.kind !== 'end') this.#at++
    return token
  }

  /** Whether the given words and symbols stand here, in this order. */
  is(...keys: readonly string[]): boolean {
    const found = keys.every((key, i) => this.peek(i).key === key)
    if (!found) this.want(keys[0])
    return found
  }

  isAny(keys: ReadonlySet<string>): boolean {
    return keys.has(this.token.key)
  }

  /** Reads the given words when all stand here. */
  accept(...keys: readonly string[]): boolean {
    if (!this.is(...keys)) return false
    this.#at += keys.length
    return true
  }

  /** Reads one of the words; null when none stands here. */
  acceptOne(...keys: readonly string[]): string | null {
    for (const key of keys) if (this.accept(key)) return key
    return null
  }

  expect(...keys: readonly string[]): Token {
    for (const key of keys) {
      this.want(key)
      if (this.token.key !== key) throw this.error()
      this.#at++
    }
    return this.previous
  }

  isName(): boolean {
    return this.token.kind === 'word' || this.token.kind === 'quoted'
  }

  /** A name, quoted or not. */
  name(): string {
    this.want('name')
    if (!this.isName()) throw this.error()
    return identifierValue(this.next())
  }

  /** `a.b.c` as its parts. */
  nameParts(): string[] {
    const parts = [this.name()]
    while (this.token.key === '.' && (this.peek().kind === 'word' || this.peek().kind === 'quoted')) {
      this.next()
      parts.push(this.name())
    }
    return parts
  }

  /** `( item, item )` */
  list<T>(item: () => T): T[] {
    this.expect('(')
    const items = this.commas(item)
    this.expect(')')
    return items
  }

  commas<T>(item: () => T): T[] {
    const items = [item()]
    while (this.accept(',')) items.push(item())
    return items
  }

  /** Remembers what could stand here, when here is where completion asks. */
  want(key: string): void {
    if (this.options.probe === this.#tokens[this.#at].start) this.#wishes.add(key)
  }

  /** What could stand at the place `options.probe`. */
  get wishes(): ReadonlySet<string> {
    return this.#wishes
  }

  error(token: Token = this.token, hint = ''): RunnelError {
    return syntaxError(this.text, token, hint)
  }

  problem(
    token: { readonly start: number; readonly end: number },
    condition: string,
    message: string,
    parameters: Readonly<Record<string, string>> = {},
    details: { readonly sqlState?: string; readonly hint?: string } = {},
  ): RunnelError {
    return parseError(this.text, token, condition, message, { parameters, ...details })
  }

  /** As `problem`, for what Spark finds in analysis. */
  analysisProblem(
    token: { readonly start: number; readonly end: number },
    condition: string,
    message: string,
    parameters: Readonly<Record<string, string>>,
    details: { readonly sqlState: string; readonly hint: string },
  ): RunnelError {
    const place = {
      fragment: this.text.slice(token.start, token.end),
      startIndex: token.start,
      stopIndex: token.end - 1,
    }
    return userError(condition, message, { parameters, ...details, contexts: [place] })
  }

  /** A feature of Spark that is not built here, refused by its name. */
  refused(feature: string, hint: string, token: Token = this.previous): RunnelError {
    return userError('UNSUPPORTED_FEATURE', `The feature is not supported: ${feature}.`, {
      sqlState: '0A000',
      parameters: { feature },
      contexts: [{ fragment: this.text, startIndex: token.start, stopIndex: Math.max(token.start, token.end - 1) }],
      hint,
    })
  }

  newSubqueryId(): bigint {
    return FIRST_SUBQUERY - BigInt(this.#numSubqueries++)
  }

  newPositional(): number {
    return this.#numPositional++
  }
}

/** Plan ids of subqueries are negative, out of the way of the clients' own. */
const FIRST_SUBQUERY = -1_000n
