/** Declarations of the names every cell has, over the declarations of the API beside them. */
const VALUES = `
  /** The notebook's session: Python, SQL and TypeScript cells share it. */
  const spark: api.SparkSession
  /** Every function of Spark: \`F.window('ts', '5 minutes')\`. */
  const F: api.Functions
  /** A column by name. */
  const col: api.Functions['col']
  /** A value that stands for itself. */
  const lit: api.Functions['lit']
  /** A column from SQL text. */
  const expr: api.Functions['expr']
  /** Waits in stream time: a paused clock holds it, a fast one hurries it. */
  function sleep(durationMs: number): Promise<void>
  /** Shows a value under the cell: DataFrames and rows as tables, streams as a live preview. */
  function display(value: unknown): Promise<void>
  /** Shows HTML under the cell. */
  function displayHTML(html: string): void
`

const CLASSES = [
  'ArrayType',
  'Column',
  'DataType',
  'DecimalType',
  'MapType',
  'SparkSession',
  'StreamingQuery',
  'StructField',
  'StructType',
]
const CONSTANTS = [
  'BinaryType',
  'BooleanType',
  'ByteType',
  'DateType',
  'DoubleType',
  'FloatType',
  'IntegerType',
  'LongType',
  'NullType',
  'ShortType',
  'StringType',
  'TimestampNTZType',
  'TimestampType',
  'Window',
  'functions',
]
const TYPES = ['GroupedData', 'Row', 'WindowSpec']

/** What a worker has beside the language itself, as far as cells need it. */
const MACHINE = `
  interface Console {
    log(...values: unknown[]): void
    info(...values: unknown[]): void
    debug(...values: unknown[]): void
    warn(...values: unknown[]): void
    error(...values: unknown[]): void
    dir(value: unknown): void
    /** Shows rows as a table. */
    table(value: unknown): void
    assert(isTrue: unknown, ...values: unknown[]): void
    count(label?: string): void
    time(label?: string): void
    timeEnd(label?: string): void
    trace(...values: unknown[]): void
    group(...values: unknown[]): void
    groupEnd(): void
  }
  const console: Console
  /** In stream time. */
  function setTimeout<A extends unknown[]>(work: (...args: A) => void, delayMs?: number, ...args: A): number
  /** In stream time. */
  function setInterval<A extends unknown[]>(work: (...args: A) => void, delayMs?: number, ...args: A): number
  function clearTimeout(id: number): void
  function clearInterval(id: number): void
  function queueMicrotask(work: () => void): void
  function structuredClone<T>(value: T): T
  function atob(text: string): string
  function btoa(text: string): string
  const performance: { now(): number }
  const crypto: { randomUUID(): string; getRandomValues<T extends ArrayBufferView>(array: T): T }
  class TextEncoder { encode(text?: string): Uint8Array }
  class TextDecoder { constructor(label?: string); decode(bytes?: ArrayBufferView | ArrayBuffer): string }
  class URL { constructor(url: string, base?: string); href: string; hostname: string; pathname: string; search: string; searchParams: URLSearchParams }
  class URLSearchParams { constructor(init?: string | Record<string, string>); get(name: string): string | null; has(name: string): boolean }
  class AbortController { readonly signal: AbortSignal; abort(reason?: unknown): void }
  interface AbortSignal { readonly aborted: boolean; readonly reason: unknown }
`

export const CELL_GLOBALS = `import * as api from './client/index'
declare global {
${VALUES}
  const DataFrame: typeof api.DataFrame
  type DataFrame<T extends object = api.Row> = api.DataFrame<T>
${CLASSES.map((name) => `  const ${name}: typeof api.${name}\n  type ${name} = api.${name}`).join('\n')}
${CONSTANTS.map((name) => `  const ${name}: typeof api.${name}`).join('\n')}
${TYPES.map((name) => `  type ${name} = api.${name}`).join('\n')}
${MACHINE}
}
export {}
`

/** What \`import ... from 'runnel'\` gives. */
export const CELL_MODULE = `import * as api from './client/index'
export * from './client/index'
${VALUES.replaceAll(/^ {2}(const|function)/gm, 'export declare $1')}
`
