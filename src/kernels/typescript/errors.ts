import { RunnelError, fullMessage } from '../../protocol/errors/runnel-error'
import type { ErrorShape } from '../../protocol/errors/runnel-error'
import type { CellId } from '../../protocol/ids'
import type { CellOutput, CellSyntaxError } from '../../protocol/workers/kernel'
import { inspect } from './inspect'
import type { SourceMap } from './source-map'
import { Interrupted } from './tasks'

/** Compiled cells by the name their stack frames carry. */
export type CellCode = { readonly cell: CellId; readonly cellNumber: number; readonly map: SourceMap }

export type CellPlace = {
  readonly cell: CellId
  readonly cellNumber: number
  readonly line: number
  readonly column: number
}

/** Lines `new Function` puts before its body. */
const HEADER_LINES = 2

export function scriptName(cellNumber: number, run: number): string {
  return `cell-${cellNumber}-${run}.ts`
}

/** Frames of cells in an error's stack, innermost first, at their places in the cells' text. */
export function placesOf(error: unknown, scripts: ReadonlyMap<string, CellCode>): { name: string; place: CellPlace }[] {
  if (!(error instanceof Error) || error.stack === undefined) return []
  return error.stack.split('\n').flatMap((line) => {
    const [, script, row, column] = /(cell-\d+-\d+\.ts):(\d+):(\d+)/.exec(line) ?? []
    const code = scripts.get(script)
    const source = code?.map.sourceOf(Number(row) - HEADER_LINES, Number(column))
    if (code === undefined || source === undefined || source === null) return []
    const [, name = ''] = /^\s*at (?:async )?(?:\$cells\.|Object\.)?([\w$.]+) \(/.exec(line) ?? []
    const isCellItself = name === '' || name === 'eval' || name.includes('generator') || name.includes('anonymous')
    return [{ name: isCellItself ? '' : name, place: { cell: code.cell, cellNumber: code.cellNumber, ...source } }]
  })
}

/** The one error shape of anything code threw. */
export function shapeOf(thrown: unknown, scripts: ReadonlyMap<string, CellCode>, cell: CellId | null): ErrorShape {
  const [first] = placesOf(thrown, scripts)
  const place = first === undefined ? cell && { cell, line: null } : { cell: first.place.cell, line: first.place.line }
  const base = thrown instanceof RunnelError ? thrown.shape : foreignShape(thrown)
  // An error of the parser brings its own place.
  return { ...base, ...(place === null || base.place !== undefined ? {} : { place }) }
}

function foreignShape(thrown: unknown): ErrorShape {
  const [condition, message] = nameAndMessage(thrown)
  return {
    condition,
    message,
    parameters: {},
    sqlState: null,
    domain: 'user',
    exception: 'SparkException',
    hint: hintFor(condition, message),
    contexts: [],
  }
}

function nameAndMessage(thrown: unknown): [name: string, message: string] {
  if (thrown instanceof RunnelError) return [thrown.name, fullMessage(thrown.shape)]
  return thrown instanceof Error ? [thrown.name, thrown.message] : ['Error', inspect(thrown)]
}

/** What a learner of the API does first when TypeScript's own error comes. */
function hintFor(condition: string, message: string): string | null {
  if (thrownByPromise(message))
    return 'Actions are promises: write `await` before `df.count()`, `df.collect()`, `df.first()` and such.'
  if (condition === 'ReferenceError') return 'Run the cell that defines it first, or check the spelling.'
  if (condition === 'RangeError' && message.includes('call stack')) return 'A function calls itself without end.'
  return null
}

function thrownByPromise(message: string): boolean {
  return /Promise/.test(message) && /is not a function|is not iterable|cannot convert/i.test(message)
}

export function errorOutput(thrown: unknown, shape: ErrorShape, scripts: ReadonlyMap<string, CellCode>): CellOutput {
  const [ename, evalue] = nameAndMessage(thrown)
  const frames = placesOf(thrown, scripts).map(
    ({ name, place }) =>
      `    at ${name === '' ? '' : `${name} `}(cell ${place.cellNumber}, line ${place.line}, column ${place.column})`,
  )
  const traceback = thrown instanceof Interrupted ? [] : [`${ename}: ${evalue}`, ...frames]
  return { output_type: 'error', ename, evalue, traceback, shape }
}

/** The error text a failed query shows: where the function failed. */
export function callbackShape(
  thrown: unknown,
  scripts: ReadonlyMap<string, CellCode>,
  cell: CellId | null,
): ErrorShape {
  const shape = shapeOf(thrown, scripts, cell)
  if (thrown instanceof RunnelError) return shape
  const output = errorOutput(thrown, shape, scripts)
  const text = output.output_type === 'error' ? output.traceback.join('\n') : shape.message
  return { ...shape, message: text, exception: 'PythonException' }
}

/** A cell that does not parse: nothing of it has run. */
export function syntaxShape({ message, line }: CellSyntaxError, cell: CellId): ErrorShape {
  return {
    condition: 'SyntaxError',
    message,
    parameters: {},
    sqlState: null,
    domain: 'user',
    exception: 'ParseException',
    hint: null,
    contexts: [],
    place: { cell, line },
  }
}
