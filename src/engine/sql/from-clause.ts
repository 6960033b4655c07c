import type { Expression, Relation } from '../../protocol/spark-connect'
import { Join_JoinType } from '../../protocol/spark-connect'
import { create } from '@bufbuild/protobuf'
import {
  JoinSchema,
  ProjectSchema,
  RangeSchema,
  RelationSchema,
  SampleSchema,
  LimitSchema,
  SubqueryAliasSchema,
  ToDFSchema,
} from '../../protocol/spark-connect'
import { internalCall } from '../expressions/internal-calls'
import type { Cursor } from './cursor'
import { stopsAlias } from './expressions'
import { alias, call, relation, star } from './messages'
import { isQueryStart } from './query-start'
import { tableRead } from './table-names'

/** FROM: tables, subqueries, joins, LATERAL VIEW, table functions, samples. */

const TABLE_STOPS = new Set(
  (
    'FROM WHERE GROUP HAVING ORDER SORT CLUSTER DISTRIBUTE LIMIT OFFSET UNION INTERSECT EXCEPT MINUS WINDOW LATERAL ' +
    'QUALIFY ON USING JOIN INNER CROSS LEFT RIGHT FULL SEMI ANTI NATURAL PIVOT UNPIVOT TABLESAMPLE SELECT SET WHEN ' +
    'VALUES FOR VERSION TIMESTAMP SYSTEM_VERSION SYSTEM_TIME WITH MATCH_RECOGNIZE'
  ).split(' '),
)
/** These never name a table, whatever follows. */
const STRICT = new Set(
  'ANTI CROSS EXCEPT FULL INNER INTERSECT JOIN LATERAL LEFT NATURAL ON RIGHT SEMI UNION USING'.split(' '),
)

export function fromClause(cursor: Cursor): Relation {
  let source = joined(cursor)
  while (cursor.accept(',')) {
    if (cursor.is('LATERAL')) source = lateral(cursor, source, false)
    else source = join(source, joined(cursor), Join_JoinType.INNER)
  }
  while (cursor.is('LATERAL', 'VIEW')) source = lateralView(cursor, source)
  if (cursor.is('PIVOT') && cursor.peek().key === '(')
    throw cursor.refused(
      'PIVOT',
      'Write one FILTER aggregate a column: sum(v) FILTER (WHERE k = 1) AS k1.',
      cursor.token,
    )
  if (cursor.is('UNPIVOT') && cursor.peek().kind !== 'end' && cursor.peek().key !== ',')
    throw cursor.refused('UNPIVOT', "Use LATERAL VIEW stack(2, 'a', a, 'b', b) AS name, value.", cursor.token)
  return source
}

function joined(cursor: Cursor): Relation {
  let left = tablePrimary(cursor)
  for (;;) {
    const isNatural = cursor.is('NATURAL')
    const start = cursor.position
    if (isNatural) cursor.next()
    const type = joinType(cursor)
    if (type === null) {
      cursor.rewind(start)
      return left
    }
    if (cursor.is('LATERAL')) {
      left = lateral(cursor, left, type === Join_JoinType.LEFT_OUTER)
      continue
    }
    const right = tablePrimary(cursor)
    if (isNatural) left = join(left, right, type, internalCall('natural_join'))
    else if (cursor.accept('ON')) left = join(left, right, type, cursor.grammar.expression(cursor))
    else if (cursor.is('USING') && cursor.peek().key === '(') {
      cursor.next()
      left = join(
        left,
        right,
        type,
        undefined,
        cursor.list(() => cursor.name()),
      )
    } else left = join(left, right, type)
  }
}

/** Reads `LEFT OUTER JOIN` and the like; null, with nothing decided, when no join starts here. */
function joinType(cursor: Cursor): Join_JoinType | null {
  if (cursor.accept('JOIN') || cursor.accept('INNER', 'JOIN')) return Join_JoinType.INNER
  if (cursor.accept('CROSS', 'JOIN')) return Join_JoinType.CROSS
  for (const [side, type] of [
    ['LEFT', Join_JoinType.LEFT_OUTER],
    ['RIGHT', Join_JoinType.RIGHT_OUTER],
    ['FULL', Join_JoinType.FULL_OUTER],
  ] as const)
    if (cursor.accept(side, 'JOIN') || cursor.accept(side, 'OUTER', 'JOIN')) return type
  for (const [side, type] of [
    ['SEMI', Join_JoinType.LEFT_SEMI],
    ['ANTI', Join_JoinType.LEFT_ANTI],
  ] as const)
    if (cursor.accept('LEFT', side, 'JOIN') || cursor.accept(side, 'JOIN')) return type
  return null
}

function join(
  left: Relation,
  right: Relation,
  joinType: Join_JoinType,
  joinCondition?: Expression,
  usingColumns: string[] = [],
): Relation {
  const value = create(JoinSchema, { left, right, joinType, usingColumns, ...(joinCondition ? { joinCondition } : {}) })
  return relation({ case: 'join', value })
}

function tablePrimary(cursor: Cursor): Relation {
  if (cursor.token.key === '(') return parenthesised(cursor)
  if (cursor.is('VALUES') && isQueryStart(cursor)) return aliased(cursor, cursor.grammar.query(cursor))
  if (cursor.is('LATERAL'))
    throw cursor.refused('LATERAL in front of the first table', 'Put a table before it.', cursor.token)
  if (cursor.is('STREAM') && (cursor.peek().kind === 'word' || cursor.peek().key === '(')) {
    cursor.next()
    const inParentheses = cursor.accept('(')
    const stream = tableRead(cursor, true)
    if (inParentheses) cursor.expect(')')
    return aliased(cursor, stream)
  }
  cursor.want('table')
  if (!cursor.isName()) throw cursor.error()
  if (cursor.peek().key === '(' && cursor.token.key !== 'IDENTIFIER') return tableFunction(cursor)
  if (cursor.peek().key !== '.' && cursor.peek().key !== '@') {
    const table = cursor.tables.get(cursor.token.text.replaceAll('`', '').toLowerCase())
    if (table !== undefined) {
      const name = cursor.name()
      return aliased(cursor, subqueryAlias(table, name))
    }
  }
  return aliased(cursor, tableRead(cursor))
}

function parenthesised(cursor: Cursor): Relation {
  cursor.expect('(')
  if (isQueryStart(cursor)) {
    const inner = cursor.grammar.query(cursor)
    if (cursor.token.kind === 'end') throw cursor.error(cursor.token, ": missing ')'")
    cursor.expect(')')
    return aliased(cursor, inner, AUTO_NAME)
  }
  const inner = fromClause(cursor)
  cursor.expect(')')
  return aliased(cursor, inner)
}

/** What Spark calls a subquery without an alias. */
const AUTO_NAME = '__auto_generated_subquery_name'

/** `[TABLESAMPLE ...] [[AS] name [(column, ...)]]` */
export function aliased(cursor: Cursor, given: Relation, defaultName?: string): Relation {
  let source = cursor.is('TABLESAMPLE') && cursor.peek().key === '(' ? sampled(cursor, given) : given
  const name = aliasName(cursor)
  if (name === null) return defaultName === undefined ? source : subqueryAlias(source, defaultName)
  if (cursor.token.key === '(')
    source = renamed(
      source,
      cursor.list(() => cursor.name()),
    )
  return subqueryAlias(source, name)
}

function aliasName(cursor: Cursor): string | null {
  if (cursor.accept('AS')) return cursor.name()
  if (!cursor.isName() || stopsTableAlias(cursor)) return null
  return cursor.name()
}

function stopsTableAlias(cursor: Cursor): boolean {
  const { token } = cursor
  if (token.kind !== 'word') return false
  return STRICT.has(token.key) || stopsAlias(cursor, TABLE_STOPS)
}

export function subqueryAlias(input: Relation, name: string): Relation {
  return relation({ case: 'subqueryAlias', value: create(SubqueryAliasSchema, { input, alias: name }) })
}

export function renamed(input: Relation, columnNames: string[]): Relation {
  return relation({ case: 'toDf', value: create(ToDFSchema, { input, columnNames }) })
}

function sampled(cursor: Cursor, input: Relation): Relation {
  cursor.expect('TABLESAMPLE', '(')
  if (cursor.is('BUCKET') && cursor.peek().kind === 'number') {
    cursor.next()
    const share = Number(cursor.next().text)
    cursor.expect('OUT', 'OF')
    const of = Number(cursor.next().text)
    cursor.expect(')')
    return sample(cursor, input, share / of)
  }
  const { token } = cursor
  if (token.kind !== 'number') throw cursor.error()
  cursor.next()
  const amount = Number(token.text)
  if (cursor.accept('ROWS')) {
    cursor.expect(')')
    return relation({ case: 'limit', value: create(LimitSchema, { input, limit: amount }) })
  }
  cursor.expect('PERCENT')
  cursor.expect(')')
  if (amount > 100) {
    throw cursor.problem(
      token,
      '_LEGACY_ERROR_TEMP_0064',
      `Sampling fraction (${amount / 100}) must be on interval [0, 1]`,
    )
  }
  return sample(cursor, input, amount / 100)
}

function sample(cursor: Cursor, input: Relation, upperBound: number): Relation {
  let seed = 0n
  if (cursor.accept('REPEATABLE')) {
    cursor.expect('(')
    seed = BigInt(cursor.next().text)
    cursor.expect(')')
  }
  return relation({
    case: 'sample',
    value: create(SampleSchema, { input, lowerBound: 0, upperBound, withReplacement: false, seed }),
  })
}

/** `LATERAL VIEW [OUTER] explode(x) t AS a, b` */
function lateralView(cursor: Cursor, input: Relation): Relation {
  cursor.expect('LATERAL', 'VIEW')
  const isOuter = cursor.accept('OUTER')
  const generator = cursor.grammar.expression(cursor)
  const name = cursor.is('AS') ? '' : cursor.name()
  const columns = cursor.accept('AS')
    ? cursor.commas(() => cursor.name())
    : cursor.isName() && !stopsTableAlias(cursor)
      ? cursor.commas(() => cursor.name())
      : []
  return generated(cursor, input, generator, isOuter, name, columns)
}

/** `LATERAL explode(x) AS t(a)`; the cursor stands on LATERAL. */
function lateral(cursor: Cursor, input: Relation, isOuter: boolean): Relation {
  const start = cursor.token
  cursor.expect('LATERAL')
  if (cursor.token.key === '(')
    throw cursor.refused(
      'LATERAL subqueries',
      'Join the tables and aggregate, or use LATERAL VIEW explode(...).',
      start,
    )
  const generator = cursor.grammar.expression(cursor)
  const name = aliasName(cursor) ?? ''
  const columns = cursor.token.key === '(' ? cursor.list(() => cursor.name()) : []
  if (cursor.is('ON') && cursor.peek().key === 'TRUE') cursor.expect('ON', 'TRUE')
  return generated(cursor, input, generator, isOuter, name, columns)
}

function generated(
  cursor: Cursor,
  input: Relation,
  generator: Expression,
  isOuter: boolean,
  name: string,
  columns: string[],
): Relation {
  const kind = generator.exprType
  if (kind.case !== 'unresolvedFunction') throw cursor.error(cursor.previous)
  const { functionName, arguments: args } = kind.value
  const outer = isOuter && !functionName.toLowerCase().endsWith('_outer') ? `${functionName}_outer` : functionName
  const view = internalCall('lateral_view', call(outer, ...args), call(name))
  return relation({
    case: 'project',
    value: create(ProjectSchema, { input, expressions: [star(), columns.length > 0 ? alias(view, ...columns) : view] }),
  })
}

/** `range(10)`, `explode(array(1, 2))`: a function in place of a table. */
function tableFunction(cursor: Cursor): Relation {
  const { token } = cursor
  const function_ = cursor.grammar.expression(cursor)
  const kind = function_.exprType
  if (kind.case !== 'unresolvedFunction') throw cursor.error(token)
  const name = kind.value.functionName.toLowerCase()
  const args = kind.value.arguments
  if (name === 'range') return aliased(cursor, rangeOf(cursor, args))
  const tableAlias = aliasName(cursor)
  const columns = tableAlias !== null && cursor.token.key === '(' ? cursor.list(() => cursor.name()) : []
  const expressions = [columns.length > 0 ? alias(function_, ...columns) : function_]
  const source = relation({ case: 'project', value: create(ProjectSchema, { expressions }) })
  return tableAlias === null ? source : subqueryAlias(source, tableAlias)
}

function rangeOf(cursor: Cursor, args: readonly Expression[]): Relation {
  const numbers = args.map((arg) => {
    const value = arg.exprType.case === 'literal' ? arg.exprType.value.literalType : null
    if (value?.case === 'integer') return BigInt(value.value)
    if (value?.case === 'long') return value.value
    throw cursor.refused('range() of computed numbers', 'Write the numbers themselves.')
  })
  if (numbers.length === 0 || numbers.length > 4) {
    throw cursor.problem(
      cursor.previous,
      'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
      `The \`range\` requires [1, 2, 3, 4] parameters but the actual number is ${numbers.length}. Please, refer to 'https://spark.apache.org/docs/latest/sql-ref-functions.html' for a fix.`,
      { functionName: '`range`', expectedNum: '[1, 2, 3, 4]', actualNum: String(numbers.length) },
      { sqlState: '42605', hint: 'range(end), range(start, end) or range(start, end, step).' },
    )
  }
  const [start, end] = numbers.length === 1 ? [0n, numbers[0]] : numbers
  return create(RelationSchema, {
    relType: { case: 'range', value: create(RangeSchema, { start, end, step: numbers[2] ?? 1n }) },
  })
}

/** Hints between `/*+` and its end change neither rows nor schema here: they are read over. */
export function skipHints(cursor: Cursor): void {
  while (cursor.accept('/*+')) {
    while (!cursor.accept('*/')) {
      if (cursor.token.kind === 'end') throw cursor.error()
      cursor.next()
    }
  }
}
