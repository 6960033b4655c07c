import type { Batch, Column, DataType } from '../../protocol/columns'
import { internalError } from '../../protocol/errors/runnel-error'
import type { Expression, Expression_LambdaFunction } from '../../protocol/spark-connect'
import { concatColumns } from '../batch/concat'
import { nullColumn } from '../batch/empty'
import { gatherColumn } from '../batch/gather'
import { sliceColumn } from '../batch/slice'
import { BOOLEAN, INTEGER } from '../types/atomic-types'
import type { BindEnv } from './bind-expression'
import type { EvaluationContext } from './bound'
import { implicitCast } from './casts/bind-cast'
import { sparkError, unexpectedInputType, wrongNumArgs } from './errors'
import { bothValid } from './functions/define'
import { checkedKeys } from './map-keys'
import { columnNode, columnsUsed, node } from './node'
import type { Node } from './node'
import { readerOf } from './row-values'

/**
 * Higher-order functions. A lambda's variables are extra batch columns after the scope's: the body runs once per batch
 * over all elements of all rows, with outer columns repeated by row.
 */
type Bind = (expression: Expression, env: BindEnv) => Node
type Lambda = { readonly body: Node; readonly sql: string; readonly firstColumn: number; readonly numVariables: number }
type Variable = { readonly type: DataType; readonly nullable: boolean }

const NAMES = new Set([
  'transform',
  'filter',
  'exists',
  'any',
  'forall',
  'all',
  'aggregate',
  'reduce',
  'zip_with',
  'map_filter',
  'transform_keys',
  'transform_values',
  'map_zip_with',
  'array_sort',
])

export function isHigherOrder(name: string, args: readonly Expression[]): boolean {
  return NAMES.has(name.toLowerCase()) && args.some((arg) => arg.exprType.case === 'lambdaFunction')
}

export function bindHigherOrder(givenName: string, args: readonly Expression[], env: BindEnv, bind: Bind): Node {
  const name = givenName.toLowerCase()
  const bound = args.map((arg) => (arg.exprType.case === 'lambdaFunction' ? arg.exprType.value : bind(arg, env)))
  switch (name) {
    case 'transform':
    case 'filter':
    case 'exists':
    case 'forall':
      return overArray(name, bound, env, bind)
    case 'aggregate':
    case 'reduce':
      return fold(name, bound, env, bind)
    case 'zip_with':
      return zipWith(bound, env, bind)
    case 'map_filter':
    case 'transform_keys':
    case 'transform_values':
      return overMap(name, bound, env, bind)
    case 'array_sort':
      return sortBy(bound, env, bind)
    default:
      throw sparkError(
        'UNRESOLVED_ROUTINE',
        {
          routineName: `\`${name}\``,
          searchPath: '[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]',
        },
        { hint: `${name} with a lambda does not run here yet.` },
      )
  }
}

function isLambda(value: Node | Expression_LambdaFunction | undefined): value is Expression_LambdaFunction {
  return value !== undefined && '$typeName' in value
}

function bindLambda(
  message: Node | Expression_LambdaFunction | undefined,
  variables: readonly Variable[],
  env: BindEnv,
  bind: Bind,
): Lambda {
  if (!isLambda(message) || message.function === undefined)
    throw internalError('a higher-order function without its lambda')
  const given = message.arguments.length
  if (given > variables.length) {
    throw sparkError(
      'INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH',
      { expectedNumArgs: String(given), actualNumArgs: String(variables.length) },
      { hint: `The lambda gets at most ${variables.length} arguments.` },
    )
  }
  const names = new Map(env.variables)
  message.arguments.forEach((argument, i) => {
    const name = argument.nameParts.join('.')
    const { type, nullable } = variables[i]
    const column = columnNode({ name, type, nullable }, env.numColumns + i, 'namedlambdavariable()')
    names.set(name.toLowerCase(), column)
  })
  const body = bind(message.function, { ...env, variables: names, numColumns: env.numColumns + variables.length })
  const parameters = message.arguments.map(() => 'namedlambdavariable()').join(', ')
  return {
    body,
    sql: `lambdafunction(${body.sql}, ${parameters})`,
    firstColumn: env.numColumns,
    numVariables: variables.length,
  }
}

/** Runs a lambda over `rows.length` elements: element i belongs to batch row `rows[i]`. */
function runLambda(
  lambda: Lambda,
  variables: readonly Column[],
  rows: Int32Array,
  batch: Batch,
  context: EvaluationContext,
): Column {
  const used = columnsUsed(lambda.body)
  const columns: Column[] = []
  for (let i = 0; i < lambda.firstColumn; i++) {
    columns.push(used.has(i) ? gatherColumn(batch.columns[i], rows) : nullColumn({ kind: 'void' }, 0))
  }
  columns.push(...variables)
  return lambda.body.evaluate({ schema: batch.schema, numRows: rows.length, columns }, context)
}

type Elements = {
  readonly offsets: Int32Array
  readonly rows: Int32Array
  readonly start: number
  readonly end: number
}

/** The elements of all valid rows in order, and the row each belongs to; NULL rows have none. */
function elementsOf(
  column: Extract<Column, { offsets: Int32Array; layout: 'list' | 'map' }>,
): Elements & { readonly picks: Int32Array } {
  const { length, validity } = column
  const offsets = new Int32Array(length + 1)
  for (let i = 0; i < length; i++) {
    const size = validity !== null && validity[i] === 0 ? 0 : column.offsets[i + 1] - column.offsets[i]
    offsets[i + 1] = offsets[i] + size
  }
  const rows = new Int32Array(offsets[length])
  const picks = new Int32Array(offsets[length])
  for (let i = 0; i < length; i++) {
    for (let at = offsets[i], from = column.offsets[i]; at < offsets[i + 1]; at++, from++) {
      rows[at] = i
      picks[at] = from
    }
  }
  return { offsets, rows, start: 0, end: rows.length, picks }
}

function positions(offsets: Int32Array, length: number): Column {
  const values = new Int32Array(offsets[length])
  for (let i = 0; i < length; i++) for (let at = offsets[i]; at < offsets[i + 1]; at++) values[at] = at - offsets[i]
  return { layout: 'fixed', type: INTEGER, length: values.length, validity: null, values }
}

type Given = readonly (Node | Expression_LambdaFunction)[]

function arrayArgument(
  name: string,
  given: Given,
  lambdaSql: string,
): Node & { readonly type: Extract<DataType, { kind: 'array' }> } {
  const child = given[0]
  if (child === undefined || isLambda(child)) throw internalError(`${name} needs an array first`)
  if (child.type.kind !== 'array') throw unexpectedInputType(`${name}(${child.sql}, ${lambdaSql})`, 0, '"ARRAY"', child)
  return child as Node & { readonly type: Extract<DataType, { kind: 'array' }> }
}

function overArray(name: string, given: Given, env: BindEnv, bind: Bind): Node {
  if (given.length !== 2) throw wrongNumArgs(name, '2', given.length)
  const child = arrayArgument(name, given, 'lambda')
  const { elementType, containsNull } = child.type
  const lambda = bindLambda(
    given[1],
    [
      { type: elementType, nullable: containsNull },
      { type: INTEGER, nullable: false },
    ],
    env,
    bind,
  )
  const sql = `${name}(${child.sql}, ${lambda.sql})`
  const isTest = name !== 'transform'
  if (isTest && lambda.body.type.kind !== 'boolean')
    throw unexpectedInputType(sql, 1, '"BOOLEAN"', { sql: lambda.sql, type: lambda.body.type })
  const type: DataType =
    name === 'transform'
      ? { kind: 'array', elementType: lambda.body.type, containsNull: lambda.body.nullable }
      : name === 'filter'
        ? child.type
        : BOOLEAN
  return node({
    type,
    nullable: child.nullable || ((name === 'exists' || name === 'forall') && lambda.body.nullable),
    sql,
    children: [child, outer(lambda)],
    evaluate(batch, context) {
      const column = child.evaluate(batch, context)
      if (column.layout !== 'list') return nullColumn(type, batch.numRows)
      const elements = elementsOf(column)
      const values = gatherColumn(column.child, elements.picks)
      const result = runLambda(
        lambda,
        [values, positions(elements.offsets, column.length)],
        elements.rows,
        batch,
        context,
      )
      if (name === 'transform')
        return {
          layout: 'list',
          type: type as Extract<DataType, { kind: 'array' }>,
          length: column.length,
          validity: column.validity,
          offsets: elements.offsets,
          child: result,
        }
      if (name === 'filter') return keepElements(column, values, elements, result)
      return testElements(name === 'exists', column, elements, result)
    },
  })
}

/** The lambda body as a child that shows its outer columns only. */
function outer(lambda: Lambda): Node {
  const used = [...columnsUsed(lambda.body)].filter((index) => index < lambda.firstColumn)
  const columns = used.map((index) => columnNode({ name: '', type: lambda.body.type, nullable: true }, index))
  return node({
    type: lambda.body.type,
    nullable: lambda.body.nullable,
    sql: lambda.sql,
    children: columns,
    isConstant: columns.length === 0 && lambda.body.isDeterministic,
    isDeterministic: lambda.body.isDeterministic,
    evaluate: () => {
      throw internalError('a lambda is not evaluated by itself')
    },
  })
}

function isTrue(column: Column, row: number): boolean {
  return (
    column.layout === 'fixed' && column.values[row] === 1 && (column.validity === null || column.validity[row] === 1)
  )
}

function keepElements(
  column: Extract<Column, { layout: 'list' }>,
  values: Column,
  elements: Elements,
  keep: Column,
): Column {
  const offsets = new Int32Array(column.length + 1)
  const picks: number[] = []
  for (let i = 0; i < column.length; i++) {
    for (let at = elements.offsets[i]; at < elements.offsets[i + 1]; at++) if (isTrue(keep, at)) picks.push(at)
    offsets[i + 1] = picks.length
  }
  return {
    layout: 'list',
    type: column.type,
    length: column.length,
    validity: column.validity,
    offsets,
    child: gatherColumn(values, Int32Array.from(picks)),
  }
}

/** exists and forall with SQL's three values. */
function testElements(wanted: boolean, column: Column, elements: Elements, test: Column): Column {
  const { length } = column
  const values = new Uint8Array(length)
  const validity = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    let unknown = false
    let decided = false
    for (let at = elements.offsets[i]; at < elements.offsets[i + 1]; at++) {
      if (test.layout === 'void' || (test.validity !== null && test.validity[at] === 0)) unknown = true
      else if (isTrue(test, at) === wanted) decided = true
    }
    values[i] = decided === wanted ? 1 : 0
    const isNull = column.layout === 'void' || (column.validity !== null && column.validity[i] === 0)
    validity[i] = !isNull && (decided || !unknown) ? 1 : 0
  }
  return { layout: 'fixed', type: BOOLEAN, length, validity, values }
}

/** aggregate: one step per element position, all rows that still have one at once. */
function fold(name: string, given: Given, env: BindEnv, bind: Bind): Node {
  const child = arrayArgument(name, given, 'lambda')
  const zero = given[1]
  if (zero === undefined || isLambda(zero)) throw internalError('aggregate needs a start value')
  const { elementType, containsNull } = child.type
  const merge = bindLambda(
    given[2],
    [
      { type: zero.type, nullable: true },
      { type: elementType, nullable: containsNull },
    ],
    env,
    bind,
  )
  const finish =
    given[3] === undefined ? null : bindLambda(given[3], [{ type: merge.body.type, nullable: true }], env, bind)
  const type = finish === null ? merge.body.type : finish.body.type
  const identity = 'lambdafunction(namedlambdavariable(), namedlambdavariable())'
  const sql = `${name}(${child.sql}, ${zero.sql}, ${merge.sql}, ${finish?.sql ?? identity})`
  const { kind } = zero.type
  if (kind !== merge.body.type.kind)
    throw unexpectedInputType(sql, 2, `"${kind.toUpperCase()}"`, { sql: merge.sql, type: merge.body.type })
  return node({
    type,
    nullable: true,
    sql,
    children: [child, zero, outer(merge), ...(finish ? [outer(finish)] : [])],
    evaluate(batch, context) {
      const column = child.evaluate(batch, context)
      if (column.layout !== 'list') return nullColumn(type, batch.numRows)
      const result = foldRows(
        column,
        implicitCast(zero, merge.body.type).evaluate(batch, context),
        merge,
        batch,
        context,
      )
      const all = Int32Array.from({ length: batch.numRows }, (_, i) => i)
      const done = finish === null ? result : runLambda(finish, [result], all, batch, context)
      return gatherColumn(
        done,
        all.map((i) => (column.validity !== null && column.validity[i] === 0 ? -1 : i)),
      )
    },
  })
}

function foldRows(
  column: Extract<Column, { layout: 'list' }>,
  start: Column,
  merge: Lambda,
  batch: Batch,
  context: EvaluationContext,
): Column {
  const elements = elementsOf(column)
  const values = gatherColumn(column.child, elements.picks)
  const steps: { rows: Int32Array; column: Column }[] = []
  // Rows leave when their array ends; what they reached stays in an earlier step.
  const place = new Int32Array(column.length).fill(-1)
  const slot = new Int32Array(column.length)
  let state = start
  let rows = Int32Array.from({ length: column.length }, (_, i) => i)
  for (let position = 0; ; position++) {
    const going = rows
      .map((row, i) => (elements.offsets[row] + position < elements.offsets[row + 1] ? i : -1))
      .filter((i) => i >= 0)
    if (going.length === 0) break
    const next = going.map((i) => rows[i])
    const taken = gatherColumn(
      values,
      next.map((row) => elements.offsets[row] + position),
    )
    state = runLambda(merge, [gatherColumn(state, going), taken], next, batch, context)
    steps.push({ rows: next, column: state })
    next.forEach((row, i) => {
      place[row] = steps.length - 1
      slot[row] = i
    })
    rows = next
  }
  return pickFromSteps(
    start,
    steps.map((step) => step.column),
    place,
    slot,
  )
}

function pickFromSteps(start: Column, steps: readonly Column[], place: Int32Array, slot: Int32Array): Column {
  const starts = [0]
  const parts = [start, ...steps]
  for (const part of parts) starts.push(starts.at(-1)! + part.length)
  const picks = place.map((step, row) => (step < 0 ? row : starts[step + 1] + slot[row]))
  return gatherColumn(concatAll(parts), picks)
}

function concatAll(parts: readonly Column[]): Column {
  return concatColumns(parts[parts.length - 1].type, parts)
}

function zipWith(given: Given, env: BindEnv, bind: Bind): Node {
  const [a, b] = [arrayArgument('zip_with', given, 'lambda'), arrayArgument('zip_with', given.slice(1), 'lambda')]
  const lambda = bindLambda(
    given[2],
    [
      { type: a.type.elementType, nullable: true },
      { type: b.type.elementType, nullable: true },
    ],
    env,
    bind,
  )
  const type: DataType = { kind: 'array', elementType: lambda.body.type, containsNull: lambda.body.nullable }
  return node({
    type,
    nullable: a.nullable || b.nullable,
    sql: `zip_with(${a.sql}, ${b.sql}, ${lambda.sql})`,
    children: [a, b, outer(lambda)],
    evaluate(batch, context) {
      const [left, right] = [a.evaluate(batch, context), b.evaluate(batch, context)]
      if (left.layout !== 'list' || right.layout !== 'list') return nullColumn(type, batch.numRows)
      const validity = bothNotNull(left, right, batch.numRows)
      const offsets = new Int32Array(batch.numRows + 1)
      const [x, y, rows]: [number[], number[], number[]] = [[], [], []]
      for (let i = 0; i < batch.numRows; i++) {
        if (validity === null || validity[i] === 1) {
          const [m, n] = [left.offsets[i + 1] - left.offsets[i], right.offsets[i + 1] - right.offsets[i]]
          for (let k = 0; k < Math.max(m, n); k++) {
            x.push(k < m ? left.offsets[i] + k : -1)
            y.push(k < n ? right.offsets[i] + k : -1)
            rows.push(i)
          }
        }
        offsets[i + 1] = rows.length
      }
      const values = [gatherColumn(left.child, Int32Array.from(x)), gatherColumn(right.child, Int32Array.from(y))]
      return {
        layout: 'list',
        type,
        length: batch.numRows,
        validity,
        offsets,
        child: runLambda(lambda, values, Int32Array.from(rows), batch, context),
      }
    },
  })
}

function bothNotNull(a: Column, b: Column, length: number): Uint8Array | null {
  return bothValid(a.validity, b.validity, length)
}

function overMap(name: string, given: Given, env: BindEnv, bind: Bind): Node {
  const child = given[0]
  if (child === undefined || isLambda(child)) throw internalError(`${name} needs a map first`)
  if (child.type.kind !== 'map') throw unexpectedInputType(`${name}(${child.sql}, lambda)`, 0, '"MAP"', child)
  const { keyType, valueType, valueContainsNull } = child.type
  const lambda = bindLambda(
    given[1],
    [
      { type: keyType, nullable: false },
      { type: valueType, nullable: valueContainsNull },
    ],
    env,
    bind,
  )
  const { body } = lambda
  const type: Extract<DataType, { kind: 'map' }> =
    name === 'map_filter'
      ? child.type
      : name === 'transform_keys'
        ? { ...child.type, keyType: body.type }
        : { ...child.type, valueType: body.type, valueContainsNull: body.nullable }
  return node({
    type,
    nullable: child.nullable,
    sql: `${name}(${child.sql}, ${lambda.sql})`,
    children: [child, outer(lambda)],
    evaluate(batch, context) {
      const column = child.evaluate(batch, context)
      if (column.layout !== 'map') return nullColumn(type, batch.numRows)
      const elements = elementsOf(column)
      const [keys, values] = [gatherColumn(column.keys, elements.picks), gatherColumn(column.values, elements.picks)]
      const result = runLambda(lambda, [keys, values], elements.rows, batch, context)
      const shared = { layout: 'map', type, length: column.length, validity: column.validity } as const
      if (name === 'transform_values') return { ...shared, offsets: elements.offsets, keys, values: result }
      if (name === 'transform_keys')
        return {
          ...shared,
          offsets: elements.offsets,
          keys: checkedKeys(result, elements.offsets, column.length),
          values,
        }
      const offsets = new Int32Array(column.length + 1)
      const picks: number[] = []
      for (let i = 0; i < column.length; i++) {
        for (let at = elements.offsets[i]; at < elements.offsets[i + 1]; at++) if (isTrue(result, at)) picks.push(at)
        offsets[i + 1] = picks.length
      }
      const kept = Int32Array.from(picks)
      return { ...shared, offsets, keys: gatherColumn(keys, kept), values: gatherColumn(values, kept) }
    },
  })
}

/** array_sort with a comparator: the lambda sees all pairs a merge sort asks for, one row at a time. */
function sortBy(given: Given, env: BindEnv, bind: Bind): Node {
  const child = arrayArgument('array_sort', given, 'lambda')
  const { elementType } = child.type
  const lambda = bindLambda(
    given[1],
    [
      { type: elementType, nullable: child.type.containsNull },
      { type: elementType, nullable: child.type.containsNull },
    ],
    env,
    bind,
  )
  return node({
    type: child.type,
    nullable: child.nullable,
    sql: `array_sort(${child.sql}, ${lambda.sql})`,
    children: [child, outer(lambda)],
    evaluate(batch, context) {
      const column = child.evaluate(batch, context)
      if (column.layout !== 'list') return nullColumn(child.type, batch.numRows)
      const elements = elementsOf(column)
      const picks: number[] = []
      for (let i = 0; i < column.length; i++) {
        const own = Array.from(
          { length: elements.offsets[i + 1] - elements.offsets[i] },
          (_, k) => elements.picks[elements.offsets[i] + k],
        )
        const order = (x: number, y: number) => {
          const pair = [sliceColumn(column.child, x, x + 1), sliceColumn(column.child, y, y + 1)]
          const result = readerOf(runLambda(lambda, pair, Int32Array.of(i), batch, context))(0)
          return Number(result)
        }
        picks.push(...own.sort(order))
      }
      return { ...column, offsets: elements.offsets, child: gatherColumn(column.child, Int32Array.from(picks)) }
    },
  })
}
