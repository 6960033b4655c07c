/**
 * The one error shape on every edge: bridge, Comlink, message ports, checkpoint of a failed query.
 * `condition` is Spark's error class where Spark has one (`UNRESOLVED_COLUMN.WITH_SUGGESTION`), else ours (`DISK_FULL`).
 */
export type ErrorShape = {
  readonly condition: string
  /** Without the `[CONDITION]` prefix and `SQLSTATE` suffix; `fullMessage` adds them as Spark prints them. */
  readonly message: string
  readonly parameters: Readonly<Record<string, string>>
  readonly sqlState: string | null
  /** Whose problem it is: the user's code, an outside system (disk, broker), or a fault of ours. */
  readonly domain: 'user' | 'outside' | 'ours'
  /** PySpark exception class to raise: `AnalysisException`, `ParseException`, `StreamingQueryException`, ... */
  readonly exception: ExceptionName
  /** One sentence a learner can act on. */
  readonly hint: string | null
  /** Button the page offers beside the hint: replace `from` by `to` in the failing cell. */
  readonly fix?: { readonly from: string; readonly to: string }
  readonly place?: { readonly cell: string; readonly line: number | null }
  readonly contexts: readonly QueryContext[]
  /** What Spark prints behind the SQLSTATE: the place in SQL text, the statement and a caret. */
  readonly suffix?: string
  readonly cause?: ErrorShape
}

export type QueryContext = { readonly fragment: string; readonly startIndex: number; readonly stopIndex: number }

export type ExceptionName =
  | 'AnalysisException'
  | 'ParseException'
  | 'IllegalArgumentException'
  | 'ArithmeticException'
  | 'ArrayIndexOutOfBoundsException'
  | 'DateTimeException'
  | 'NumberFormatException'
  | 'SparkRuntimeException'
  | 'SparkUpgradeException'
  | 'UnsupportedOperationException'
  | 'StreamingQueryException'
  | 'QueryExecutionException'
  | 'PythonException'
  | 'SparkNoSuchElementException'
  | 'SparkException'

export class RunnelError extends Error {
  readonly shape: ErrorShape

  constructor(shape: ErrorShape, options?: { cause?: unknown }) {
    super(shape.message, options)
    this.name = shape.exception
    this.shape = shape
  }

  get condition(): string {
    return this.shape.condition
  }
}

/** The text Spark prints: `[CONDITION] message SQLSTATE: 42703`. Conditions of Spark's `_LEGACY` kind have neither. */
export function fullMessage(shape: ErrorShape): string {
  if (shape.condition.startsWith('_LEGACY') || shape.condition === '') return shape.message
  const state = shape.sqlState === null ? '' : ` SQLSTATE: ${shape.sqlState}`
  return `[${shape.condition}] ${shape.message}${state}${shape.suffix ?? ''}`
}

type Details = Partial<Omit<ErrorShape, 'condition' | 'message'>>

/** A problem of the user's code or plan. */
export function userError(condition: string, message: string, details: Details = {}): RunnelError {
  return new RunnelError(shapeOf(condition, message, { exception: 'AnalysisException', ...details, domain: 'user' }))
}

/** The disk, a broker or the browser refused. */
export function outsideError(condition: string, message: string, details: Details = {}): RunnelError {
  return new RunnelError(shapeOf(condition, message, { exception: 'SparkException', ...details, domain: 'outside' }))
}

/** A broken invariant of ours. */
export function internalError(message: string, cause?: unknown): RunnelError {
  const shape = shapeOf('INTERNAL_ERROR', message, { exception: 'SparkException', sqlState: 'XX000', domain: 'ours' })
  return new RunnelError(shape, { cause })
}

/** Any thrown value as a shape: ours unchanged, a foreign one as INTERNAL_ERROR with its own text. */
export function errorShape(thrown: unknown): ErrorShape {
  if (thrown instanceof RunnelError) return thrown.shape
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  return internalError(text).shape
}

export function fromShape(shape: ErrorShape): RunnelError {
  return new RunnelError(shape)
}

function shapeOf(condition: string, message: string, details: Details): ErrorShape {
  return {
    condition,
    message,
    parameters: details.parameters ?? {},
    sqlState: details.sqlState ?? null,
    domain: details.domain ?? 'user',
    exception: details.exception ?? 'AnalysisException',
    hint: details.hint ?? null,
    contexts: details.contexts ?? [],
    ...(details.fix ? { fix: details.fix } : {}),
    ...(details.place ? { place: details.place } : {}),
    ...(details.suffix ? { suffix: details.suffix } : {}),
    ...(details.cause ? { cause: details.cause } : {}),
  }
}
