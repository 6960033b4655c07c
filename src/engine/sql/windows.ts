import { create } from '@bufbuild/protobuf'
import type {
  Expression,
  Expression_Window,
  Expression_Window_WindowFrame_FrameBoundary,
} from '../../protocol/spark-connect'
import {
  ExpressionSchema,
  Expression_WindowSchema,
  Expression_Window_WindowFrameSchema,
  Expression_Window_WindowFrame_FrameBoundarySchema,
  Expression_Window_WindowFrame_FrameType,
} from '../../protocol/spark-connect'
import type { Cursor } from './cursor'
import { call } from './messages'
import { sortItems } from './sort-items'

type Boundary = Expression_Window_WindowFrame_FrameBoundary

/** `OVER (...)` or `OVER w`, behind a function call; the cursor stands behind OVER. */
export function overClause(cursor: Cursor, windowFunction: Expression): Expression {
  const { token } = cursor
  const window = cursor.token.key === '(' ? windowSpec(cursor) : create(Expression_WindowSchema)
  if (token.key !== '(') {
    const name = cursor.name()
    cursor.pendingWindows.push({ name: name.toLowerCase(), token, window })
  }
  window.windowFunction = windowFunction
  return create(ExpressionSchema, { exprType: { case: 'window', value: window } })
}

/** `([name] [PARTITION BY ...] [ORDER BY ...] [ROWS|RANGE ...])` */
export function windowSpec(cursor: Cursor): Expression_Window {
  cursor.expect('(')
  const window = create(Expression_WindowSchema)
  if (cursor.isName() && cursor.peek().key === ')') {
    const { token } = cursor
    cursor.pendingWindows.push({ name: cursor.name().toLowerCase(), token, window })
    cursor.expect(')')
    return window
  }
  const isCluster = cursor.accept('CLUSTER', 'BY')
  if (isCluster || cursor.accept('PARTITION', 'BY') || cursor.accept('DISTRIBUTE', 'BY'))
    window.partitionSpec = cursor.commas(() => cursor.grammar.expression(cursor))
  if (!isCluster && (cursor.accept('ORDER', 'BY') || cursor.accept('SORT', 'BY'))) window.orderSpec = sortItems(cursor)
  const frame = cursor.acceptOne('ROWS', 'RANGE')
  if (frame !== null) {
    const isBetween = cursor.accept('BETWEEN')
    const lower = boundary(cursor)
    const upper = isBetween ? (cursor.expect('AND'), boundary(cursor)) : currentRow()
    const { ROW, RANGE } = Expression_Window_WindowFrame_FrameType
    window.frameSpec = create(Expression_Window_WindowFrameSchema, {
      frameType: frame === 'ROWS' ? ROW : RANGE,
      lower,
      upper,
    })
  }
  cursor.expect(')')
  return window
}

/**
 * Connect knows only `unbounded` and which end it stands at; a value below zero precedes. UNBOUNDED FOLLOWING as the lower end
 * has no message, and Spark refuses it as well.
 */
function boundary(cursor: Cursor): Boundary {
  const { token } = cursor
  if (cursor.accept('UNBOUNDED')) {
    if (cursor.acceptOne('PRECEDING', 'FOLLOWING') === null) throw cursor.error()
    return create(Expression_Window_WindowFrame_FrameBoundarySchema, { boundary: { case: 'unbounded', value: true } })
  }
  if (cursor.accept('CURRENT', 'ROW')) return currentRow()
  const value = cursor.grammar.expression(cursor)
  const direction = cursor.acceptOne('PRECEDING', 'FOLLOWING')
  if (direction === null) throw cursor.error()
  if (value.exprType.case === 'unresolvedAttribute') {
    throw cursor.problem(
      token,
      '_LEGACY_ERROR_TEMP_0064',
      'Frame bound value must be a literal.',
      {},
      {
        hint: 'Give a number, or an INTERVAL for RANGE over a time.',
      },
    )
  }
  return create(Expression_Window_WindowFrame_FrameBoundarySchema, {
    boundary: { case: 'value', value: direction === 'PRECEDING' ? negated(value) : value },
  })
}

function currentRow(): Boundary {
  return create(Expression_Window_WindowFrame_FrameBoundarySchema, { boundary: { case: 'currentRow', value: true } })
}

function negated(value: Expression): Expression {
  return call('-', value)
}

/** Gives the named windows used in a select list their definition. `definitions` by lower-case name. */
export function fillNamedWindows(cursor: Cursor, definitions: ReadonlyMap<string, Expression_Window>): void {
  for (const { name, token, window } of cursor.pendingWindows) {
    const definition = definitions.get(name)
    if (definition === undefined) {
      throw cursor.analysisProblem(
        token,
        'MISSING_WINDOW_SPECIFICATION',
        `Window specification is not defined in the WINDOW clause for ${token.text}. For more information about WINDOW clauses, please refer to 'https://spark.apache.org/docs/latest/sql-ref-syntax-qry-select-window.html'.`,
        { windowName: token.text, docroot: 'https://spark.apache.org/docs/latest' },
        {
          sqlState: '42P20',
          hint: `Write WINDOW ${token.text} AS (PARTITION BY ...) behind the query, or OVER (...).`,
        },
      )
    }
    window.partitionSpec = definition.partitionSpec
    window.orderSpec = definition.orderSpec
    window.frameSpec = definition.frameSpec
  }
  cursor.pendingWindows = []
}
