import { create } from '@bufbuild/protobuf'
import { userError } from '../../protocol/errors/runnel-error'
import type { Expression, Expression_Window, Relation } from '../../protocol/spark-connect'
import {
  AggregateSchema,
  Aggregate_GroupType,
  Aggregate_GroupingSetsSchema,
  DeduplicateSchema,
  FilterSchema,
  LimitSchema,
  OffsetSchema,
  ProjectSchema,
  RepartitionByExpressionSchema,
  SetOperationSchema,
  SetOperation_SetOpType,
  SortSchema,
  WithRelationsSchema,
} from '../../protocol/spark-connect'
import { internalCall } from '../expressions/internal-calls'
import type { Cursor } from './cursor'
import { expression, namedExpression } from './expressions'
import { fromClause, renamed, skipHints } from './from-clause'
import { alias, call, relation, sortOrder } from './messages'
import { isQueryStart } from './query-start'
import { sortItems } from './sort-items'
import { tableRead } from './table-names'
import { fillNamedWindows, windowSpec } from './windows'

/** Queries as relations: WITH, SELECT, VALUES, set operations, ORDER BY, LIMIT. */

/** A whole query; its subqueries hang beside it. */
export function query(cursor: Cursor): Relation {
  const outer = { tables: cursor.tables, subqueries: cursor.subqueries, pendingWindows: cursor.pendingWindows }
  cursor.subqueries = []
  cursor.pendingWindows = []
  withClause(cursor)
  const windows = new Map<string, Expression_Window>()
  const body = setOperation(cursor, 0, windows)
  const organised = organisation(cursor, body, windows)
  fillNamedWindows(cursor, windows)
  const references = cursor.subqueries
  Object.assign(cursor, outer)
  return references.length === 0
    ? organised
    : relation({ case: 'withRelations', value: create(WithRelationsSchema, { root: organised, references }) })
}

/** `WITH a AS (...), b (x, y) AS (...)`: each sees those before it, and hides tables of the same name. */
function withClause(cursor: Cursor): void {
  if (!cursor.accept('WITH')) return
  if (cursor.is('RECURSIVE') && cursor.peek().kind === 'word' && cursor.peek().key !== 'AS')
    throw cursor.refused('WITH RECURSIVE', 'Write the steps out, or loop in Python.', cursor.token)
  const own = new Map<string, Relation>()
  cursor.commas(() => {
    const { token } = cursor
    const name = cursor.name()
    const columns = cursor.token.key === '(' ? cursor.list(() => cursor.name()) : null
    cursor.accept('AS')
    cursor.expect('(')
    const body = query(cursor)
    cursor.expect(')')
    const key = name.toLowerCase()
    if (own.has(key)) {
      throw cursor.problem(
        token,
        'DUPLICATED_CTE_NAMES',
        `CTE definition can't have duplicate names: \`${name}\`.`,
        { duplicateNames: `\`${name}\`` },
        { sqlState: '42602', hint: 'Give each query of WITH a name of its own.' },
      )
    }
    own.set(key, columns === null ? body : renamed(body, columns))
    cursor.tables = new Map([...cursor.tables, [key, own.get(key)!]])
  })
}

const SET_OPERATIONS: Readonly<Record<string, { readonly power: number; readonly type: SetOperation_SetOpType }>> = {
  UNION: { power: 1, type: SetOperation_SetOpType.UNION },
  EXCEPT: { power: 1, type: SetOperation_SetOpType.EXCEPT },
  MINUS: { power: 1, type: SetOperation_SetOpType.EXCEPT },
  SETMINUS: { power: 1, type: SetOperation_SetOpType.EXCEPT },
  INTERSECT: { power: 2, type: SetOperation_SetOpType.INTERSECT },
}

type Windows = Map<string, Expression_Window>

function setOperation(cursor: Cursor, power: number, windows: Windows): Relation {
  let leftInput = queryPrimary(cursor, windows)
  for (;;) {
    const { key } = cursor.token
    const operation = Object.hasOwn(SET_OPERATIONS, key) ? SET_OPERATIONS[key] : undefined
    for (const word of ['UNION', 'EXCEPT', 'INTERSECT']) cursor.want(word)
    if (operation === undefined || operation.power <= power) return leftInput
    cursor.next()
    const isAll = cursor.accept('ALL')
    if (!isAll) cursor.accept('DISTINCT')
    const rightInput = setOperation(cursor, operation.power, windows)
    leftInput = relation({
      case: 'setOp',
      value: create(SetOperationSchema, { leftInput, rightInput, setOpType: operation.type, isAll }),
    })
  }
}

function queryPrimary(cursor: Cursor, windows: Windows): Relation {
  if (cursor.accept('(')) {
    const inner = query(cursor)
    cursor.expect(')')
    return inner
  }
  if (cursor.is('SELECT')) return select(cursor, windows)
  if (cursor.accept('VALUES')) return values(cursor)
  if (cursor.accept('TABLE')) return tableRead(cursor)
  if (cursor.accept('FROM')) {
    const source = fromClause(cursor)
    if (cursor.is('SELECT')) return select(cursor, windows, source)
    return project([internalCallStar()], source)
  }
  throw cursor.error()
}

function internalCallStar(): Expression {
  return {
    ...call(''),
    exprType: { case: 'unresolvedStar', value: { $typeName: 'spark.connect.Expression.UnresolvedStar' } },
  }
}

function project(expressions: Expression[], input?: Relation): Relation {
  return relation({
    case: 'project',
    value: create(ProjectSchema, { expressions, ...(input === undefined ? {} : { input }) }),
  })
}

/** Rows of VALUES: each column is an array, which finds the common type; zipped, they are the rows. */
function values(cursor: Cursor): Relation {
  const { token } = cursor
  const rows = cursor.commas(() => {
    const isRow = cursor.token.key === '('
    const value = expression(cursor)
    const kind = value.exprType
    return isRow && kind.case === 'unresolvedFunction' && kind.value.functionName === 'struct'
      ? kind.value.arguments
      : [value]
  })
  const width = rows[0].length
  const odd = rows.findIndex((row) => row.length !== width)
  if (odd >= 0) {
    throw cursor.problem(
      { start: token.start, end: cursor.previous.end },
      'INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH',
      `Invalid inline table. Inline table expected ${width} columns but found ${rows[odd].length} columns in row ${odd}.`,
      { expectedNumCols: String(width), actualNumCols: String(rows[odd].length), rowIndex: String(odd) },
      { sqlState: '42000', hint: 'Give each row of VALUES as many values as the first.' },
    )
  }
  const columns = Array.from({ length: width }, (_, i) => call('array', ...rows.map((row) => unnamed(row[i]))))
  if (width === 1) return project([alias(call('explode', columns[0]), 'col1')])
  return project([alias(call('inline', call('arrays_zip', ...columns)), ...columns.map((_, i) => `col${i + 1}`))])
}

function unnamed(value: Expression): Expression {
  return value.exprType.case === 'alias' ? value.exprType.value.expr! : value
}

function select(cursor: Cursor, windows: Windows, given?: Relation): Relation {
  cursor.expect('SELECT')
  skipHints(cursor)
  if (cursor.is('TRANSFORM') && cursor.peek().key === '(' && isScript(cursor))
    throw cursor.refused('SELECT TRANSFORM ... USING', 'Use functions on columns.', cursor.token)
  const isDistinct = cursor.accept('DISTINCT')
  if (!isDistinct && cursor.is('ALL') && cursor.peek().key !== ',' && cursor.peek().key !== 'FROM') cursor.accept('ALL')
  cursor.want('*')
  const items = cursor.commas(() => namedExpression(cursor))
  let source = given
  if (cursor.is('FROM') && given === undefined) {
    cursor.next()
    source = fromClause(cursor)
  }
  if (source === undefined) refuseTrailingComma(items)
  if (cursor.accept('WHERE')) source = filter(source, expression(cursor))
  const selected = grouped(cursor, source, items)
  if (cursor.is('QUALIFY') && cursor.peek().kind !== 'end') throw cursor.error()
  if (cursor.accept('WINDOW')) {
    cursor.commas(() => {
      const name = cursor.name().toLowerCase()
      cursor.expect('AS')
      windows.set(name, windowSpec(cursor))
    })
  }
  return isDistinct
    ? relation({ case: 'deduplicate', value: create(DeduplicateSchema, { input: selected, allColumnsAsKeys: true }) })
    : selected
}

/** `SELECT a, FROM t` reads as a column FROM with the alias t: Spark says what is meant. */
function refuseTrailingComma(items: readonly Expression[]): void {
  const last = items.length < 2 ? undefined : items.at(-1)?.exprType
  const column = last?.case === 'alias' ? last.value.expr?.exprType : undefined
  if (column?.case !== 'unresolvedAttribute' || column.value.unparsedIdentifier.toUpperCase() !== 'FROM') return
  throw userError(
    'TRAILING_COMMA_IN_SELECT',
    'Trailing comma detected in SELECT clause. Remove the trailing comma before the FROM clause.',
    { sqlState: '42601', hint: 'Remove the comma before FROM.' },
  )
}

/** `SELECT TRANSFORM (a, b) USING 'script'` starts like a call of the function transform. */
function isScript(cursor: Cursor): boolean {
  for (let distance = 1, depth = 0; ; distance++) {
    const { kind, key } = cursor.peek(distance)
    if (kind === 'end') return false
    if (key === '(') depth++
    if (key === ')' && --depth === 0) return cursor.peek(distance + 1).key === 'USING'
  }
}

function filter(input: Relation | undefined, condition: Expression): Relation {
  return relation({
    case: 'filter',
    value: create(FilterSchema, { input: input ?? project([]), condition }),
  })
}

/** GROUP BY and HAVING; without either the items are a plain projection. */
function grouped(cursor: Cursor, input: Relation | undefined, items: Expression[]): Relation {
  const groups = cursor.accept('GROUP', 'BY') ? groupBy(cursor) : null
  const having = cursor.accept('HAVING') ? expression(cursor) : null
  if (groups === null && having === null) return project(items, input)
  const aggregate = relation({
    case: 'aggregate',
    value: create(AggregateSchema, {
      input: input ?? project([]),
      groupType: groups?.type ?? Aggregate_GroupType.GROUPBY,
      groupingExpressions: groups?.keys ?? [],
      aggregateExpressions: [internalCall('select_list', ...items)],
      groupingSets: (groups?.sets ?? []).map((groupingSet) => create(Aggregate_GroupingSetsSchema, { groupingSet })),
    }),
  })
  return having === null ? aggregate : filter(aggregate, internalCall('having', having))
}

type Groups = {
  readonly type: Aggregate_GroupType
  readonly keys: Expression[]
  readonly sets: Expression[][]
}

function groupBy(cursor: Cursor): Groups {
  if (cursor.is('ALL') && !['.', '(', '['].includes(cursor.peek().key)) {
    cursor.next()
    return { type: Aggregate_GroupType.GROUPBY, keys: [internalCall('group_by_all')], sets: [] }
  }
  const key = () => internalCall('group_key', expression(cursor))
  if (cursor.is('GROUPING', 'SETS')) return groupingSets(cursor, [])
  const special = cursor.is('ROLLUP') || cursor.is('CUBE')
  if (special && cursor.peek().key === '(') {
    const type = cursor.next().key === 'ROLLUP' ? Aggregate_GroupType.ROLLUP : Aggregate_GroupType.CUBE
    return { type, keys: cursor.list(key), sets: [] }
  }
  const keys = cursor.commas(() => {
    if ((cursor.is('ROLLUP') || cursor.is('CUBE') || cursor.is('GROUPING', 'SETS')) && cursor.peek().key === '(')
      throw cursor.refused(
        'GROUP BY with a key beside ROLLUP or CUBE',
        'Write GROUPING SETS with all combinations.',
        cursor.token,
      )
    return key()
  })
  if (cursor.accept('WITH', 'ROLLUP')) return { type: Aggregate_GroupType.ROLLUP, keys, sets: [] }
  if (cursor.accept('WITH', 'CUBE')) return { type: Aggregate_GroupType.CUBE, keys, sets: [] }
  if (cursor.is('GROUPING', 'SETS')) return groupingSets(cursor, keys)
  return { type: Aggregate_GroupType.GROUPBY, keys, sets: [] }
}

function groupingSets(cursor: Cursor, given: Expression[]): Groups {
  cursor.expect('GROUPING', 'SETS')
  const one = () => internalCall('group_key', expression(cursor))
  const sets = cursor.list(() => {
    if (!cursor.accept('(')) return [one()]
    const set = cursor.is(')') ? [] : cursor.commas(one)
    cursor.expect(')')
    return set
  })
  return { type: Aggregate_GroupType.GROUPING_SETS, keys: given, sets }
}

/** ORDER BY, SORT BY, DISTRIBUTE BY, CLUSTER BY, WINDOW, LIMIT and OFFSET behind a query. */
function organisation(cursor: Cursor, body: Relation, windows: Windows): Relation {
  let input = body
  if (cursor.accept('ORDER', 'BY')) {
    input = sorted(input, orderItems(cursor), true)
  } else if (cursor.accept('CLUSTER', 'BY')) {
    const keys = cursor.commas(() => expression(cursor))
    input = sorted(
      distributed(input, keys),
      keys.map((key) => sortOrder(key)),
      false,
    )
  } else {
    if (cursor.accept('DISTRIBUTE', 'BY'))
      input = distributed(
        input,
        cursor.commas(() => expression(cursor)),
      )
    if (cursor.accept('SORT', 'BY')) input = sorted(input, sortItems(cursor), false)
  }
  if (cursor.is('WINDOW') && cursor.peek(2).key === 'AS') {
    cursor.next()
    cursor.commas(() => {
      const name = cursor.name().toLowerCase()
      cursor.expect('AS')
      windows.set(name, windowSpec(cursor))
    })
  }
  const limit = cursor.accept('LIMIT') ? (cursor.accept('ALL') ? null : count(cursor, 'limit')) : null
  const offset = cursor.accept('OFFSET') ? count(cursor, 'offset') : null
  if (offset !== null) input = relation({ case: 'offset', value: create(OffsetSchema, { input, offset }) })
  if (limit !== null) input = relation({ case: 'limit', value: create(LimitSchema, { input, limit }) })
  if (cursor.is('|>')) throw cursor.refused('the pipe operator |>', 'Write the query with SELECT.', cursor.token)
  return input
}

function orderItems(cursor: Cursor) {
  const next = cursor.peek()
  if (cursor.is('ALL') && next.key !== '.' && next.key !== '(' && next.key !== ',') {
    cursor.next()
    const descending = cursor.acceptOne('ASC', 'DESC') === 'DESC'
    const nullsFirst = cursor.accept('NULLS', 'FIRST') || (!cursor.accept('NULLS', 'LAST') && !descending)
    return [sortOrder(internalCall('order_by_all'), descending, nullsFirst)]
  }
  return sortItems(cursor).map((order) => ({ ...order, child: internalCall('order_key', order.child!) }))
}

function sorted(input: Relation, order: ReturnType<typeof sortItems>, isGlobal: boolean): Relation {
  return relation({ case: 'sort', value: create(SortSchema, { input, order, isGlobal }) })
}

function distributed(input: Relation, partitionExprs: Expression[]): Relation {
  return relation({
    case: 'repartitionByExpression',
    value: create(RepartitionByExpressionSchema, { input, partitionExprs }),
  })
}

/** Rows of LIMIT or OFFSET. */
function count(cursor: Cursor, what: 'limit' | 'offset'): number {
  const { token } = cursor
  const value = expression(cursor)
  const kind = value.exprType.case === 'literal' ? value.exprType.value.literalType : null
  if (kind?.case === 'integer') return kind.value
  if (kind?.case === 'long' && kind.value < 2n ** 31n) return Number(kind.value)
  throw cursor.refused(
    `${what.toUpperCase()} of a computed number`,
    `Write the number of rows: ${what.toUpperCase()} 10.`,
    token,
  )
}

/** A query must start here: statements that hold one say so. */
export function queryHere(cursor: Cursor): Relation {
  if (!isQueryStart(cursor)) throw cursor.error()
  return query(cursor)
}
