import type { Column, DataType, DecimalType, FixedColumn } from '../../../protocol/columns'
import { fixedValuesOf } from '../../batch/builders'
import { nullColumn } from '../../batch/empty'
import { decimalText } from '../../batch/to-values'
import { DOUBLE, LONG, isIntegral, isNumeric } from '../../types/atomic-types'
import { decimalForType, decimalResult, findTightestCommonType, findWiderType } from '../../types/coercion'
import type { DecimalOperator } from '../../types/coercion'
import { typesEqual } from '../../types/type-equality'
import { implicitCast } from '../casts/bind-cast'
import { decimalOutOfRange } from '../casts/convert-value'
import { longToDouble } from '../casts/cast-column'
import { rescaleDecimal } from '../casts/parse-values'
import { arithmeticOverflow, divideByZero, quoteSql, quoteType, remainderByZero, sparkError } from '../errors'
import { node } from '../node'
import type { Node } from '../node'
import { columnOfRows, readerOf } from '../row-values'
import type { Value } from '../row-values'
import { bothValid } from './define'
import type { FunctionCall, FunctionEntry } from './define'
import { bindDatetimeArithmetic } from './datetime-arithmetic'

type Operator = '+' | '-' | '*' | '/' | '%' | 'div'

const NUMBERS_AND_INTERVALS = '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")'
const REQUIRED: Readonly<Record<Operator, string>> = {
  '+': NUMBERS_AND_INTERVALS,
  '-': NUMBERS_AND_INTERVALS,
  '*': '"NUMERIC"',
  '/': '("DOUBLE" or "DECIMAL")',
  '%': '"NUMERIC"',
  div: '("BIGINT" or "DECIMAL" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")',
}
const TRY_NAMES: Readonly<Record<Operator, string>> = {
  '+': 'try_add',
  '-': 'try_subtract',
  '*': 'try_multiply',
  '/': 'try_divide',
  '%': 'try_mod',
  div: '',
}

function operatorEntry(
  operator: Operator,
  isTry: boolean,
  doc: string,
  aliases: readonly string[] = [],
): FunctionEntry {
  return {
    name: isTry ? TRY_NAMES[operator] : operator,
    aliases,
    arity: [2, 2],
    doc,
    bind: (call) => bindArithmetic(operator, call, isTry),
  }
}

/** `a + b` and its siblings under ANSI: overflow and division by zero are errors, in the try_ forms NULL. */
export function bindArithmetic(operator: Operator, call: FunctionCall, isTry: boolean): Node {
  const [left, right] = call.args as readonly [Node, Node]
  const sql =
    isTry || call.name === 'mod' ? `${call.name}(${left.sql}, ${right.sql})` : `(${left.sql} ${operator} ${right.sql})`
  const datetime = bindDatetimeArithmetic(operator, left, right, sql)
  if (datetime !== null) return datetime
  const [a, b] = numericOperands(operator, left, right)
  if (!typesEqual(a.type, b.type) && !(a.type.kind === 'decimal' && b.type.kind === 'decimal'))
    throw diffTypes(sql, a, b)
  if (!isNumeric(a.type) || (operator === '/' && isIntegral(a.type))) throw wrongType(sql, REQUIRED[operator], a)
  const { type, evaluate } = kernelOf(operator, a.type, b.type, isTry)
  return node({
    type,
    nullable: a.nullable || b.nullable || isTry || operator === '/' || operator === '%' || operator === 'div',
    sql,
    children: [a, b],
    neverFails:
      a.neverFails &&
      b.neverFails &&
      (isTry || ((type.kind === 'double' || type.kind === 'float') && operator !== '/' && operator !== '%')),
    evaluate: (batch, context) => evaluate(a.evaluate(batch, context), b.evaluate(batch, context)),
  })
}

export function diffTypes(sql: string, a: Node, b: Node) {
  return sparkError(
    'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES',
    { sqlExpr: quoteSql(sql), left: quoteType(a.type), right: quoteType(b.type) },
    { hint: `Cast one side so that both have the same type.` },
  )
}

export function wrongType(sql: string, required: string, operand: Node) {
  return sparkError(
    'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE',
    { sqlExpr: quoteSql(sql), inputType: required, actualDataType: quoteType(operand.type) },
    { hint: `Cast ${operand.sql} to a type the operator takes.` },
  )
}

/** Both operands on one type as ANSI coercion does it; decimals keep their own precision and scale. */
function numericOperands(operator: Operator, left: Node, right: Node): [Node, Node] {
  let [a, b] = [left, right]
  if (a.type.kind === 'string' && b.type.kind === 'string') return [a, b]
  if (a.type.kind === 'void' && b.type.kind === 'void') return [implicitCast(a, DOUBLE), implicitCast(b, DOUBLE)]
  const isDecimalPair = (x: Node, y: Node) =>
    x.type.kind === 'decimal' && (y.type.kind === 'decimal' || isIntegral(y.type))
  if (isDecimalPair(a, b) || isDecimalPair(b, a)) return [toDecimal(a), toDecimal(b)]
  const common =
    isNumeric(a.type) && isNumeric(b.type) ? findTightestCommonType(a.type, b.type) : findWiderType(a.type, b.type)
  if (common !== null) [a, b] = [implicitCast(a, common), implicitCast(b, common)]
  if (operator === '/' && (isIntegral(a.type) || a.type.kind === 'float') && typesEqual(a.type, b.type))
    return [implicitCast(a, DOUBLE), implicitCast(b, DOUBLE)]
  if (operator === 'div' && isIntegral(a.type) && isIntegral(b.type))
    return [implicitCast(a, LONG), implicitCast(b, LONG)]
  return [a, b]
}

/** An integer literal beside a decimal takes only the digits it has. */
function toDecimal(operand: Node): Node {
  if (operand.type.kind === 'decimal') return operand
  if (operand.literal !== undefined && operand.literal.value !== null) {
    const digits = String(operand.literal.value).replace('-', '').length
    return implicitCast(operand, { kind: 'decimal', precision: digits, scale: 0 })
  }
  return implicitCast(operand, decimalForType(operand.type)!)
}

type Kernel = (a: Column, b: Column) => Column

function kernelOf(operator: Operator, a: DataType, b: DataType, isTry: boolean): { type: DataType; evaluate: Kernel } {
  if (a.kind === 'decimal' && b.kind === 'decimal') return decimalKernel(operator, a, b, isTry)
  if (a.kind === 'long') return { type: LONG, evaluate: longKernel(operator, isTry) }
  return { type: a, evaluate: numberKernel(operator, a, isTry) }
}

const LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  byte: [-128, 127],
  short: [-32768, 32767],
  integer: [-2147483648, 2147483647],
}

function numberKernel(operator: Operator, type: DataType, isTry: boolean): Kernel {
  const compute = NUMBER_OPERATIONS[operator]
  const limits = LIMITS[type.kind]
  const divides = operator === '/' || operator === '%' || operator === 'div'
  return (left, right) => {
    if (left.layout !== 'fixed' || right.layout !== 'fixed') return nullColumn(type, left.length)
    const { length } = left
    const [a, b] = [left.values as Float64Array, right.values as Float64Array]
    const out = fixedValuesOf(type, length) as Float64Array
    let validity = bothValid(left.validity, right.validity, length)
    const fail = (i: number, error: () => Error) => {
      if (validity !== null && validity[i] === 0) return
      if (!isTry) throw error()
      validity = invalidate(validity, i, length)
    }
    for (let i = 0; i < length; i++) {
      if (divides && b[i] === 0) {
        fail(i, operator === '%' ? remainderByZero : divideByZero)
        continue
      }
      const value = compute(a[i], b[i])
      if (limits !== undefined && (value < limits[0] || value > limits[1])) {
        fail(i, () => smallOverflow(operator, type, a[i], b[i]))
        continue
      }
      out[i] = value
    }
    return { layout: 'fixed', type, length, validity, values: out }
  }
}

const NUMBER_OPERATIONS: Readonly<Record<Operator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  div: (a, b) => Math.trunc(a / b),
}

function smallOverflow(operator: Operator, type: DataType, a: number, b: number): Error {
  if (type.kind === 'integer') return arithmeticOverflow('integer overflow', TRY_NAMES[operator])
  return sparkError(
    'BINARY_ARITHMETIC_OVERFLOW',
    { value1: `${a}S`, symbol: operator, value2: `${b}S`, functionName: `\`${TRY_NAMES[operator]}\`` },
    { exception: 'ArithmeticException', hint: `Cast to INT first, or use ${TRY_NAMES[operator]}.` },
  )
}

function invalidate(validity: Uint8Array | null, row: number, length: number): Uint8Array {
  const out = validity === null ? new Uint8Array(length).fill(1) : validity.slice()
  out[row] = 0
  return out
}

const SAFE = Number.MAX_SAFE_INTEGER

function longKernel(operator: Operator, isTry: boolean): Kernel {
  const exact = LONG_OPERATIONS[operator]
  const divides = operator === '/' || operator === '%' || operator === 'div'
  return (left, right) => {
    if (left.layout !== 'fixed' || right.layout !== 'fixed') return nullColumn(LONG, left.length)
    const { length } = left
    const [a, b] = [left.values as BigInt64Array, right.values as BigInt64Array]
    const out = new BigInt64Array(length)
    let validity = bothValid(left.validity, right.validity, length)
    if (operator === '*' && multiplySmall(a, b, out, length))
      return { layout: 'fixed', type: LONG, length, validity, values: out }
    for (let i = 0; i < length; i++) {
      let error: (() => Error) | null = null
      if (divides && b[i] === 0n) error = operator === '%' ? remainderByZero : divideByZero
      else {
        const value = exact(a[i], b[i])
        out[i] = value
        if (out[i] !== value) error = () => arithmeticOverflow('long overflow', TRY_NAMES[operator])
      }
      if (error === null || (validity !== null && validity[i] === 0)) continue
      if (!isTry) throw error()
      validity = invalidate(validity, i, length)
    }
    return { layout: 'fixed', type: LONG, length, validity, values: out }
  }
}

/** Products that stay below 2^53 need no bigint; false as soon as one does not. */
function multiplySmall(a: BigInt64Array, b: BigInt64Array, out: BigInt64Array, length: number): boolean {
  const [x, y] = [longToDouble(a, length), longToDouble(b, length)]
  const halves = new Int32Array(out.buffer)
  for (let i = 0; i < length; i++) {
    const product = x[i] * y[i]
    if (product > SAFE || product < -SAFE) return false
    const high = Math.floor(product / 4294967296)
    halves[i * 2] = product - high * 4294967296
    halves[i * 2 + 1] = high
  }
  return true
}

const LONG_OPERATIONS: Readonly<Record<Operator, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  div: (a, b) => a / b,
}

function decimalKernel(
  operator: Operator,
  a: DecimalType,
  b: DecimalType,
  isTry: boolean,
): { type: DataType; evaluate: Kernel } {
  const result = decimalResult(operator as DecimalOperator, a, b)
  const type: DataType = operator === 'div' ? LONG : result
  return {
    type,
    evaluate: (left, right) => {
      const [readA, readB] = [readerOf(left), readerOf(right)]
      return columnOfRows(type, left.length, (i) => {
        const [x, y] = [readA(i), readB(i)]
        return x === null || y === null
          ? null
          : decimalOperation(operator, x as bigint, y as bigint, a, b, result, isTry)
      })
    },
  }
}

/** Exact, then half up to the result's scale. Division keeps two digits more than needed before rounding. */
function decimalOperation(
  operator: Operator,
  x: bigint,
  y: bigint,
  a: DecimalType,
  b: DecimalType,
  result: DecimalType,
  isTry: boolean,
): Value {
  const scale = Math.max(a.scale, b.scale)
  const alignedX = x * 10n ** BigInt(scale - a.scale)
  const alignedY = y * 10n ** BigInt(scale - b.scale)
  if ((operator === '/' || operator === '%' || operator === 'div') && y === 0n) {
    if (isTry) return null
    throw operator === '%' ? remainderByZero() : divideByZero()
  }
  let exact: { unscaled: bigint; scale: number }
  switch (operator) {
    case '+':
      exact = { unscaled: alignedX + alignedY, scale }
      break
    case '-':
      exact = { unscaled: alignedX - alignedY, scale }
      break
    case '*':
      exact = { unscaled: x * y, scale: a.scale + b.scale }
      break
    case '%':
      exact = { unscaled: alignedX % alignedY, scale }
      break
    case 'div':
      return alignedX / alignedY
    case '/':
      return divideDecimals(alignedX, alignedY, result, isTry)
  }
  const value = rescaleDecimal(exact, result.precision, result.scale)
  if (value !== null) return value
  if (isTry) return null
  throw decimalOutOfRange(decimalText(exact.unscaled, exact.scale), result)
}

/** Spark divides to 38 significant digits and rounds that to the result's scale. */
function divideDecimals(x: bigint, y: bigint, result: DecimalType, isTry: boolean): Value {
  const extra = 39 + result.scale
  const unscaled = (x * 10n ** BigInt(extra)) / y
  const value = rescaleDecimal({ unscaled, scale: extra }, result.precision, result.scale)
  if (value !== null || isTry) return value
  throw decimalOutOfRange(decimalText(unscaled, extra), result)
}

function bindNegative(call: FunctionCall): Node {
  const [arg] = call.args as readonly [Node]
  const sql = call.name === '-' ? `(- ${arg.sql})` : `negative(${arg.sql})`
  const child = arg.type.kind === 'string' || arg.type.kind === 'void' ? implicitCast(arg, DOUBLE) : arg
  const { type } = child
  if (!isNumeric(type) && !type.kind.endsWith('interval')) throw signType(sql, child)
  return node({
    type,
    nullable: child.nullable,
    sql,
    children: [child],
    neverFails: false,
    evaluate: (batch, context) => negate(child.evaluate(batch, context)),
  })
}

function signType(sql: string, child: Node) {
  return sparkError('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE', {
    sqlExpr: quoteSql(sql),
    paramIndex: 'first',
    requiredType: '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")',
    inputSql: quoteSql(child.sql),
    inputType: quoteType(child.type),
  })
}

function negate(column: Column): Column {
  if (column.layout !== 'fixed') {
    const read = readerOf(column)
    return columnOfRows(column.type, column.length, (i) => {
      const value = read(i)
      return value === null ? null : -(value as bigint)
    })
  }
  return negateFixed(column)
}

function negateFixed(column: FixedColumn): Column {
  const { length, validity, type } = column
  const out = fixedValuesOf(type, length)
  const lowest = LIMITS[type.kind]?.[0]
  if (column.values instanceof BigInt64Array && out instanceof BigInt64Array) {
    for (let i = 0; i < length; i++) {
      out[i] = -column.values[i]
      if (column.values[i] === -(2n ** 63n) && (validity === null || validity[i] === 1))
        throw arithmeticOverflow('long overflow')
    }
    return { ...column, values: out }
  }
  const values = column.values as Float64Array
  const target = out as Float64Array
  for (let i = 0; i < length; i++) {
    if (values[i] === lowest && (validity === null || validity[i] === 1)) throw arithmeticOverflow('integer overflow')
    target[i] = -values[i]
  }
  return { ...column, values: out }
}

export const ARITHMETIC: readonly FunctionEntry[] = [
  operatorEntry('+', false, 'Sum; also date and timestamp plus interval.'),
  {
    name: '-',
    arity: [1, 2],
    doc: 'Difference, also between dates and timestamps; of one number its negative.',
    bind: (call) => (call.args.length === 1 ? bindNegative(call) : bindArithmetic('-', call, false)),
  },
  operatorEntry('*', false, 'Product.'),
  operatorEntry('/', false, 'Quotient, always fractional.'),
  operatorEntry('%', false, 'Remainder with the sign of the dividend.', ['mod']),
  operatorEntry('div', false, 'Integral part of the quotient.'),
  operatorEntry('+', true, 'Sum, NULL on overflow.'),
  operatorEntry('-', true, 'Difference, NULL on overflow.'),
  operatorEntry('*', true, 'Product, NULL on overflow.'),
  operatorEntry('/', true, 'Quotient, NULL when the divisor is 0.'),
  operatorEntry('%', true, 'Remainder, NULL when the divisor is 0.'),
  { name: 'negative', arity: [1, 1], doc: 'The number with the other sign.', bind: bindNegative },
  {
    name: 'positive',
    arity: [1, 1],
    doc: 'The number itself.',
    bind: ({ args }) => {
      const child = args[0].type.kind === 'string' ? implicitCast(args[0], DOUBLE) : args[0]
      return node({
        type: child.type,
        nullable: child.nullable,
        sql: `(+ ${child.sql})`,
        children: [child],
        neverFails: child.neverFails,
        evaluate: (batch, context) => child.evaluate(batch, context),
      })
    },
  },
]
