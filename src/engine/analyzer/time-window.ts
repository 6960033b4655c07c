import { toJsonString } from '@bufbuild/protobuf'
import type { Batch, Column, DataType, FixedColumn, ListColumn, StructColumn, StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import type { Expression } from '../../protocol/spark-connect'
import { ExpressionSchema } from '../../protocol/spark-connect'
import type { TimeWindow } from '../batch/time-windows'
import { tumblingWindows, windowStarts } from '../batch/time-windows'
import { bindExpression } from '../expressions/bind'
import type { BindContext, BoundExpression, EvaluationContext } from '../expressions/bound'
import { childrenOf } from '../expressions/is-aggregate'
import type { PlanNode } from '../plan/node'
import { sqlName } from '../types/type-names'
import { unsupportedFeature } from './analysis-errors'
import { addressable, call, castTo, columnAt, functionArguments, functionName, mapChildren } from './expression-tree'
import { intervalMicros, parseInterval } from './interval-text'
import { planNode, projectNode, rescope } from './nodes'
import { allColumnsOf } from './scopes'

/**
 * `window(ts, duration[, slide[, start]])` in a projection or aggregation. As in Spark, rows without a time are dropped and the
 * window becomes a column below the relation: one struct a row for tumbling windows, one row a window for overlapping ones.
 */

/** The input with the window column appended, and the items naming it; both unchanged when no item has a window. */
export function withTimeWindow(
  input: PlanNode,
  items: readonly Expression[],
  context: BindContext,
): { input: PlanNode; items: Expression[] } {
  const calls = new Map<string, Expression>()
  for (const item of items) collectWindows(item, calls)
  if (calls.size === 0) return { input, items: [...items] }
  if (calls.size > 1) {
    throw userError(
      '_LEGACY_ERROR_TEMP_1039',
      'Multiple time/session window expressions would result in a cartesian product of rows, therefore they are currently not supported.',
      { hint: 'Use one window(...) per groupBy.' },
    )
  }
  const [key, windowCall] = [...calls][0]
  const windowed = windowNode(input, windowCall, context)
  const scope = addressable(windowed.scope)
  const reference = columnAt(scope, scope.columns.length - 1)
  const replace = (expression: Expression): Expression =>
    isTimeWindow(expression) && textOf(expression) === key ? reference : mapChildren(expression, replace)
  return { input: rescope(windowed, scope), items: items.map(replace) }
}

function collectWindows(expression: Expression, into: Map<string, Expression>): void {
  if (isTimeWindow(expression)) into.set(textOf(expression), expression)
  else childrenOf(expression).forEach((child) => collectWindows(child, into))
}

function isTimeWindow(expression: Expression): boolean {
  const name = functionName(expression)
  return name === 'window' || name === 'session_window'
}

function textOf(expression: Expression): string {
  return toJsonString(ExpressionSchema, expression)
}

function windowNode(input: PlanNode, windowCall: Expression, context: BindContext): PlanNode {
  if (functionName(windowCall) === 'session_window') {
    throw unsupportedFeature('session_window', 'Use window(...) with a fixed duration; session windows come later.')
  }
  const [time, ...durations] = functionArguments(windowCall)
  if (time === undefined || durations.length === 0) {
    throw userError(
      'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
      `The \`window\` requires [2, 3, 4] parameters but the actual number is ${functionArguments(windowCall).length}.`,
      { sqlState: '42605' },
    )
  }
  const bound = bindExpression(time, input.scope, context)
  const window = windowOf(durations, bound.name)
  const timeColumn = timeExpression(time, bound, window, input, context)
  const filtered = planNode(
    {
      kind: 'filter',
      input,
      condition: bindExpression(call('isnotnull', timeColumn.expression), input.scope, context),
    },
    input.scope,
    input.isStreaming,
  )
  const passed = allColumnsOf(input.scope).map((expression) => ({ expression, keepsName: true }))
  if (window.windowMicros <= window.slideMicros) {
    return projectNode(filtered, [
      ...passed,
      { expression: tumblingWindow(timeColumn.bound, window), keepsName: false },
    ])
  }
  const windows = slidingWindows(timeColumn.bound, window)
  const list = windows.type as Extract<DataType, { kind: 'array' }>
  const field = { name: 'window', type: list.elementType, nullable: true, metadata: windowMetadata(timeColumn.bound) }
  return planNode(
    { kind: 'generate', input: filtered, generator: windows, generatorName: 'explode', outer: false, position: false },
    { columns: [...input.scope.columns, { field, qualifier: [], planIds: [] }] },
    input.isStreaming,
  )
}

/** A window of a window takes its time from `window_time`: one microsecond before the end. Text and dates become timestamps. */
function timeExpression(
  time: Expression,
  bound: BoundExpression,
  window: TimeWindow,
  input: PlanNode,
  context: BindContext,
): { expression: Expression; bound: BoundExpression } {
  const rebound = (expression: Expression) => ({ expression, bound: bindExpression(expression, input.scope, context) })
  switch (bound.type.kind) {
    case 'timestamp':
    case 'timestamp_ntz':
      return { expression: time, bound }
    case 'string':
    case 'date':
      return rebound(castTo(time, 'timestamp'))
    case 'struct':
      if (bound.metadata?.['spark.timeWindow'] === true) return rebound(call('window_time', time))
      break
    default:
      break
  }
  throw userError(
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
    `Cannot resolve "window(${bound.name}, ${window.windowMicros}, ${window.slideMicros}, ${window.startMicros})" due to data type mismatch: The first parameter requires the ("(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)" or "STRUCT<start: TIMESTAMP, end: TIMESTAMP>" or "STRUCT<start: TIMESTAMP_NTZ, end: TIMESTAMP_NTZ>") type, however "${bound.name}" has the type "${sqlName(bound.type)}".`,
    {
      sqlState: '42K09',
      parameters: {
        sqlExpr: `"window(${bound.name}, ${window.windowMicros}, ${window.slideMicros}, ${window.startMicros})"`,
        paramIndex: 'first',
        inputSql: `"${bound.name}"`,
        inputType: `"${sqlName(bound.type)}"`,
        requiredType:
          '("(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)" or "STRUCT<start: TIMESTAMP, end: TIMESTAMP>" or "STRUCT<start: TIMESTAMP_NTZ, end: TIMESTAMP_NTZ>")',
      },
      hint: 'Group by a timestamp column: to_timestamp(...) makes one from text.',
    },
  )
}

function windowOf(durations: readonly Expression[], timeName: string): TimeWindow {
  const windowMicros = durationOf(durations[0])
  const slideMicros = durations[1] === undefined ? windowMicros : durationOf(durations[1])
  const startMicros = durations[2] === undefined ? 0 : durationOf(durations[2])
  const sqlExpr = `"window(${timeName}, ${windowMicros}, ${slideMicros}, ${startMicros})"`
  const refuse = (kind: string, problem: string, parameters: Readonly<Record<string, string>>) =>
    userError(`DATATYPE_MISMATCH.${kind}`, `Cannot resolve ${sqlExpr} due to data type mismatch: ${problem}.`, {
      sqlState: '42K09',
      parameters: { sqlExpr, ...parameters },
      hint: 'window(column, windowDuration, slideDuration <= windowDuration, |startTime| < slideDuration).',
    })
  const notPositive = (name: string, value: number) =>
    refuse(
      'VALUE_OUT_OF_RANGE',
      `The \`${name}\` must be between (0, 9223372036854775807] (current value = ${value}L)`,
      {
        exprName: `\`${name}\``,
        valueRange: '(0, 9223372036854775807]',
        currentValue: `${value}L`,
      },
    )
  const violation = (left: string, value: number, relation: string, right: string, bound: number) =>
    refuse(
      'PARAMETER_CONSTRAINT_VIOLATION',
      `The \`${left}\`(${value}L) must be ${relation} the \`${right}\`(${bound}L)`,
      {
        leftExprName: `\`${left}\``,
        leftExprValue: `${value}L`,
        constraint: relation,
        rightExprName: `\`${right}\``,
        rightExprValue: `${bound}L`,
      },
    )
  if (windowMicros <= 0) throw notPositive('window_duration', windowMicros)
  if (slideMicros <= 0) throw notPositive('slide_duration', slideMicros)
  if (slideMicros > windowMicros) throw violation('slide_duration', slideMicros, '<=', 'window_duration', windowMicros)
  if (Math.abs(startMicros) >= slideMicros) {
    throw violation('abs(start_time)', Math.abs(startMicros), '<', 'slide_duration', slideMicros)
  }
  return { windowMicros, slideMicros, startMicros }
}

function durationOf(expression: Expression): number {
  const kind = expression.exprType
  const text = kind.case === 'literal' && kind.value.literalType.case === 'string' ? kind.value.literalType.value : null
  if (text === null)
    throw unsupportedFeature(
      'window duration that is not a text',
      'Write the duration as text, for example "5 minutes".',
    )
  const interval = parseInterval(text)
  if (interval === null) {
    throw userError(
      'CANNOT_PARSE_INTERVAL',
      `Unable to parse '${text}'. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. If the issue persists, please double check that the input value is not null or empty and try again.`,
      {
        sqlState: '22006',
        parameters: { intervalString: `'${text}'` },
        hint: 'Write a number and a unit, for example "5 minutes" or "1 hour 30 minutes".',
      },
    )
  }
  if (interval.months !== 0) {
    throw userError('_LEGACY_ERROR_TEMP_3231', `Intervals greater than a month is not supported (${text}).`, {
      exception: 'IllegalArgumentException',
      parameters: { interval: text },
      hint: 'Write the window in days or less, for example "30 days".',
    })
  }
  return intervalMicros(interval)
}

function windowType(time: DataType): StructType {
  return {
    kind: 'struct',
    fields: [
      { name: 'start', type: time, nullable: true },
      { name: 'end', type: time, nullable: true },
    ],
  }
}

function windowMetadata(time: BoundExpression): Readonly<Record<string, unknown>> {
  return { ...time.metadata, 'spark.timeWindow': true }
}

function tumblingWindow(time: BoundExpression, window: TimeWindow): BoundExpression {
  const type = windowType(time.type)
  return {
    type,
    nullable: false,
    name: 'window',
    metadata: windowMetadata(time),
    children: [time],
    isConstant: false,
    evaluate(batch: Batch, context: EvaluationContext): StructColumn {
      const column = time.evaluate(batch, context) as FixedColumn
      return tumblingWindows(type, column, window)
    },
  }
}

/** Per row the windows that hold its time, the latest first. */
function slidingWindows(time: BoundExpression, window: TimeWindow): BoundExpression {
  const elementType = windowType(time.type)
  const type: DataType = { kind: 'array', elementType, containsNull: false }
  const overlap = Math.ceil(window.windowMicros / window.slideMicros)
  return {
    type,
    nullable: false,
    name: 'window',
    children: [time],
    isConstant: false,
    evaluate(batch: Batch, context: EvaluationContext): ListColumn {
      const column = time.evaluate(batch, context) as FixedColumn
      const times = column.values as BigInt64Array
      const latest = windowStarts(times, column.length, window)
      const starts = new BigInt64Array(column.length * overlap)
      const offsets = new Int32Array(column.length + 1)
      let count = 0
      for (let row = 0; row < column.length; row++) {
        for (let i = 0; i < overlap; i++) {
          const start = latest[row] - BigInt(i) * BigInt(window.slideMicros)
          if (times[row] < start + BigInt(window.windowMicros)) starts[count++] = start
        }
        offsets[row + 1] = count
      }
      const used = starts.slice(0, count)
      return {
        type,
        length: column.length,
        validity: null,
        layout: 'list',
        offsets,
        child: structOf(elementType, used, shifted(used, window.windowMicros), count),
      }
    },
  }
}

function structOf(type: StructType, starts: BigInt64Array, ends: BigInt64Array, length: number): StructColumn {
  const child = (values: BigInt64Array, index: number): Column => ({
    type: type.fields[index].type,
    length,
    validity: null,
    layout: 'fixed',
    values,
  })
  return { type, length, validity: null, layout: 'struct', children: [child(starts, 0), child(ends, 1)] }
}

function shifted(values: BigInt64Array, byMicros: number): BigInt64Array {
  const by = BigInt(byMicros)
  return values.map((value) => value + by)
}
