import { create, fromJson } from '@bufbuild/protobuf'
import type { JsonValue } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { ExpressionSchema } from '../../protocol/spark-connect'
import type { Expression } from '../../protocol/spark-connect'
import { batchFromRows } from '../batch/from-values'
import { columnToValues } from '../batch/to-values'
import { INTEGER, LONG, STRING, field, structOf } from '../types/atomic-types'
import { bindAggregate, bindExpression, containsAggregate, expandStar } from './bind'
import type { BindContext, Scope } from './bound'

const context: BindContext = { conf: {}, isStreaming: false, lenient: () => undefined }
const evaluation = { nowMicros: 0n, timeZone: 'UTC', seed: 1, isCanceled: () => false }
const schema = structOf([
  field('id', INTEGER, false),
  field('name', STRING),
  field('big', LONG),
  field('st', structOf({ Inner: INTEGER })),
])
const rows = [
  { id: 1, name: 'ann', big: 5n, st: { Inner: 7 } },
  { id: 0, name: null, big: null, st: null },
]
const batch = batchFromRows(schema, rows)
const scope: Scope = { columns: schema.fields.map((f) => ({ field: f, qualifier: ['e'], planIds: [3n] })) }

const expression = (json: JsonValue): Expression => fromJson(ExpressionSchema, json)
const col = (name: string) => ({ unresolvedAttribute: { unparsedIdentifier: name } })
const lit = (value: number) => ({ literal: { integer: value } })
const text = (value: string) => ({ literal: { string: value } })
const call = (functionName: string, ...args: JsonValue[]): JsonValue => ({
  unresolvedFunction: { functionName, arguments: args },
})
const bind = (json: JsonValue) => bindExpression(expression(json), scope, context)
const values = (json: JsonValue) => columnToValues(bind(json).evaluate(batch, evaluation))

describe('bindExpression', () => {
  it('finds a column whatever its case and keeps the name as written', () => {
    const bound = bind(col('E.ID'))
    expect(bound).toMatchObject({ name: 'ID', type: INTEGER, nullable: false, inputIndex: 0 })
  })

  it('reaches into structs and names the column by the last part', () => {
    expect(bind(col('st.inner')).name).toBe('inner')
    expect(values(col('st.inner'))).toEqual([7, null])
  })

  it('suggests the closest columns first for an unknown name', () => {
    expect(() => bind(col('nam'))).toThrow(/`nam` cannot be resolved. Did you mean one of the following\? \[`name`, /)
  })

  it('divides only the rows a CASE branch owns', () => {
    const guarded = call('when', call('!=', col('id'), lit(0)), call('/', lit(10), col('id')), lit(-1))
    expect(values(guarded)).toEqual([10, -1])
    expect(() => values(call('/', lit(10), col('id')))).toThrow(/Division by zero/)
  })

  it('casts the string side of a comparison to the other side', () => {
    expect(values(call('=', col('id'), text('1')))).toEqual([true, false])
    expect(() => values(call('=', col('id'), text('x')))).toThrow(/CAST_INVALID_INPUT|cannot be cast/)
  })

  it('names arithmetic, casts and CASE as Spark does', () => {
    expect(bind(call('+', col('id'), lit(1))).name).toBe('(id + 1)')
    expect(bind({ cast: { expr: col('id'), typeStr: 'string' } }).name).toBe('id')
    expect(bind(call('upper', { cast: { expr: col('id'), typeStr: 'string' } })).name).toBe('upper(CAST(id AS STRING))')
  })

  it('runs a lambda over all elements of all rows', () => {
    const lambda = {
      lambdaFunction: {
        function: call('+', { unresolvedNamedLambdaVariable: { nameParts: ['x'] } }, col('id')),
        arguments: [{ nameParts: ['x'] }],
      },
    }
    expect(values(call('transform', call('array', lit(1), lit(2)), lambda))).toEqual([
      [2, 3],
      [1, 2],
    ])
  })

  it('refuses an unknown function by name with the search path', () => {
    expect(() => bind(call('uper', col('name')))).toThrow(/Cannot resolve routine `uper` on search path/)
  })
})

describe('aggregates', () => {
  const aggregate = (json: JsonValue) => {
    const bound = bindAggregate(expression(json), scope, context)
    const state = bound.open()
    state.grow(2)
    const inputs = bound.inputs.map((input) => input.evaluate(batch, evaluation))
    state.add(Int32Array.of(0, 0), 2, inputs)
    const merged = bound.open()
    merged.grow(2)
    merged.merge(Int32Array.of(0, 1), state.save(Int32Array.of(0, 1)))
    const groups = Int32Array.of(0, 1)
    expect(columnToValues(merged.results(groups))).toEqual(columnToValues(state.results(groups)))
    return { bound, results: columnToValues(state.results(groups)) }
  }

  it('count, sum, avg, min and max of a group and of an empty one, saved and merged', () => {
    expect(aggregate(call('count', { unresolvedStar: {} })).results).toEqual([2n, 0n])
    expect(aggregate(call('count', col('big'))).results).toEqual([1n, 0n])
    expect(aggregate(call('sum', col('id')))).toMatchObject({
      bound: { type: LONG, name: 'sum(id)' },
      results: [1n, null],
    })
    expect(aggregate(call('avg', col('id'))).results).toEqual([0.5, null])
    expect(aggregate(call('min', col('name'))).results).toEqual(['ann', null])
    expect(aggregate(call('max', col('big'))).results).toEqual([5n, null])
    expect(aggregate(call('collect_list', col('name'))).results).toEqual([['ann'], []])
  })

  it('counts distinct values once', () => {
    const distinct = { unresolvedFunction: { functionName: 'count', arguments: [col('id')], isDistinct: true } }
    expect(aggregate(distinct)).toMatchObject({ bound: { name: 'count(DISTINCT id)' }, results: [2n, 0n] })
  })

  it('are found inside expressions but not in lambdas', () => {
    expect(containsAggregate(expression(call('+', call('sum', col('id')), lit(1))))).toBe(true)
    expect(containsAggregate(expression(call('upper', col('name'))))).toBe(false)
  })
})

describe('expandStar', () => {
  it('gives all columns, those of an alias, or the fields of a struct', () => {
    const names = (target?: string) =>
      expandStar(
        create(ExpressionSchema, {
          exprType: { case: 'unresolvedStar', value: { ...(target ? { unparsedTarget: target } : {}) } },
        }),
        scope,
      )?.map((e) => e.name)
    expect(names()).toEqual(['id', 'name', 'big', 'st'])
    expect(names('e.*')).toEqual(['id', 'name', 'big', 'st'])
    expect(names('st.*')).toEqual(['Inner'])
    expect(() => names('zz.*')).toThrow(/Cannot resolve `zz`.\* given input columns `big`, `id`, `name`, `st`/)
  })
})
