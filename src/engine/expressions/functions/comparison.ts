import type { Batch, Column, DataType } from '../../../protocol/columns'
import { columnComparator, compareBytes } from '../../batch/compare'
import { plainColumn } from '../../batch/dictionary'
import { nullColumn } from '../../batch/empty'
import { BOOLEAN, isIntegral } from '../../types/atomic-types'
import { findTightestCommonType, findWiderCommonType, findWiderType } from '../../types/coercion'
import { typesEqualStructurally } from '../../types/type-equality'
import type { EvaluationContext } from '../bound'
import { implicitCast } from '../casts/bind-cast'
import { quoteParts, quoteSql, quoteType, sparkError } from '../errors'
import { constantValue, node, renamed } from '../node'
import type { Node } from '../node'
import { bothValid, callSql } from './define'
import type { FunctionCall, FunctionEntry } from './define'
import { diffTypes } from './arithmetic'

type Comparison = '=' | '<=>' | '<' | '<=' | '>' | '>='

const TESTS: Readonly<Record<Comparison, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<=>': (order) => order === 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

function comparisonEntry(operator: Comparison, doc: string, aliases: readonly string[] = []): FunctionEntry {
  return { name: operator, aliases, arity: [2, 2], doc, bind: (call) => bindComparison(operator, call) }
}

/** A comparison of two expressions after ANSI coercion. Throws DATATYPE_MISMATCH when the sides do not meet. */
export function bindComparison(operator: Comparison, call: Pick<FunctionCall, 'args'>): Node {
  const [left, right] = call.args as readonly [Node, Node]
  const sql = `(${left.sql} ${operator} ${right.sql})`
  const [a, b] = comparable(left, right)
  if (!typesEqualStructurally(a.type, b.type)) throw diffTypes(sql, a, b)
  if (containsMap(a.type)) {
    throw sparkError('DATATYPE_MISMATCH.INVALID_ORDERING_TYPE', {
      sqlExpr: quoteSql(sql),
      functionName: `\`${operator}\``,
      dataType: quoteType(a.type),
    })
  }
  const nullSafe = operator === '<=>'
  const test = TESTS[operator]
  return node({
    type: BOOLEAN,
    nullable: !nullSafe && (a.nullable || b.nullable),
    sql,
    children: [a, b],
    neverFails: a.neverFails && b.neverFails,
    evaluate: (batch, context) => compare(a, b, test, nullSafe, batch, context),
  })
}

export function containsMap(type: DataType): boolean {
  switch (type.kind) {
    case 'map':
      return true
    case 'array':
      return containsMap(type.elementType)
    case 'struct':
      return type.fields.some((member) => containsMap(member.type))
    default:
      return false
  }
}

/** Both sides on their common type; unchanged when they have none. */
export function comparable(left: Node, right: Node): [Node, Node] {
  const literalDecimal = decimalBesideLiteral(left, right)
  const common = literalDecimal ?? findTightestCommonType(left.type, right.type) ?? findWiderType(left.type, right.type)
  return common === null ? [left, right] : [implicitCast(left, common), implicitCast(right, common)]
}

/** An integer literal beside a decimal takes only the digits it has. */
function decimalBesideLiteral(left: Node, right: Node): DataType | null {
  const pick = (operand: Node) => {
    if (operand.type.kind === 'decimal') return operand.type
    if (operand.literal === undefined || operand.literal.value === null || !isIntegral(operand.type)) return null
    return { kind: 'decimal', precision: String(operand.literal.value).replace('-', '').length, scale: 0 } as const
  }
  if ((left.type.kind === 'decimal') === (right.type.kind === 'decimal')) return null
  const [a, b] = [pick(left), pick(right)]
  return a === null || b === null ? null : findTightestCommonType(a, b)
}

function compare(
  a: Node,
  b: Node,
  test: (order: number) => boolean,
  nullSafe: boolean,
  batch: Batch,
  context: EvaluationContext,
): Column {
  const { numRows } = batch
  const left = a.evaluate(batch, context)
  const right = b.evaluate(batch, context)
  if (left.layout === 'void' || right.layout === 'void') {
    return nullSafe ? sameNulls(left, right, numRows) : nullColumn(BOOLEAN, numRows)
  }
  const out = new Uint8Array(numRows)
  const validity = bothValid(left.validity, right.validity, numRows)
  if (!compareDictionary(left, b, right, test, out, context) && !compareNumbers(left, right, test, out)) {
    const order = columnComparator(withoutNulls(plain(left)), withoutNulls(plain(right)))
    if (validity === null) for (let i = 0; i < numRows; i++) out[i] = test(order(i, i)) ? 1 : 0
    else for (let i = 0; i < numRows; i++) if (validity[i] === 1) out[i] = test(order(i, i)) ? 1 : 0
  }
  if (!nullSafe) return { layout: 'fixed', type: BOOLEAN, length: numRows, validity, values: out }
  if (validity !== null) {
    for (let i = 0; i < numRows; i++) {
      if (validity[i] === 1) continue
      out[i] = isNull(left, i) && isNull(right, i) ? 1 : 0
    }
  }
  return { layout: 'fixed', type: BOOLEAN, length: numRows, validity: null, values: out }
}

function plain(column: Column): Column {
  return column.layout === 'dictionary' ? plainColumn(column) : column
}

function withoutNulls(column: Column): Column {
  return column.validity === null ? column : { ...column, validity: null }
}

function isNull(column: Column, row: number): boolean {
  return column.layout === 'void' || (column.validity !== null && column.validity[row] === 0)
}

function sameNulls(left: Column, right: Column, length: number): Column {
  const values = new Uint8Array(length)
  for (let i = 0; i < length; i++) values[i] = isNull(left, i) && isNull(right, i) ? 1 : 0
  return { layout: 'fixed', type: BOOLEAN, length, validity: null, values }
}

/** A dictionary column against a constant: one comparison an entry. */
function compareDictionary(
  left: Column,
  right: Node,
  rightColumn: Column,
  test: (order: number) => boolean,
  out: Uint8Array,
  context: EvaluationContext,
): boolean {
  if (left.layout !== 'dictionary' || !right.isConstant || rightColumn.length === 0) return false
  if (constantValue(right, context) === null) return true
  const constant = plainColumn(rightColumn)
  const { offsets, bytes, length } = left.dictionary
  const passes = new Uint8Array(length)
  for (let code = 0; code < length; code++) {
    passes[code] = test(
      compareBytes(bytes, offsets[code], offsets[code + 1], constant.bytes, constant.offsets[0], constant.offsets[1]),
    )
      ? 1
      : 0
  }
  const { codes } = left
  for (let i = 0; i < left.length; i++) out[i] = passes[codes[i]] ?? 0
  return true
}

/**
 * Plain loops for the number layouts; NaN is above everything, as in Spark. What each order means is settled before the loop,
 * and doubles have a loop of their own: a loop that sees one kind of array runs several times faster.
 */
function compareNumbers(left: Column, right: Column, test: (order: number) => boolean, out: Uint8Array): boolean {
  if (left.layout !== 'fixed' || right.layout !== 'fixed') return false
  const [less, equal, greater] = [-1, 0, 1].map((order) => (test(order) ? 1 : 0))
  const [a, b] = [left.values, right.values]
  if (a instanceof BigInt64Array && b instanceof BigInt64Array) {
    for (let i = 0; i < out.length; i++) out[i] = a[i] < b[i] ? less : a[i] > b[i] ? greater : equal
  } else if (a instanceof Float64Array && b instanceof Float64Array) {
    compareDoubles(a, b, less, equal, greater, out)
  } else {
    compareSmall(a as Float64Array, b as Float64Array, less, equal, greater, out)
  }
  return true
}

function compareDoubles(
  a: Float64Array,
  b: Float64Array,
  less: number,
  equal: number,
  greater: number,
  out: Uint8Array,
): void {
  for (let i = 0; i < out.length; i++) {
    const x = a[i]
    const y = b[i]
    out[i] = x < y ? less : x > y ? greater : x === y ? equal : nanOrder(x, y, less, equal, greater)
  }
}

/** Numbers of up to 32 bits, or of two widths. */
function compareSmall(
  a: Float64Array,
  b: Float64Array,
  less: number,
  equal: number,
  greater: number,
  out: Uint8Array,
): void {
  for (let i = 0; i < out.length; i++) {
    const x = a[i]
    const y = b[i]
    out[i] = x < y ? less : x > y ? greater : x === y ? equal : nanOrder(x, y, less, equal, greater)
  }
}

function nanOrder(x: number, y: number, less: number, equal: number, greater: number): number {
  return Number.isNaN(x) ? (Number.isNaN(y) ? equal : greater) : less
}

function bindNotEqual(call: FunctionCall): Node {
  const equal = bindComparison('=', call)
  return not(equal, `(NOT ${equal.sql})`)
}

/** NOT of a boolean expression. */
export function not(child: Node, sql: string): Node {
  return node({
    type: BOOLEAN,
    nullable: child.nullable,
    sql,
    children: [child],
    neverFails: child.neverFails,
    evaluate(batch, context) {
      const column = child.evaluate(batch, context)
      if (column.layout !== 'fixed') return nullColumn(BOOLEAN, batch.numRows)
      const values = new Uint8Array(column.length)
      for (let i = 0; i < column.length; i++) values[i] = 1 - (column.values[i] as number)
      return { ...column, values }
    },
  })
}

function bindIn(call: FunctionCall): Node {
  const [value, ...list] = call.args as [Node, ...Node[]]
  const sql = `(${value.sql} IN (${list.map((item) => item.sql).join(', ')}))`
  const common = findWiderCommonType(call.args.map((arg) => arg.type))
  if (common === null) {
    throw sparkError(
      'DATATYPE_MISMATCH.DATA_DIFF_TYPES',
      {
        sqlExpr: quoteSql(sql),
        functionName: quoteParts(['in']),
        dataType: `[${call.args.map((arg) => quoteType(arg.type)).join(', ')}]`,
      },
      { hint: 'All values of IN must have one type; cast the odd one.' },
    )
  }
  const tested = implicitCast(value, common)
  const tests = list.map((item) => bindComparison('=', { args: [tested, implicitCast(item, common)] }))
  return node({
    type: BOOLEAN,
    nullable: call.args.some((arg) => arg.nullable) || tests.some((test) => test.nullable),
    sql,
    children: [tested, ...tests],
    neverFails: tests.every((test) => test.neverFails),
    evaluate: (batch, context) =>
      anyTrue(
        tests.map((test) => test.evaluate(batch, context)),
        batch.numRows,
      ),
  })
}

/** OR of boolean columns with SQL's NULL rule. */
function anyTrue(columns: readonly Column[], length: number): Column {
  const values = new Uint8Array(length)
  const unknown = new Uint8Array(length)
  let hasNull = false
  for (const column of columns) {
    if (column.layout !== 'fixed') continue
    for (let i = 0; i < length; i++) {
      if (column.validity !== null && column.validity[i] === 0) {
        unknown[i] = 1
        hasNull = true
      } else values[i] |= column.values[i] as number
    }
  }
  if (!hasNull) return { layout: 'fixed', type: BOOLEAN, length, validity: null, values }
  const validity = new Uint8Array(length)
  for (let i = 0; i < length; i++) validity[i] = values[i] === 1 || unknown[i] === 0 ? 1 : 0
  return { layout: 'fixed', type: BOOLEAN, length, validity, values }
}

export const COMPARISONS: readonly FunctionEntry[] = [
  comparisonEntry('=', 'Equality; NULL when a side is NULL.', ['==']),
  comparisonEntry('<=>', 'Equality where NULL equals NULL.'),
  {
    name: 'equal_null',
    arity: [2, 2],
    doc: 'Equality where NULL equals NULL.',
    bind: (call) =>
      renamed(bindComparison('<=>', call), {
        sql: callSql('equal_null', call.args),
        name: callSql('equal_null', call.args),
      }),
  },
  comparisonEntry('<', 'Less than.'),
  comparisonEntry('<=', 'Less than or equal.'),
  comparisonEntry('>', 'Greater than.'),
  comparisonEntry('>=', 'Greater than or equal.'),
  { name: '!=', aliases: ['<>'], arity: [2, 2], doc: 'Inequality.', bind: bindNotEqual },
  { name: 'in', arity: [2, Infinity], doc: 'Whether the first argument equals one of the others.', bind: bindIn },
]
