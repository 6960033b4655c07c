import type { Column, DataType } from '../../../protocol/columns'
import { columnComparator } from '../../batch/compare'
import { DOUBLE, INTEGER, STRING, arrayOf, isNumeric } from '../../types/atomic-types'
import { implicitCast } from '../casts/bind-cast'
import { quoteSql, quoteType, sparkError, unexpectedInputType } from '../errors'
import { containsMap } from '../functions/comparison'
import { FOLDING_CONTEXT, constantValue, literalNode } from '../node'
import type { Node } from '../node'
import { readerOf } from '../row-values'
import type { Value } from '../row-values'
import { CollectedState } from './collected'
import type { AggregateCall, AggregateEntry, AggregateParts } from './define'

/** Rows `[start, end)` in ascending order of their values. */
function sortedRows(values: Column, start: number, end: number): Int32Array {
  const compare = columnComparator(values, values)
  return Int32Array.from({ length: end - start }, (_, i) => start + i).sort(compare)
}

type Percentages = { readonly values: readonly number[]; readonly isList: boolean }

/** The constant percentage, or array of them. Throws Spark's errors for what is no constant, NULL or outside 0 to 1. */
function percentagesOf(argument: Node, call: string): Percentages {
  const isList = argument.type.kind === 'array'
  const wanted = isList ? arrayOf(DOUBLE, true) : DOUBLE
  const node = implicitCast(argument, wanted)
  if (!node.isConstant) throw notFoldable(call, 'percentage', 'DOUBLE', argument)
  const value = constantValue(node, FOLDING_CONTEXT)
  if (value === null) {
    throw sparkError('DATATYPE_MISMATCH.UNEXPECTED_NULL', { sqlExpr: quoteSql(call), exprName: 'percentage' })
  }
  const values = (isList ? value : [value]) as readonly number[]
  for (const one of values) {
    if (one >= 0 && one <= 1) continue
    throw outOfRange(call, 'percentage', '[0.0, 1.0]', `${Number.isInteger(one) ? one.toFixed(1) : one}D`)
  }
  return { values, isList }
}

function notFoldable(call: string, inputName: string, inputType: string, argument: Node) {
  return sparkError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', {
    sqlExpr: quoteSql(call),
    inputName: `\`${inputName}\``,
    inputType: `"${inputType}"`,
    inputExpr: quoteSql(argument.sql),
  })
}

function outOfRange(call: string, exprName: string, valueRange: string, currentValue: string) {
  return sparkError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', {
    sqlExpr: quoteSql(call),
    exprName,
    valueRange,
    currentValue,
  })
}

const isInterval = (type: DataType) => type.kind === 'day-time-interval' || type.kind === 'year-month-interval'

/** Percentile by linear interpolation between the two nearest values. */
function interpolated(numbers: (row: number) => number, rows: Int32Array, percentage: number): number {
  const position = (rows.length - 1) * percentage
  const [lower, higher] = [Math.floor(position), Math.ceil(position)]
  const [low, high] = [numbers(rows[lower]), numbers(rows[higher])]
  return lower === higher || low === high ? low : (higher - position) * low + (position - lower) * high
}

function percentileParts(
  given: Node,
  percentages: Percentages,
  name: string,
  call: string,
): AggregateParts & { name: string } {
  const input = isInterval(given.type) ? given : implicitCast(given, DOUBLE)
  if (!isInterval(given.type) && !isNumeric(given.type) && given.type.kind !== 'string' && given.type.kind !== 'void') {
    throw unexpectedInputType(call, 0, '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")', given)
  }
  const element: DataType = input.type
  const type = percentages.isList ? arrayOf(element, false) : element
  const finish = (values: Column) => {
    const read = readerOf(values)
    const numbers = (row: number) => Number(read(row))
    const valueOf = (number: number): Value =>
      element.kind === 'day-time-interval' ? BigInt(Math.trunc(number)) : number
    return (start: number, end: number): Value => {
      if (start === end) return null
      const rows = sortedRows(values, start, end)
      const found = percentages.values.map((percentage) => valueOf(interpolated(numbers, rows, percentage)))
      return percentages.isList ? found : found[0]
    }
  }
  return {
    name,
    type,
    nullable: true,
    inputs: [input],
    stateTypes: [arrayOf(element, false)],
    open: () => new CollectedState(element, type, finish),
  }
}

function bindPercentile({ args, isDistinct }: AggregateCall): AggregateParts {
  const [input, percentage] = args
  const sql = `percentile(${isDistinct ? 'DISTINCT ' : ''}${input.sql}, ${percentage.sql}, 1)`
  return percentileParts(input, percentagesOf(percentage, sql), sql, sql)
}

/** percentile_approx: the value itself at the rank, so the type stays. Exact, which is within every accuracy asked for. */
function bindPercentileApprox(call: AggregateCall): AggregateParts {
  const [given, percentage, accuracy = literalNode(INTEGER, 10000, '10000')] = call.args as [
    Node,
    Node,
    Node | undefined,
  ]
  const sql = `${call.name}(${given.sql}, ${percentage.sql}, ${accuracy.sql})`
  const percentages = percentagesOf(percentage, sql)
  if (!accuracy.isConstant) throw notFoldable(sql, 'accuracy', 'INTEGRAL', accuracy)
  const limit = constantValue(accuracy, FOLDING_CONTEXT)
  if (limit === null)
    throw sparkError('DATATYPE_MISMATCH.UNEXPECTED_NULL', { sqlExpr: quoteSql(sql), exprName: 'accuracy' })
  if (Number(limit) <= 0) throw outOfRange(sql, 'accuracy', '(0, 2147483647]', `${String(limit)}L`)
  const input = given.type.kind === 'string' ? implicitCast(given, DOUBLE) : given
  const { type: element } = input
  const isOrdered =
    isNumeric(element) || isInterval(element) || ['date', 'timestamp', 'timestamp_ntz', 'void'].includes(element.kind)
  if (!isOrdered)
    throw unexpectedInputType(
      sql,
      0,
      '("NUMERIC" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")',
      given,
    )
  const type = percentages.isList ? arrayOf(element, false) : element
  const finish = (values: Column) => {
    const read = readerOf(values)
    return (start: number, end: number): Value => {
      if (start === end) return null
      const rows = sortedRows(values, start, end)
      const found = percentages.values.map((one) => read(rows[Math.max(1, Math.ceil(one * rows.length)) - 1]))
      return percentages.isList ? found : found[0]
    }
  }
  const parts: AggregateParts = {
    type,
    nullable: true,
    inputs: [input],
    stateTypes: [arrayOf(element, false)],
    open: () => new CollectedState(element, type, finish),
  }
  return { ...parts, name: sql }
}

/** mode: the value met most often; of several, the one met first. Spark leaves the choice among them open. */
function bindMode({ args: [input, deterministic], sql }: AggregateCall): AggregateParts {
  if (containsMap(input.type)) {
    throw sparkError('DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE', {
      sqlExpr: quoteSql(sql),
      functionName: '`mode`',
      dataType: quoteType(input.type),
    })
  }
  const isLeast = deterministic !== undefined && constantValue(deterministic, FOLDING_CONTEXT) === true
  const finish = (values: Column) => {
    const read = readerOf(values)
    return (start: number, end: number): Value => {
      const rows = sortedRows(values, start, end)
      const compare = columnComparator(values, values)
      let best = { row: -1, count: 0 }
      for (let from = 0, to = 0; from < rows.length; from = to) {
        while (to < rows.length && compare(rows[from], rows[to]) === 0) to++
        const count = to - from
        // The sort is stable: the first row of a run is where the value was met first.
        if (count > best.count || (count === best.count && !isLeast && rows[from] < best.row))
          best = { row: rows[from], count }
      }
      return best.row < 0 ? null : read(best.row)
    }
  }
  return {
    name: isLeast ? `mode() WITHIN GROUP (ORDER BY ${input.sql} DESC)` : `mode(${input.sql})`,
    type: input.type,
    nullable: true,
    inputs: [input],
    stateTypes: [arrayOf(input.type, false)],
    open: () => new CollectedState(input.type, input.type, finish),
  }
}

/** listagg: the texts in order of arrival, joined. */
function bindListagg({ args, isDistinct, name: called }: AggregateCall): AggregateParts {
  const [given, delimiter = literalNode(STRING, null, 'NULL')] = args as [Node, Node | undefined]
  const name = `${called}(${isDistinct ? 'DISTINCT ' : ''}${given.sql}, ${delimiter.sql})`
  if (!delimiter.isConstant)
    throw notFoldable(`${called}(${given.sql}, ${delimiter.sql})`, 'delimiter', 'STRING', delimiter)
  const between = constantValue(implicitCast(delimiter, STRING), FOLDING_CONTEXT) ?? ''
  const input = implicitCast(given, STRING)
  const finish = (values: Column) => {
    const read = readerOf(values)
    return (start: number, end: number): Value => {
      if (start === end) return null
      return Array.from({ length: end - start }, (_, i) => read(start + i)).join(between as string)
    }
  }
  return {
    name,
    type: STRING,
    nullable: true,
    inputs: [input],
    stateTypes: [arrayOf(STRING, false)],
    open: () => new CollectedState(STRING, STRING, finish),
  }
}

const HALF: Percentages = { values: [0.5], isList: false }

export const QUANTILES: readonly AggregateEntry[] = [
  { name: 'percentile', arity: [2, 2], doc: 'Exact percentile by interpolation.', bind: bindPercentile },
  {
    name: 'percentile_approx',
    aliases: ['approx_percentile'],
    arity: [2, 3],
    doc: 'Least value that at least the given share of values does not exceed.',
    bind: bindPercentileApprox,
  },
  {
    name: 'median',
    arity: [1, 1],
    doc: 'Middle value by interpolation.',
    bind: ({ args: [input], sql }) => percentileParts(input, HALF, sql, sql),
  },
  { name: 'mode', arity: [1, 2], doc: 'The most frequent value.', bind: bindMode },
  {
    name: 'listagg',
    aliases: ['string_agg'],
    arity: [1, 2],
    doc: 'Texts joined by a delimiter, in order of arrival.',
    bind: bindListagg,
  },
]
