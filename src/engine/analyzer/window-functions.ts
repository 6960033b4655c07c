import { toJsonString } from '@bufbuild/protobuf'
import type { DataType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import type { Expression, Expression_Window, Expression_Window_WindowFrame } from '../../protocol/spark-connect'
import { ExpressionSchema, Expression_Window_WindowFrame_FrameType } from '../../protocol/spark-connect'
import { bindAggregate, bindExpression, bindSortOrder } from '../expressions/bind'
import type { BindContext, BoundExpression } from '../expressions/bound'
import { implicitCast } from '../expressions/casts/bind-cast'
import { internalArguments } from '../expressions/internal-calls'
import { aggregateCallOf, childrenOf } from '../expressions/is-aggregate'
import type { Node } from '../expressions/node'
import type { PlanNode, SortKey, WindowFrame, WindowFunction } from '../plan/node'
import { windowInputs } from '../plan/walk'
import { DOUBLE, INTEGER } from '../types/atomic-types'
import { typesEqualIgnoringNullability } from '../types/type-equality'
import { unsupportedFeature } from './analysis-errors'
import { addressable, columnAt, functionArguments, functionName, makeExpression, mapChildren } from './expression-tree'
import { planNode, rescope } from './nodes'
import { fieldOf, newColumn } from './scopes'

/** `f(...) OVER (...)`: each becomes a column of a `window` node below the projection that names it. */

export function containsWindow(expression: Expression): boolean {
  return expression.exprType.case === 'window' || childrenOf(expression).some(containsWindow)
}

/** The input with one column a window function, and the items naming these; both unchanged when no item has a window. */
export function pullOutWindows(
  given: PlanNode,
  items: readonly Expression[],
  context: BindContext,
): { input: PlanNode; items: Expression[] } {
  items.forEach(refuseWithoutOver)
  if (!items.some(containsWindow)) return { input: given, items: [...items] }
  if (given.isStreaming) throw onStream(given, items, context)
  let input = rescope(given, addressable(given.scope))
  const columns = new Map<string, Expression>()
  const replace = (expression: Expression): Expression => {
    if (expression.exprType.case !== 'window') return mapChildren(expression, replace)
    const key = toJsonString(ExpressionSchema, expression)
    const known = columns.get(key)
    if (known !== undefined) return known
    const bound = bindWindow(expression.exprType.value, input, context)
    input = withFunction(input, bound)
    const column = columnAt(input.scope, input.scope.columns.length - 1)
    columns.set(key, column)
    return column
  }
  const replaced = items.map(replace)
  return { input, items: replaced }
}

type BoundWindow = {
  readonly partition: readonly BoundExpression[]
  readonly order: readonly SortKey[]
  readonly function: WindowFunction
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
}

/** Functions over the same partitions and order share a node. */
function withFunction(input: PlanNode, bound: BoundWindow): PlanNode {
  const column = newColumn(fieldOf(bound.name, bound.type, bound.nullable))
  const scope = addressable({ columns: [...input.scope.columns, column] })
  const specOf = ({ partition, order }: Pick<BoundWindow, 'partition' | 'order'>) =>
    JSON.stringify([
      partition.map((key) => [key.name, key.inputIndex]),
      order.map((key) => [key.expression.name, key.expression.inputIndex, key.descending, key.nullsFirst]),
    ])
  const width = input.kind === 'window' ? input.input.scope.columns.length : 0
  const usesOwn = (expression: BoundExpression): boolean =>
    (expression.inputIndex ?? -1) >= width || expression.children.some(usesOwn)
  const shares =
    input.kind === 'window' && specOf(input) === specOf(bound) && !windowInputs(bound.function).some(usesOwn)
  if (!shares) {
    const { partition, order } = bound
    return planNode({ kind: 'window', input, partition, order, functions: [bound.function] }, scope, input.isStreaming)
  }
  return planNode({ ...input, functions: [...input.functions, bound.function] }, scope, input.isStreaming)
}

function bindWindow(window: Expression_Window, input: PlanNode, context: BindContext): BoundWindow {
  const partition = window.partitionSpec.map((key) => bindExpression(key, input.scope, context))
  const order = window.orderSpec.map((key) =>
    bindSortOrder(makeExpression({ case: 'sortOrder', value: key }), input.scope, context),
  )
  const specified = window.frameSpec === undefined ? null : frameOf(window.frameSpec, order, partition, context)
  const call = bindFunction(window.windowFunction!, order, specified, input, context)
  const spec = specText(partition, order, call.frameText)
  if (call.isDistinct === true) {
    throw userError(
      'DISTINCT_WINDOW_FUNCTION_UNSUPPORTED',
      `Distinct window functions are not supported: "${call.sql} OVER ${spec}".`,
      {
        sqlState: '0A000',
        parameters: { windowExpr: `"${call.sql} OVER ${spec}"` },
        hint: 'Use size(collect_set(x) OVER (...)).',
      },
    )
  }
  return {
    partition,
    order,
    function: call.function,
    name: `${call.sql} OVER ${spec}`,
    type: call.type,
    nullable: call.nullable,
  }
}

type BoundCall = {
  readonly function: WindowFunction
  readonly sql: string
  readonly frameText: string
  readonly type: DataType
  readonly nullable: boolean
  readonly isDistinct?: boolean
}

const ROWS_TO_CURRENT = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'
const RANGE_TO_CURRENT = 'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'
const WHOLE = 'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING'

const RANKS = new Set(['row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist'])
const OFFSETS = new Set(['lag', 'lead'])
const EDGES: Readonly<Record<string, 1 | -1>> = { first: 1, first_value: 1, any_value: 1, last: -1, last_value: -1 }
const NEEDS_OVER = new Set([...RANKS, ...OFFSETS, 'ntile', 'nth_value'])

function bindFunction(
  given: Expression,
  order: readonly SortKey[],
  specified: Frame | null,
  input: PlanNode,
  context: BindContext,
): BoundCall {
  if (internalArguments(given, 'filter_where') !== null) {
    throw userError(
      '_LEGACY_ERROR_TEMP_1030',
      'Window aggregate function with filter predicate is not supported yet.',
      {
        hint: 'Put the condition inside: sum(CASE WHEN condition THEN x END) OVER (...).',
      },
    )
  }
  const wrapped = internalArguments(given, 'ignore_nulls')
  const call = wrapped === null ? given : wrapped[0]
  const name = functionName(call)
  const args = functionArguments(call)
  const bind = (expression: Expression) => bindExpression(expression, input.scope, context) as Node
  if (name === null) throw notAWindowFunction(bind(call))
  if (RANKS.has(name)) return rankCall(name as RankName, args, order)
  if (name === 'ntile') return ntileCall(args, order, bind)
  if (OFFSETS.has(name)) return offsetCall(name, args, order, wrapped !== null, bind)
  const frame = specified ?? defaultFrame(order)
  if (name === 'nth_value' || name in EDGES) return nthCall(name, args, frame, wrapped !== null, bind)
  if (aggregateCallOf(call) === null) throw notAWindowFunction(bind(call))
  const aggregate = bindAggregate(call, input.scope, context)
  return {
    function: { kind: 'aggregate', aggregate, frame: frame.frame },
    sql: aggregate.name,
    frameText: frame.text,
    type: aggregate.type,
    nullable: aggregate.nullable,
    isDistinct: aggregate.isDistinct,
  }
}

type RankName = Extract<WindowFunction, { kind: 'rank' }>['name']
const LOUD = new Set(['rank', 'dense_rank', 'percent_rank'])

function rankCall(name: RankName, args: readonly Expression[], order: readonly SortKey[]): BoundCall {
  if (args.length > 0) throw wrongCount(name, '0', args.length)
  demandOrder(`${name}()`, order)
  return {
    function: { kind: 'rank', name },
    sql: `${LOUD.has(name) ? name.toUpperCase() : name}()`,
    frameText: name === 'cume_dist' ? RANGE_TO_CURRENT : ROWS_TO_CURRENT,
    type: name === 'percent_rank' || name === 'cume_dist' ? DOUBLE : INTEGER,
    nullable: false,
  }
}

function ntileCall(args: readonly Expression[], order: readonly SortKey[], bind: (e: Expression) => Node): BoundCall {
  if (args.length > 1) throw wrongCount('ntile', '[0, 1]', args.length)
  const buckets = args.length === 0 ? 1 : integerArgument('ntile', bind(args[0]))
  demandOrder(`ntile(${buckets})`, order)
  if (buckets <= 0) {
    throw userError(
      'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE',
      `Cannot resolve "ntile(${buckets})" due to data type mismatch: The \`buckets\` must be between (0, 2147483647] (current value = ${buckets}).`,
      { sqlState: '42K09', hint: 'Give the number of buckets, 1 or more.' },
    )
  }
  return {
    function: { kind: 'ntile', buckets },
    sql: `ntile(${buckets})`,
    frameText: ROWS_TO_CURRENT,
    type: INTEGER,
    nullable: false,
  }
}

function offsetCall(
  name: string,
  args: readonly Expression[],
  order: readonly SortKey[],
  ignoresNulls: boolean,
  bind: (e: Expression) => Node,
): BoundCall {
  if (args.length < 1 || args.length > 4) throw wrongCount(name, '[1, 2, 3]', args.length)
  const value = bind(args[0])
  const by = args.length < 2 ? 1 : integerArgument(name, bind(args[1]))
  const given = args.length < 3 ? null : bind(args[2])
  const ignores = ignoresNulls || (args.length === 4 && (bind(args[3]).literal?.value as boolean))
  const sql = `${name}(${value.sql}, ${by}, ${given === null ? 'NULL' : given.sql})`
  demandOrder(sql, order)
  const isNull = given === null || given.literal?.value === null
  const otherwise = isNull
    ? null
    : typesEqualIgnoringNullability(given.type, value.type)
      ? given
      : implicitCast(given, value.type)
  const offset = name === 'lag' ? -by : by
  return {
    function: { kind: 'offset', value, offset, otherwise, ignoresNulls: ignores },
    sql,
    frameText: `ROWS BETWEEN ${offset} FOLLOWING AND ${offset} FOLLOWING`,
    type: value.type,
    nullable: isNull || value.nullable || given.nullable,
  }
}

function nthCall(
  name: string,
  args: readonly Expression[],
  { frame, text }: Frame,
  ignoresNulls: boolean,
  bind: (e: Expression) => Node,
): BoundCall {
  if (args.length === 0) throw wrongCount(name, name === 'nth_value' ? '2' : '[1, 2]', 0)
  const value = bind(args[0])
  const isNth = name === 'nth_value'
  const flag = isNth ? args[2] : args[1]
  const position = isNth ? integerArgument(name, bind(args[1])) : EDGES[name]
  const ignores = ignoresNulls || (flag !== undefined && bind(flag).literal?.value === true)
  return {
    function: { kind: 'nth', value, position, frame, ignoresNulls: ignores },
    sql: isNth ? `nth_value(${value.sql}, ${position})` : `${name}(${value.sql})`,
    frameText: text,
    type: value.type,
    nullable: true,
  }
}

function integerArgument(name: string, node: Node): number {
  const value = node.literal?.value
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  throw unsupportedFeature(`${name} with a computed number`, 'Write the number itself.')
}

function demandOrder(sql: string, order: readonly SortKey[]): void {
  if (order.length > 0) return
  throw userError(
    '_LEGACY_ERROR_TEMP_1037',
    `Window function ${sql} requires window to be ordered, please add ORDER BY clause. For example SELECT ${sql}(value_expr) OVER (PARTITION BY window_partition ORDER BY window_ordering) from table.`,
    { parameters: { wf: sql }, hint: 'Add ORDER BY inside OVER (...), or orderBy(...) to the Window.' },
  )
}

function wrongCount(name: string, expected: string, actual: number): Error {
  return userError(
    'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
    `The \`${name}\` requires ${expected} parameters but the actual number is ${actual}. Please, refer to 'https://spark.apache.org/docs/latest/sql-ref-functions.html' for a fix.`,
    {
      sqlState: '42605',
      parameters: { functionName: `\`${name}\``, expectedNum: expected, actualNum: String(actual) },
      hint: `Give ${name} ${expected} arguments.`,
    },
  )
}

function notAWindowFunction(bound: BoundExpression): Error {
  return userError(
    'UNSUPPORTED_EXPR_FOR_WINDOW',
    `Expression "${bound.name}" not supported within a window function.`,
    {
      sqlState: '42P20',
      parameters: { sqlExpr: `"${bound.name}"` },
      hint: 'OVER stands behind an aggregate or a ranking function.',
    },
  )
}

/** row_number() and its kin mean nothing without OVER. */
function refuseWithoutOver(expression: Expression): void {
  if (expression.exprType.case === 'window') {
    const call = expression.exprType.value.windowFunction
    const inner = internalArguments(call, 'ignore_nulls')?.[0] ?? call
    if (inner !== undefined) childrenOf(inner).forEach(refuseWithoutOver)
    return
  }
  const name = functionName(expression)
  if (name !== null && NEEDS_OVER.has(name)) {
    const text = `${LOUD.has(name) ? name.toUpperCase() : name}()`
    throw userError('WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE', `Window function "${text}" requires an OVER clause.`, {
      sqlState: '42601',
      parameters: { funcName: `"${text}"` },
      hint: `Write ${name}() OVER (PARTITION BY ... ORDER BY ...).`,
    })
  }
  childrenOf(expression).forEach(refuseWithoutOver)
}

/** Refuses window functions where Spark has none: in sort keys. */
export function refuseWindows(input: PlanNode, keys: readonly Expression[], context: BindContext): void {
  const found = keys.find(containsWindow)
  if (found === undefined) return
  const { input: windowed } = pullOutWindows(input, [found], context)
  const name = windowed.scope.columns.at(-1)?.field.name ?? ''
  throw userError(
    'UNSUPPORTED_EXPR_FOR_OPERATOR',
    `A query operator contains one or more unsupported expressions.\nConsider to rewrite it to avoid window functions, aggregate functions, and generator functions in the WHERE clause.\nInvalid expressions: ["${name}"]`,
    {
      sqlState: '42K0E',
      parameters: { invalidExprSqls: `"${name}"` },
      hint: 'Select the window function as a column, then order by its name.',
    },
  )
}

function onStream(input: PlanNode, items: readonly Expression[], context: BindContext): Error {
  const windows = items.flatMap(windowsIn)
  const bound = windows.map((window) => bindWindow(window, input, context))
  const [columns, functions, specs] = [
    bound.map((one) => one.name),
    bound.map((one) => one.name.split(' OVER ')[0]),
    bound.map((one) => one.name.split(' OVER ')[1]),
  ]
  return userError(
    'NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING',
    `Window function is not supported in ${functions.join(', ')} (as column ${columns.map((name) => `\`${name}\``).join(', ')}) on streaming DataFrames/Datasets.\nStructured Streaming only supports time-window aggregation using the WINDOW function. (window specification: ${specs.join(', ')})`,
    {
      sqlState: '42KDE',
      parameters: {
        windowFunc: functions.join(', '),
        columnName: columns.map((name) => `\`${name}\``).join(', '),
        windowSpec: specs.join(', '),
      },
      hint: 'Use groupBy(window(...)), or rank the rows of each batch in foreachBatch.',
    },
  )
}

function windowsIn(expression: Expression): Expression_Window[] {
  return expression.exprType.case === 'window' ? [expression.exprType.value] : childrenOf(expression).flatMap(windowsIn)
}

type Frame = { readonly frame: WindowFrame; readonly text: string }

function defaultFrame(order: readonly SortKey[]): Frame {
  return order.length === 0
    ? { frame: { unit: 'rows', lower: null, upper: null }, text: WHOLE }
    : { frame: { unit: 'range', lower: null, upper: 0 }, text: RANGE_TO_CURRENT }
}

function frameOf(
  message: Expression_Window_WindowFrame,
  order: readonly SortKey[],
  partition: readonly BoundExpression[],
  context: BindContext,
): Frame {
  const unit = message.frameType === Expression_Window_WindowFrame_FrameType.ROW ? 'rows' : 'range'
  const bounds = [message.lower, message.upper].map((boundary, side) => {
    const kind = boundary?.boundary
    if (kind === undefined || kind.case === undefined || kind.case === 'currentRow')
      return { value: 0, text: 'CURRENT ROW' }
    if (kind.case === 'unbounded')
      return { value: null, text: side === 0 ? 'UNBOUNDED PRECEDING' : 'UNBOUNDED FOLLOWING' }
    const bound = bindExpression(kind.value, { columns: [] }, context) as Node
    return boundaryOf(bound, unit)
  })
  const [lower, upper] = bounds
  const text = `${unit.toUpperCase()} BETWEEN ${lower.text} AND ${upper.text}`
  if (lower.value !== null && upper.value !== null && lower.value > upper.value) {
    throw userError(
      'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON',
      `Cannot resolve "${text}" due to data type mismatch: The lower bound of a window frame must be less than or equal to the upper bound.`,
      {
        sqlState: '42K09',
        parameters: { comparison: 'less than or equal', sqlExpr: `"${text}"` },
        hint: 'The frame starts before it ends: BETWEEN 1 PRECEDING AND 1 FOLLOWING.',
      },
    )
  }
  const hasOffset = (lower.value ?? 0) !== 0 || (upper.value ?? 0) !== 0
  if (unit === 'range' && hasOffset && order.length !== 1)
    throw rangeNeedsOneKey(order, specText(partition, order, text))
  return { frame: { unit, lower: lower.value, upper: upper.value }, text }
}

function rangeNeedsOneKey(order: readonly SortKey[], spec: string): Error {
  const keys = order.map(orderText).join(',')
  const [condition, message] =
    order.length === 0
      ? ['RANGE_FRAME_WITHOUT_ORDER', 'A range window frame cannot be used in an unordered window specification.']
      : [
          'RANGE_FRAME_MULTI_ORDER',
          `A range window frame with value boundaries cannot be used in a window specification with multiple order by expressions: ${keys}.`,
        ]
  return userError(`DATATYPE_MISMATCH.${condition}`, `Cannot resolve "${spec}" due to data type mismatch: ${message}`, {
    sqlState: '42K09',
    parameters: { sqlExpr: `"${spec}"`, ...(order.length === 0 ? {} : { orderSpec: keys }) },
    hint: 'RANGE with a distance needs exactly one ORDER BY key; ROWS takes any.',
  })
}

/** Distances in the units of the order key: numbers, days of a date, microseconds of a time. */
function boundaryOf(bound: Node, unit: 'rows' | 'range'): { value: number; text: string } {
  const literal = bound.literal?.value ?? constantOf(bound)
  const value = typeof literal === 'bigint' ? Number(literal) : literal
  if (typeof value !== 'number')
    throw unsupportedFeature('a window frame with a computed distance', 'Write a number or a day-time INTERVAL.')
  if (bound.type.kind === 'year-month-interval')
    throw unsupportedFeature('a RANGE frame of months', 'Use an INTERVAL of days.')
  if (value === 0) return { value, text: 'CURRENT ROW' }
  const shown = bound.sql.replace(/^\(?- ?(.*?)\)?$/, '$1')
  const scaled = unit === 'range' && bound.type.kind === 'decimal' ? value / 10 ** bound.type.scale : value
  return { value: scaled, text: `${shown} ${value < 0 ? 'PRECEDING' : 'FOLLOWING'}` }
}

const ONE_ROW = { schema: { kind: 'struct' as const, fields: [] }, numRows: 1, columns: [] }
const NO_CONTEXT = { nowMicros: 0n, timeZone: 'UTC', seed: 0, isCanceled: () => false }

function constantOf(bound: Node): number | bigint | null {
  if (!bound.isConstant) return null
  const column = bound.evaluate(ONE_ROW, NO_CONTEXT)
  return column.layout === 'fixed' ? column.values[0] : null
}

function specText(partition: readonly BoundExpression[], order: readonly SortKey[], frame: string): string {
  const parts = [
    ...(partition.length === 0 ? [] : [`PARTITION BY ${partition.map(textOf).join(', ')}`]),
    ...(order.length === 0 ? [] : [`ORDER BY ${order.map(orderText).join(', ')}`]),
    frame,
  ]
  return `(${parts.join(' ')})`
}

function textOf(expression: BoundExpression): string {
  return (expression as Node).sql
}

function orderText({ expression, descending, nullsFirst }: SortKey): string {
  return `${textOf(expression)} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`
}
