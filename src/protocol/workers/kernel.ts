import type { BridgeMemory } from '../bridge/channel'
import type { ErrorShape } from '../errors/runnel-error'
import type { CellId, SessionId } from '../ids'

/** A kernel worker as the page sees it (Comlink). Interrupt goes through shared memory, restart terminates the worker. */
export interface KernelApi {
  /** Starts the language; reports progress as events. `engine` is the kick port to the engine worker. */
  boot(
    config: KernelConfig,
    engine: MessagePort,
    events: MessagePort,
  ): Promise<{ language: string; version: string; bootMs: number }>
  run(cell: CellRun): Promise<CellOutcome>
  /** Completions at a place of the code; labels only what the kernel knows by looking at live objects. */
  complete(code: string, offset: number): Promise<{ from: number; labels: string[] }>
}

export type PythonNameKind = 'function' | 'class' | 'module' | 'variable' | 'property' | 'keyword' | 'option'
export type PythonCompletions = {
  readonly from: number
  readonly labels: readonly string[]
  /** One for each label. */
  readonly kinds?: readonly PythonNameKind[]
}
export type PythonDescription = {
  readonly signature: string | null
  readonly doc: string | null
  /** Spark's name of a function of `pyspark.sql.functions`: the engine has its doc. */
  readonly function: string | null
}

/** The Python kernel: it looks at live objects and never calls what they hold. */
export interface PythonKernelApi extends KernelApi {
  complete(code: string, offset: number): Promise<{ from: number; labels: string[]; kinds: PythonNameKind[] }>
  /** Signature and doc of the name that ends at the offset; null for a name it does not know. */
  describe(code: string, offset: number): Promise<PythonDescription | null>
}

export type KernelConfig = {
  readonly session: SessionId
  readonly bridge: BridgeMemory
  readonly clock: ArrayBufferLike
  /** Absolute URL of the folder with the language's files (Pyodide). */
  readonly assetsUrl: string
  readonly compatibility: 'workshop' | 'strict'
}

export type CellRun = {
  readonly cell: CellId
  /** Shown to people: `<cell 3>` in tracebacks. */
  readonly cellNumber: number
  readonly executionCount: number
  readonly source: string
  /** TypeScript cells only; a cell without it is SQL text for the engine. */
  readonly compiled?: CompiledCell
  /** Names other cells define, for the hint of a NameError: `cell` is the number people see. Left out = as in the last run. */
  readonly definedNames?: Readonly<
    Record<string, { readonly cell: number; readonly when: 'not-run' | 'before-reload' }>
  >
}

/** A TypeScript cell, compiled where the compiler lives: in the page's language worker. */
export type CompiledCell = {
  /** The body of a function of one parameter, the notebook's names; returns the promise of the last expression's value. */
  readonly code: string
  /** Source map v3 `mappings` of the code, back to the cell's text. */
  readonly mappings: string
  /** Names the cell declares for the cells after it. */
  readonly names: readonly string[]
  /** Syntax errors; then `code` is empty. */
  readonly errors: readonly CellSyntaxError[]
}

/** Line and column count from 1. */
export type CellSyntaxError = { readonly message: string; readonly line: number; readonly column: number }

/** The TypeScript kernel: its event loop is free while a cell waits, so Interrupt can be a message too. */
export interface TypeScriptKernelApi extends KernelApi {
  /** Stops the cell when it still runs, at its next `await` or loop round. */
  interrupt(cell: CellId): Promise<void>
}

export type CellOutcome = {
  readonly status: 'ok' | 'error' | 'interrupted'
  readonly error: ErrorShape | null
  /** Wall milliseconds. */
  readonly durationMs: number
}

/** nbformat 4 outputs, one event each as they happen. */
export type CellOutput =
  | { readonly output_type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | { readonly output_type: 'display_data'; readonly data: MimeBundle; readonly metadata: Record<string, unknown> }
  | {
      readonly output_type: 'execute_result'
      readonly data: MimeBundle
      readonly metadata: Record<string, unknown>
      readonly execution_count: number
    }
  | {
      readonly output_type: 'error'
      readonly ename: string
      readonly evalue: string
      readonly traceback: string[]
      readonly shape: ErrorShape | null
    }

/** MIME type to content; `application/vnd.runnel.table+json` holds a `TableOutput`. */
export type MimeBundle = Readonly<Record<string, unknown>>

export const TABLE_MIME = 'application/vnd.runnel.table+json'
export type TableOutput = {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** Cells as `show()` would print them; null = NULL. */
  readonly rows: readonly (readonly (string | null)[])[]
  readonly isTruncated: boolean
}

export type KernelEvent =
  | {
      readonly kind: 'boot'
      readonly phase: 'download' | 'start' | 'packages' | 'ready'
      readonly fraction: number | null
    }
  | { readonly kind: 'output'; readonly cell: CellId | null; readonly output: CellOutput }
  /** Python sleeps in stream time until `untilMs`; null = woke up. */
  | {
      readonly kind: 'sleeping'
      readonly cell: CellId | null
      readonly untilMs: number | null
      readonly durationMs: number
    }
  /** The cell waits for a query (awaitTermination). */
  | { readonly kind: 'waiting'; readonly cell: CellId | null; readonly query: string | null }
  /** The last event of a run: the answer of `run` comes on another port and may overtake what was printed. */
  | { readonly kind: 'finished'; readonly cell: CellId }
