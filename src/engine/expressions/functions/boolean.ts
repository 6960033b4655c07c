import type { Batch, Column } from '../../../protocol/columns'
import { BOOLEAN } from '../../types/atomic-types'
import type { EvaluationContext } from '../bound'
import { implicitCast } from '../casts/bind-cast'
import { unexpectedInputType } from '../errors'
import { node } from '../node'
import type { Node } from '../node'
import { evaluateOnRows } from '../select-rows'
import { diffTypes, wrongType } from './arithmetic'
import { bindComparison, not } from './comparison'
import type { FunctionCall, FunctionEntry } from './define'

/** AND and OR by Kleene's rule; the right side sees only rows the left side leaves open. */
export function bindLogical(operator: 'AND' | 'OR', call: Pick<FunctionCall, 'args'>): Node {
  const [left, right] = (call.args as readonly [Node, Node]).map(voidToBoolean) as [Node, Node]
  const sql = `(${left.sql} ${operator} ${right.sql})`
  const [a, b] = [asBoolean(left, right), asBoolean(right, left)]
  if (a.type.kind !== b.type.kind) throw diffTypes(sql, a, b)
  if (a.type.kind !== 'boolean') throw wrongType(sql, '"BOOLEAN"', a)
  return node({
    type: BOOLEAN,
    nullable: a.nullable || b.nullable,
    sql,
    children: [a, b],
    neverFails: a.neverFails && b.neverFails,
    evaluate: (batch, context) => logical(operator === 'AND' ? 0 : 1, a, b, batch, context),
  })
}

function voidToBoolean(operand: Node): Node {
  return operand.type.kind === 'void' ? implicitCast(operand, BOOLEAN) : operand
}

function asBoolean(operand: Node, other: Node): Node {
  return operand.type.kind === 'string' && other.type.kind === 'boolean' ? implicitCast(operand, BOOLEAN) : operand
}

/** `decides` is the value that settles the row alone: 0 for AND, 1 for OR. */
function logical(decides: 0 | 1, a: Node, b: Node, batch: Batch, context: EvaluationContext): Column {
  const { numRows } = batch
  const left = a.evaluate(batch, context)
  const open = new Int32Array(numRows)
  let count = 0
  for (let i = 0; i < numRows; i++) if (!isDecided(left, i, decides)) open[count++] = i
  const values = new Uint8Array(numRows).fill(decides)
  let validity: Uint8Array | null = null
  if (count === 0) return { layout: 'fixed', type: BOOLEAN, length: numRows, validity, values }
  const everyRow = b.neverFails || count === numRows
  const right = everyRow ? b.evaluate(batch, context) : evaluateOnRows(b, batch, open, count, context)
  for (let k = 0; k < count; k++) {
    const row = open[k]
    const at = everyRow ? row : k
    if (isDecided(right, at, decides)) continue
    values[row] = 1 - decides
    if (isNullAt(left, row) || isNullAt(right, at)) {
      validity ??= new Uint8Array(numRows).fill(1)
      validity[row] = 0
    }
  }
  return { layout: 'fixed', type: BOOLEAN, length: numRows, validity, values }
}

function isDecided(column: Column, row: number, decides: number): boolean {
  return (
    column.layout === 'fixed' &&
    column.values[row] === decides &&
    (column.validity === null || column.validity[row] === 1)
  )
}

export function isNullAt(column: Column, row: number): boolean {
  return column.layout === 'void' || (column.validity !== null && column.validity[row] === 0)
}

function bindNot(call: FunctionCall): Node {
  const child = call.args[0]
  const sql = `(NOT ${child.sql})`
  if (child.type.kind !== 'boolean' && child.type.kind !== 'string' && child.type.kind !== 'void')
    throw unexpectedInputType(sql, 0, '"BOOLEAN"', child)
  return not(implicitCast(child, BOOLEAN), sql)
}

/** isnull, isnotnull: a test of validity alone. */
function nullTest(name: string, aliases: readonly string[], whenNull: 0 | 1, doc: string): FunctionEntry {
  return {
    name,
    aliases,
    arity: [1, 1],
    doc,
    bind({ args }) {
      const child = args[0]
      return node({
        type: BOOLEAN,
        nullable: false,
        sql: `(${child.sql} IS ${whenNull === 1 ? '' : 'NOT '}NULL)`,
        children: [child],
        neverFails: child.neverFails,
        evaluate(batch, context) {
          const column = child.evaluate(batch, context)
          const { numRows } = batch
          const values = new Uint8Array(numRows).fill(column.layout === 'void' ? whenNull : 1 - whenNull)
          if (column.layout !== 'void' && column.validity !== null) {
            for (let i = 0; i < numRows; i++) values[i] = column.validity[i] === 0 ? whenNull : 1 - whenNull
          }
          return { layout: 'fixed', type: BOOLEAN, length: numRows, validity: null, values }
        },
      })
    },
  }
}

function bindBetween(call: FunctionCall): Node {
  const [value, low, high] = call.args as readonly [Node, Node, Node]
  const both = bindLogical('AND', {
    args: [bindComparison('>=', { args: [value, low] }), bindComparison('<=', { args: [value, high] })],
  })
  const sql = `between(${value.sql}, ${low.sql}, ${high.sql})`
  return { ...both, sql, name: sql, evaluate: (batch, context) => both.evaluate(batch, context) }
}

export const BOOLEANS: readonly FunctionEntry[] = [
  {
    name: 'and',
    aliases: ['&&'],
    arity: [2, 2],
    doc: 'True when both are true.',
    bind: (call) => bindLogical('AND', call),
  },
  {
    name: 'or',
    aliases: ['||'],
    arity: [2, 2],
    doc: 'True when one is true.',
    bind: (call) => bindLogical('OR', call),
  },
  { name: 'not', aliases: ['!'], arity: [1, 1], doc: 'The other truth value.', bind: bindNot },
  nullTest('isnull', [], 1, 'Whether the value is NULL.'),
  nullTest('isnotnull', [], 0, 'Whether the value is not NULL.'),
  {
    name: 'between',
    arity: [3, 3],
    doc: 'Whether the value lies between two others, both included.',
    bind: bindBetween,
  },
]
