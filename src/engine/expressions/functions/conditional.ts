import type { Batch, Column, DataType } from '../../../protocol/columns'
import { concatColumns } from '../../batch/concat'
import { gatherColumn } from '../../batch/gather'
import { nullColumn } from '../../batch/empty'
import { columnComparator } from '../../batch/compare'
import { BOOLEAN, DOUBLE, isFractional } from '../../types/atomic-types'
import { findTightestCommonType, findWiderCommonType } from '../../types/coercion'
import type { EvaluationContext } from '../bound'
import { implicitCast } from '../casts/bind-cast'
import { quoteSql, quoteType, sparkError, unexpectedInputType } from '../errors'
import { literalNode, node } from '../node'
import type { Node } from '../node'
import { evaluateOnRows } from '../select-rows'
import { isNullAt } from './boolean'
import { bindComparison } from './comparison'
import { callSql } from './define'
import type { FunctionCall, FunctionEntry } from './define'

/** Where each row's value comes from: branch `source[row]` (-1: NULL). */
type Branches = {
  readonly conditions: readonly Node[]
  readonly values: readonly Node[]
  readonly otherwise: Node | null
}

/** CASE WHEN: the first true condition decides; later conditions and other values do not run on the row. */
function bindCase(call: FunctionCall): Node {
  const { args } = call
  const conditions: Node[] = []
  const values: Node[] = []
  for (let i = 0; i + 1 < args.length; i += 2) {
    conditions.push(args[i])
    values.push(args[i + 1])
  }
  const otherwise = args.length % 2 === 1 ? args[args.length - 1] : null
  const sql = `CASE ${conditions.map((c, i) => `WHEN ${c.sql} THEN ${values[i].sql} `).join('')}${otherwise ? `ELSE ${otherwise.sql} ` : ''}END`
  return choose({ conditions, values, otherwise }, sql, 'casewhen')
}

function bindIf(call: FunctionCall): Node {
  const [condition, yes, no] = call.args as readonly [Node, Node, Node]
  return choose(
    { conditions: [condition], values: [yes], otherwise: no },
    `(IF(${condition.sql}, ${yes.sql}, ${no.sql}))`,
    'if',
  )
}

function choose(branches: Branches, sql: string, functionName: string): Node {
  const conditions = branches.conditions.map((condition, i) => {
    if (!['boolean', 'string', 'void'].includes(condition.type.kind)) {
      throw unexpectedInputType(sql, functionName === 'if' ? 0 : i * 2, '"BOOLEAN"', condition)
    }
    return implicitCast(condition, BOOLEAN)
  })
  const results = branches.otherwise ? [...branches.values, branches.otherwise] : branches.values
  const type = findWiderCommonType(results.map((value) => value.type))
  if (type === null) throw differentTypes(sql, functionName, results)
  const values = branches.values.map((value) => implicitCast(value, type))
  const otherwise = branches.otherwise && implicitCast(branches.otherwise, type)
  return node({
    type,
    nullable: otherwise === null || otherwise.nullable || values.some((value) => value.nullable),
    sql,
    children: [...conditions, ...values, ...(otherwise ? [otherwise] : [])],
    neverFails: [...conditions, ...values].every((child) => child.neverFails) && (otherwise?.neverFails ?? true),
    evaluate: (batch, context) => evaluateBranches({ conditions, values, otherwise }, type, batch, context),
  })
}

function differentTypes(sql: string, functionName: string, args: readonly Node[]) {
  return sparkError(
    'DATATYPE_MISMATCH.DATA_DIFF_TYPES',
    {
      sqlExpr: quoteSql(sql),
      functionName: `\`${functionName}\``,
      dataType: `[${args.map((arg) => quoteType(arg.type)).join(', ')}]`,
    },
    { hint: 'The values must have one type; cast the odd one.' },
  )
}

function evaluateBranches(
  { conditions, values, otherwise }: Branches,
  type: DataType,
  batch: Batch,
  context: EvaluationContext,
): Column {
  const { numRows } = batch
  const source = new Int32Array(numRows).fill(-1)
  let open: Int32Array = Int32Array.from({ length: numRows }, (_, i) => i)
  for (const [k, condition] of conditions.entries()) {
    if (open.length === 0) break
    const everyRow = condition.neverFails || open.length === numRows
    const column = everyRow
      ? condition.evaluate(batch, context)
      : evaluateOnRows(condition, batch, open, open.length, context)
    const left = new Int32Array(open.length)
    let count = 0
    for (let i = 0; i < open.length; i++) {
      const row = open[i]
      const at = everyRow ? row : i
      const holds =
        column.layout === 'fixed' && column.values[at] === 1 && (column.validity === null || column.validity[at] === 1)
      if (holds) source[row] = k
      else left[count++] = row
    }
    open = left.subarray(0, count)
  }
  if (otherwise !== null) for (const row of open) source[row] = conditions.length
  return mergeBranches(source, otherwise === null ? values : [...values, otherwise], type, batch, context)
}

/** Evaluates each branch on its own rows and puts them back in order. */
function mergeBranches(
  source: Int32Array,
  branches: readonly Node[],
  type: DataType,
  batch: Batch,
  context: EvaluationContext,
): Column {
  const { numRows } = batch
  const counts = new Int32Array(branches.length)
  for (const branch of source) if (branch >= 0) counts[branch]++
  const whole = counts.findIndex((count) => count === numRows)
  if (whole >= 0) return branches[whole].evaluate(batch, context)
  const parts: Column[] = []
  const starts = new Int32Array(branches.length)
  const everyRow: boolean[] = []
  let total = 0
  for (const [k, branch] of branches.entries()) {
    starts[k] = total
    everyRow[k] = branch.neverFails
    if (counts[k] === 0) continue
    const part = branch.neverFails
      ? branch.evaluate(batch, context)
      : evaluateOnRows(branch, batch, rowsOf(source, k, counts[k]), counts[k], context)
    parts.push(part)
    total += part.length
  }
  if (parts.length === 0) return nullColumn(type, numRows)
  const pick = new Int32Array(numRows)
  const next = starts.slice()
  for (let i = 0; i < numRows; i++) {
    const branch = source[i]
    pick[i] = branch < 0 ? -1 : everyRow[branch] ? starts[branch] + i : next[branch]++
  }
  return gatherColumn(concatColumns(type, parts), pick)
}

function rowsOf(source: Int32Array, branch: number, count: number): Int32Array {
  const rows = new Int32Array(count)
  for (let i = 0, at = 0; i < source.length; i++) if (source[i] === branch) rows[at++] = i
  return rows
}

/** coalesce: later arguments run only on rows still NULL. */
function coalesce(args: readonly Node[], sql: string, functionName: string): Node {
  const type = findWiderCommonType(args.map((arg) => arg.type))
  if (type === null) {
    const types = args.map((arg) => quoteType(arg.type)).join(' or ')
    throw sparkError(
      'DATATYPE_MISMATCH.DATA_DIFF_TYPES',
      { sqlExpr: quoteSql(sql), functionName: `\`${functionName}\``, dataType: `(${types})` },
      { hint: 'The values must have one type; cast the odd one.' },
    )
  }
  const values = args.map((arg) => implicitCast(arg, type))
  return node({
    type,
    nullable: values.every((value) => value.nullable),
    sql,
    children: values,
    neverFails: values.every((value) => value.neverFails),
    evaluate: (batch, context) => evaluateCoalesce(values, type, batch, context),
  })
}

function evaluateCoalesce(values: readonly Node[], type: DataType, batch: Batch, context: EvaluationContext): Column {
  const { numRows } = batch
  const first = values[0].evaluate(batch, context)
  if (first.layout !== 'void' && first.validity === null) return first
  const parts: Column[] = [first]
  const pick = new Int32Array(numRows)
  let open: number[] = []
  for (let i = 0; i < numRows; i++) {
    if (isNullAt(first, i)) open.push(i)
    else pick[i] = i
  }
  let total = first.length
  for (const value of values.slice(1)) {
    if (open.length === 0) break
    const part = evaluateOnRows(value, batch, Int32Array.from(open), open.length, context)
    parts.push(part)
    const left: number[] = []
    open.forEach((row, i) => {
      if (isNullAt(part, i)) left.push(row)
      else pick[row] = total + i
    })
    total += part.length
    open = left
  }
  for (const row of open) pick[row] = -1
  return gatherColumn(concatColumns(type, parts), pick)
}

/** greatest and least: NULLs are skipped, NaN is greatest; a STRING among numbers is refused. */
function extreme(name: 'greatest' | 'least', sign: 1 | -1, doc: string): FunctionEntry {
  return {
    name,
    arity: [2, Infinity],
    expects: '> 1',
    doc,
    bind({ args }) {
      const sql = callSql(name, args)
      const type = args
        .map((arg) => arg.type)
        .reduce<DataType | null>((a, b) => a && findTightestCommonType(a, b), { kind: 'void' })
      if (type === null) throw differentTypes(sql, name, args)
      const values = args.map((arg) => implicitCast(arg, type))
      return node({
        type,
        nullable: values.every((value) => value.nullable),
        sql,
        children: values,
        neverFails: values.every((value) => value.neverFails),
        evaluate(batch, context) {
          const { numRows } = batch
          const all = concatColumns(
            type,
            values.map((value) => value.evaluate(batch, context)),
          )
          const compare = columnComparator(all, all)
          const pick = new Int32Array(numRows)
          for (let i = 0; i < numRows; i++) {
            let best = -1
            for (let k = 0; k < values.length; k++) {
              const row = k * numRows + i
              if (!isNullAt(all, row) && (best < 0 || compare(row, best) * sign > 0)) best = row
            }
            pick[i] = best
          }
          return gatherColumn(all, pick)
        },
      })
    },
  }
}

function bindNullIf(call: FunctionCall): Node {
  const [value, other] = call.args as readonly [Node, Node]
  const equal = bindComparison('=', { args: [value, other] })
  return choose(
    { conditions: [equal], values: [literalNode({ kind: 'void' }, null, 'NULL')], otherwise: value },
    callSql(call.name, call.args),
    'if',
  )
}

/** decode(value, search, result, ..., default): NULL matches NULL. */
export function bindDecodeCases(call: FunctionCall): Node {
  const [value, ...rest] = call.args as readonly [Node, ...Node[]]
  const pairs = Math.floor(rest.length / 2)
  const conditions = Array.from({ length: pairs }, (_, i) => bindComparison('<=>', { args: [value, rest[2 * i]] }))
  const values = Array.from({ length: pairs }, (_, i) => rest[2 * i + 1])
  const otherwise = rest.length % 2 === 1 ? rest[rest.length - 1] : null
  return choose({ conditions, values, otherwise }, callSql('decode', call.args), 'casewhen')
}

function bindNvl2(call: FunctionCall): Node {
  const [tested, yes, no] = call.args as readonly [Node, Node, Node]
  const isNotNull = node({
    type: BOOLEAN,
    nullable: false,
    sql: `(${tested.sql} IS NOT NULL)`,
    children: [tested],
    neverFails: tested.neverFails,
    evaluate(batch, context) {
      const column = tested.evaluate(batch, context)
      const values = new Uint8Array(batch.numRows)
      for (let i = 0; i < batch.numRows; i++) values[i] = isNullAt(column, i) ? 0 : 1
      return { layout: 'fixed', type: BOOLEAN, length: batch.numRows, validity: null, values }
    },
  })
  return choose({ conditions: [isNotNull], values: [yes], otherwise: no }, callSql(call.name, call.args), 'if')
}

/** isnan: false for NULL. */
function bindIsNan({ args }: FunctionCall): Node {
  const sql = callSql('isnan', args)
  const given = args[0]
  const isNumber = isFractional(given.type)
  if (!isNumber && !['string', 'void', 'byte', 'short', 'integer', 'long', 'decimal'].includes(given.type.kind))
    throw unexpectedInputType(sql, 0, '("DOUBLE" or "FLOAT")', given)
  const child = isNumber ? given : implicitCast(given, DOUBLE)
  return node({
    type: BOOLEAN,
    nullable: false,
    sql,
    children: [child],
    neverFails: child.neverFails,
    evaluate(batch, context) {
      const column = child.evaluate(batch, context)
      const values = new Uint8Array(batch.numRows)
      if (column.layout === 'fixed')
        for (let i = 0; i < batch.numRows; i++)
          values[i] = Number.isNaN(column.values[i]) && !isNullAt(column, i) ? 1 : 0
      return { layout: 'fixed', type: BOOLEAN, length: batch.numRows, validity: null, values }
    },
  })
}

function bindNanvl({ args }: FunctionCall): Node {
  const [a, b] = args.map((arg) => (isFractional(arg.type) ? arg : implicitCast(arg, DOUBLE))) as [Node, Node]
  const type = findTightestCommonType(a.type, b.type)!
  const [x, y] = [implicitCast(a, type), implicitCast(b, type)]
  const isNan = bindIsNan({
    name: 'isnan',
    args: [x],
    context: { conf: {}, isStreaming: false, lenient: () => undefined },
  })
  return choose({ conditions: [isNan], values: [y], otherwise: x }, callSql('nanvl', args), 'if')
}

export const CONDITIONALS: readonly FunctionEntry[] = [
  { name: 'when', arity: [2, Infinity], doc: 'CASE WHEN: the value of the first true condition.', bind: bindCase },
  {
    name: 'if',
    aliases: ['iff'],
    arity: [3, 3],
    doc: 'The second argument when the first is true, else the third.',
    bind: bindIf,
  },
  {
    name: 'coalesce',
    arity: [1, Infinity],
    expects: '> 0',
    doc: 'The first value that is not NULL.',
    bind: (call) => coalesce(call.args, callSql('coalesce', call.args), 'coalesce'),
  },
  {
    name: 'nvl',
    aliases: ['ifnull'],
    arity: [2, 2],
    doc: 'The second value when the first is NULL.',
    bind: (call) => coalesce(call.args, callSql(call.name, call.args), 'coalesce'),
  },
  { name: 'nullif', arity: [2, 2], doc: 'NULL when both are equal, else the first.', bind: bindNullIf },
  { name: 'nvl2', arity: [3, 3], doc: 'The second value when the first is not NULL, else the third.', bind: bindNvl2 },
  extreme('greatest', 1, 'The greatest value; NULL only when all are NULL.'),
  extreme('least', -1, 'The least value; NULL only when all are NULL.'),
  { name: 'isnan', arity: [1, 1], doc: 'Whether a number is NaN.', bind: bindIsNan },
  { name: 'nanvl', arity: [2, 2], doc: 'The second number when the first is NaN.', bind: bindNanvl },
]
