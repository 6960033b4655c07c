import type { Batch, Column, DataType } from '../../../protocol/columns'
import { nullColumn } from '../../batch/empty'
import { isNumeric } from '../../types/atomic-types'
import type { BindContext, EvaluationContext } from '../bound'
import { implicitCast } from '../casts/bind-cast'
import { unexpectedInputType, wrongNumArgs } from '../errors'
import { argumentReader, node } from '../node'
import type { Node } from '../node'
import { columnOfRows, readerOf } from '../row-values'
import type { Reader, Value } from '../row-values'
import type { ArgumentType } from './argument-types'

/** One call to bind: `name` is the spelling of the caller, in lower case. */
export type FunctionCall = {
  readonly name: string
  readonly args: readonly Node[]
  readonly context: BindContext
}

/** A function of the registry. `bind` gets as many arguments as `arity` allows. */
export type FunctionEntry = {
  readonly name: string
  readonly aliases?: readonly string[]
  /** Smallest and largest number of arguments. */
  readonly arity: readonly [min: number, max: number]
  /** Types of the arguments as messages name them, for signatures; absent when `bind` alone knows. */
  readonly parameters?: readonly string[]
  /** What WRONG_NUM_ARGS says is expected, when it is not `1` or `[1, 2]`. */
  readonly expects?: string
  readonly doc: string
  bind(call: FunctionCall): Node
}

/** `upper(a, b)`: what Spark prints for a call. */
export function callSql(name: string, args: readonly Node[]): string {
  return `${name}(${args.map((arg) => arg.sql).join(', ')})`
}

export function checkArity(entry: FunctionEntry, call: FunctionCall): void {
  const [min, max] = entry.arity
  const count = call.args.length
  if (count >= min && count <= max) return
  const expected =
    max === Infinity
      ? `> ${min - 1}`
      : min === max
        ? String(min)
        : `[${Array.from({ length: max - min + 1 }, (_, i) => min + i).join(', ')}]`
  throw wrongNumArgs(call.name, entry.expects ?? expected, count)
}

type Returns = DataType | ((args: readonly Node[]) => DataType)

type ScalarSpec = {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly args: readonly ArgumentType[]
  /** How many of `args` a call must give; all when absent. The last may repeat when `variadic`. */
  readonly required?: number
  readonly variadic?: boolean
  readonly expects?: string
  readonly returns: Returns
  /** `args`: nullable when an argument is (the default). */
  readonly nullable?: boolean | 'args' | ((args: readonly Node[]) => boolean)
  readonly doc: string
  /** Spark prints the call with these arguments, defaults included. */
  readonly sql?: (args: readonly Node[], name: string) => string
  readonly neverFails?: boolean
  readonly isDeterministic?: boolean
  /** Checks beyond types, with the arguments already cast. */
  check?(args: readonly Node[], sql: string): void
  /** Row by row, arguments never NULL; the result is NULL when one is. */
  readonly row?: (...values: never[]) => Value
  /** Row by row, NULLs included; the context comes first. */
  readonly rowWithNulls?: (context: EvaluationContext, values: Value[]) => Value
  /** Row by row, never NULL, made once per batch: for zones, patterns and other constants. */
  readonly open?: (context: EvaluationContext, args: readonly Node[]) => (...values: never[]) => Value
  /** Whole columns; wins over the row forms. */
  readonly evaluate?: (args: readonly Node[], batch: Batch, context: EvaluationContext) => Column
}

/** A function whose argument types, result type and rows say everything. */
export function scalarFunction(spec: ScalarSpec): FunctionEntry {
  const min = spec.required ?? spec.args.length
  const max = spec.variadic ? Infinity : spec.args.length
  return {
    name: spec.name,
    ...(spec.aliases ? { aliases: spec.aliases } : {}),
    arity: [min, max],
    parameters: spec.args.map((argument) => argument.required),
    ...(spec.expects ? { expects: spec.expects } : {}),
    doc: spec.doc,
    bind: (call) => bindScalar(spec, call),
  }
}

function bindScalar(spec: ScalarSpec, call: FunctionCall): Node {
  const sql = spec.sql ? spec.sql(call.args, call.name) : callSql(call.name, call.args)
  const args = call.args.map((arg, i) => {
    const expected = spec.args[Math.min(i, spec.args.length - 1)]
    const target = expected.accept(arg.type)
    if (target === null) throw unexpectedInputType(sql, i, expected.required, arg)
    return implicitCast(arg, target)
  })
  spec.check?.(args, sql)
  const type = typeof spec.returns === 'function' ? spec.returns(args) : spec.returns
  const { nullable = 'args' } = spec
  return node({
    type,
    nullable:
      nullable === 'args'
        ? args.some((arg) => arg.nullable)
        : typeof nullable === 'function'
          ? nullable(args)
          : nullable,
    sql,
    children: args,
    ...(args.length === 0 && spec.isDeterministic !== false ? { isConstant: true } : {}),
    ...(spec.isDeterministic === false ? { isDeterministic: false } : {}),
    neverFails: (spec.neverFails ?? false) && args.every((arg) => arg.neverFails),
    evaluate: evaluatorOf(spec, type, args),
  })
}

function evaluatorOf(spec: ScalarSpec, type: DataType, args: readonly Node[]): Node['evaluate'] {
  const { evaluate, rowWithNulls, open, row } = spec
  if (evaluate) return (batch, context) => evaluate(args, batch, context)
  if (rowWithNulls) {
    return (batch, context) => {
      const readers = args.map((arg) => argumentReader(arg, batch, context))
      return columnOfRows(type, batch.numRows, (i) =>
        rowWithNulls(
          context,
          readers.map((read) => read(i)),
        ),
      )
    }
  }
  return (batch, context) => {
    const compute = (open ? open(context, args) : row!) as (...values: Value[]) => Value
    return evaluateStrictRows(type, args, compute, batch, context)
  }
}

/** NULL in, NULL out, row by row; over a dictionary column once per entry. */
export function evaluateStrictRows(
  type: DataType,
  args: readonly Node[],
  compute: (...values: Value[]) => Value,
  batch: Batch,
  context: EvaluationContext,
): Column {
  const { numRows } = batch
  const varying = args.findIndex((arg) => !arg.isConstant)
  const isUnary = varying >= 0 && args.every((arg, i) => i === varying || arg.isConstant)
  const readers: Reader[] = []
  let dictionary: Extract<Column, { layout: 'dictionary' }> | null = null
  for (const [i, arg] of args.entries()) {
    if (i === varying && isUnary) {
      const column = arg.evaluate(batch, context)
      if (column.layout === 'dictionary') dictionary = column
      readers.push(readerOf(column))
      continue
    }
    const read = argumentReader(arg, batch, context)
    if (arg.isConstant && read(0) === null) return nullColumn(type, numRows)
    readers.push(read)
  }
  if (dictionary !== null) return mapEntries(type, dictionary, varying, readers, compute)
  if (readers.length === 1) {
    const [read] = readers as [Reader]
    return columnOfRows(type, numRows, (i) => {
      const value = read(i)
      return value === null ? null : compute(value)
    })
  }
  const values = new Array<Value>(readers.length)
  return columnOfRows(type, numRows, (i) => {
    for (let k = 0; k < readers.length; k++) if ((values[k] = readers[k](i)) === null) return null
    return compute(...values)
  })
}

/** `compute` runs once per entry a row names; a STRING result keeps the codes. */
function mapEntries(
  type: DataType,
  column: Extract<Column, { layout: 'dictionary' }>,
  position: number,
  readers: readonly Reader[],
  compute: (...values: Value[]) => Value,
): Column {
  const { codes, validity, length } = column
  const entries = readerOf(column.dictionary)
  const results = new Array<Value | undefined>(column.dictionary.length)
  const values = readers.map((read, k) => (k === position ? null : read(0)))
  let hasNull = validity !== null
  for (let i = 0; i < length; i++) {
    if (validity !== null && validity[i] === 0) continue
    const code = codes[i]
    if (results[code] !== undefined) continue
    values[position] = entries(code)
    const result = compute(...values)
    results[code] = result
    if (result === null) hasNull = true
  }
  if (type.kind !== 'string') {
    return columnOfRows(type, length, (i) => (validity !== null && validity[i] === 0 ? null : results[codes[i]]!))
  }
  const dictionary = columnOfRows(type, results.length, (code) => results[code] ?? '')
  if (dictionary.layout !== 'bytes') throw new Error('a string column is made of bytes')
  let valid: Uint8Array | null = null
  if (hasNull) {
    valid = new Uint8Array(length)
    for (let i = 0; i < length; i++)
      valid[i] = (validity === null || validity[i] === 1) && results[codes[i]] !== null ? 1 : 0
  }
  return { layout: 'dictionary', type, length, validity: valid, codes, dictionary }
}

/** AND of two validities. */
export function bothValid(a: Uint8Array | null, b: Uint8Array | null, length: number): Uint8Array | null {
  if (a === null) return b
  if (b === null) return a
  const out = new Uint8Array(length)
  for (let i = 0; i < length; i++) out[i] = a[i] & b[i]
  return out
}

export function isNumber(type: DataType): boolean {
  return isNumeric(type)
}
