/** What the editor asks about the text of a SQL cell. Offsets count UTF-16 code units of the given text. */

export type CompletionKind = 'keyword' | 'schema' | 'table' | 'view' | 'alias' | 'column' | 'field' | 'function'

export type CompletionItem = {
  readonly label: string
  readonly kind: CompletionKind
  /** What takes the place of `[from, to)`; names that need backquotes have them. */
  readonly insert: string
  /** A function that takes arguments: parentheses follow, the cursor goes between them. */
  readonly takesArguments?: boolean
  /** One line beside the label: a type, a table, a signature. */
  readonly detail: string | null
  readonly doc: string | null
}

export type Completions = { readonly from: number; readonly to: number; readonly items: readonly CompletionItem[] }

export type TextProblem = {
  /** Spark's words, without the statement. */
  readonly message: string
  readonly hint: string | null
  readonly start: number
  readonly end: number
}

export type FunctionKind = 'scalar' | 'aggregate' | 'generator' | 'window'

export type FunctionDoc = {
  readonly name: string
  readonly kind: FunctionKind
  readonly signature: string
  readonly doc: string
  /** None fits `f()` alone. */
  readonly takesArguments: boolean
}
