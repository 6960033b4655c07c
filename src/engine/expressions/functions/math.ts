import type { DataType } from '../../../protocol/columns'
import { decimalText } from '../../batch/to-values'
import { DOUBLE, INTEGER, LONG, STRING, isIntegral } from '../../types/atomic-types'
import { boundedDecimal } from '../decimal-types'
import { parseDecimal, rescaleDecimal } from '../casts/parse-values'
import { formatDouble } from '../casts/format-values'
import { arithmeticOverflow, sparkError, remainderByZero, unexpectedInputType } from '../errors'
import { constantValue, FOLDING_CONTEXT, node } from '../node'
import type { Node } from '../node'
import { implicitCast } from '../casts/bind-cast'
import type { Value } from '../row-values'
import { double, int, integral, long, numeric, oneOf, text } from './argument-types'
import { diffTypes, wrongType } from './arithmetic'
import { callSql, scalarFunction } from './define'
import type { FunctionCall, FunctionEntry } from './define'
import { findTightestCommonType } from '../../types/coercion'
import { columnOfRows } from '../row-values'
import { xorShiftRandom } from './xor-shift-random'

/** A function of one DOUBLE. */
function real(
  name: string,
  aliases: readonly string[],
  doc: string,
  row: (x: number) => number | null,
): FunctionEntry[] {
  return [name, ...aliases].map((alias) =>
    scalarFunction({
      name: alias,
      args: [double],
      returns: DOUBLE,
      nullable: true,
      doc,
      neverFails: true,
      row,
      sql: (args, given) =>
        given === 'ln'
          ? callSql('ln', args)
          : callSql(
              given.toLowerCase() === 'log10'
                ? 'LOG10'
                : given === 'log2'
                  ? 'LOG2'
                  : given === 'sqrt'
                    ? 'SQRT'
                    : given === 'exp'
                      ? 'EXP'
                      : given === 'expm1'
                        ? 'EXPM1'
                        : given === 'log1p'
                          ? 'LOG1P'
                          : REAL_UPPER.has(given)
                            ? given.toUpperCase()
                            : given,
              args,
            ),
    }),
  )
}

const REAL_UPPER = new Set([
  'sin',
  'cos',
  'tan',
  'cot',
  'sinh',
  'cosh',
  'tanh',
  'asin',
  'acos',
  'atan',
  'sec',
  'csc',
  'cbrt',
  'radians',
  'degrees',
  'asinh',
  'acosh',
  'atanh',
])

/** Logarithms of numbers that have none are NULL. */
const positive = (log: (x: number) => number) => (x: number) => (x <= 0 ? null : log(x))

/** Type of ceil and floor without a scale: BIGINT, or a decimal without places. */
function wholeType(type: DataType): DataType {
  if (type.kind === 'decimal') return type.scale === 0 ? type : boundedDecimal(type.precision - type.scale + 1, 0)
  return LONG
}

function ceilOrFloor(name: 'ceil' | 'floor', aliases: readonly string[]): FunctionEntry[] {
  const up = name === 'ceil'
  const toward = up ? Math.ceil : Math.floor
  return [name, ...aliases].map((alias) => ({
    name: alias,
    arity: [1, 2] as const,
    doc: up ? 'Least integer not below.' : 'Greatest integer not above.',
    bind(call: FunctionCall) {
      if (call.args.length === 2) return roundNode(call, up ? 'up' : 'down')
      const sql = callSql(up && alias === 'ceil' ? 'CEIL' : up ? alias : 'FLOOR', call.args)
      const entry = scalarFunction({
        name: alias,
        args: [oneOf(double, numeric, long)],
        returns: (args) => wholeType(args[0].type),
        nullable: true,
        doc: '',
        sql: () => sql,
        open: (_context, args) => {
          const { type } = args[0]
          return (value: number | bigint) => {
            if (type.kind === 'decimal') return divideToward(value as bigint, 10n ** BigInt(type.scale), up)
            if (typeof value === 'bigint') return value
            return toLong(toward(value))
          }
        },
      })
      return entry.bind(call)
    },
  }))
}

function divideToward(value: bigint, divisor: bigint, up: boolean): bigint {
  const quotient = value / divisor
  if (value % divisor === 0n) return quotient
  return up ? (value > 0n ? quotient + 1n : quotient) : value < 0n ? quotient - 1n : quotient
}

/** Java's cast of a double to long: NaN is 0, the ends saturate. */
function toLong(value: number): bigint {
  if (Number.isNaN(value)) return 0n
  if (value >= 2 ** 63) return 2n ** 63n - 1n
  return value <= -(2 ** 63) ? -(2n ** 63n) : BigInt(value)
}

type Rounding = 'half-up' | 'half-even' | 'up' | 'down'

/** round, bround, ceil and floor with a scale. */
function roundNode(call: FunctionCall, rounding: Rounding): Node {
  const { name } = call
  const [given, places] = call.args as readonly [Node, Node | undefined]
  const sql = `${name}(${given.sql}, ${places?.sql ?? '0'})`
  const target = numeric.accept(given.type)
  if (target === null) throw unexpectedInputType(sql, 0, '"NUMERIC"', given)
  const value = implicitCast(given, target)
  if (places !== undefined && (!places.isConstant || !isIntegral(places.type))) {
    if (!isIntegral(places.type)) throw unexpectedInputType(sql, 1, '"INT"', places)
    throw sparkError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', {
      sqlExpr: `"${sql}"`,
      inputName: '`scale`',
      inputType: '"INT"',
      inputExpr: `"${places.sql}"`,
    })
  }
  const scale = places === undefined ? 0 : Number(constantValue(places, FOLDING_CONTEXT) ?? 0)
  const type = roundedType(target, scale, rounding)
  const entry = scalarFunction({
    name,
    args: [{ required: '', accept: () => target }],
    returns: type,
    nullable: true,
    doc: '',
    sql: () => sql,
    row: rounder(target, type, scale, rounding),
  })
  return entry.bind({ ...call, args: [value] })
}

function roundedType(type: DataType, scale: number, rounding: Rounding): DataType {
  if (type.kind !== 'decimal') {
    if (rounding === 'up' || rounding === 'down') {
      const digits =
        type.kind === 'byte'
          ? 3
          : type.kind === 'short'
            ? 5
            : type.kind === 'integer'
              ? 10
              : type.kind === 'long'
                ? 20
                : type.kind === 'float'
                  ? 14
                  : 30
      const own = type.kind === 'float' ? 7 : type.kind === 'double' ? 15 : 0
      return roundedType({ kind: 'decimal', precision: digits, scale: own }, scale, rounding)
    }
    return type
  }
  const integralDigits = type.precision - type.scale + 1
  if (scale < 0) return boundedDecimal(Math.max(integralDigits, -scale + 1), 0)
  const newScale = Math.min(type.scale, scale)
  return boundedDecimal(integralDigits + newScale, newScale)
}

function rounder(from: DataType, to: DataType, scale: number, rounding: Rounding): (value: number | bigint) => Value {
  if (from.kind === 'float' || from.kind === 'double') {
    return (value) => {
      const x = value as number
      if (!Number.isFinite(x)) return to.kind === 'decimal' ? null : x
      const exact = parseDecimal(formatDouble(x))!
      const rounded = roundUnscaled(exact.unscaled, exact.scale, scale, rounding)
      if (to.kind === 'decimal') return rescaleDecimal({ unscaled: rounded, scale }, to.precision, to.scale)
      const result = scale >= 0 ? Number(decimalText(rounded, scale)) : Number(rounded * 10n ** BigInt(-scale))
      return from.kind === 'float' ? Math.fround(result) : result
    }
  }
  if (to.kind === 'decimal') {
    const fromScale = from.kind === 'decimal' ? from.scale : 0
    return (value) =>
      rescaleDecimal(
        { unscaled: roundUnscaled(BigInt(value), fromScale, scale, rounding), scale },
        to.precision,
        to.scale,
      )
  }
  return (value) => {
    if (scale >= 0) return value
    const result = roundUnscaled(BigInt(value), 0, scale, rounding) * 10n ** BigInt(-scale)
    const bits = to.kind === 'long' ? 64 : to.kind === 'integer' ? 32 : to.kind === 'short' ? 16 : 8
    if (BigInt.asIntN(bits, result) !== result) throw arithmeticOverflow('Overflow')
    return to.kind === 'long' ? result : Number(result)
  }
}

/** `unscaled / 10^from` at `scale` places, unscaled; a negative scale counts tens. */
function roundUnscaled(unscaled: bigint, from: number, scale: number, rounding: Rounding): bigint {
  if (scale >= from) return unscaled * 10n ** BigInt(scale - from)
  const divisor = 10n ** BigInt(from - scale)
  if (rounding === 'up' || rounding === 'down') return divideToward(unscaled, divisor, rounding === 'up')
  const quotient = unscaled / divisor
  const rest = unscaled % divisor
  const twice = (rest < 0n ? -rest : rest) * 2n
  const away = unscaled < 0n ? quotient - 1n : quotient + 1n
  if (twice < divisor) return quotient
  if (twice > divisor) return away
  return rounding === 'half-even' && quotient % 2n === 0n ? quotient : away
}

function absolute(value: number | bigint, type: DataType): Value {
  if (typeof value === 'bigint') {
    if (value === -(2n ** 63n) && type.kind === 'long') throw arithmeticOverflow('long overflow')
    return value < 0n ? -value : value
  }
  const lowest =
    type.kind === 'integer' ? -2147483648 : type.kind === 'short' ? -32768 : type.kind === 'byte' ? -128 : null
  if (value === lowest) throw arithmeticOverflow(type.kind === 'integer' ? 'integer overflow' : 'Overflow')
  return Math.abs(value)
}

/** pmod: the remainder made non-negative for a positive divisor. */
function bindPmod(call: FunctionCall): Node {
  const [left, right] = call.args.map((arg) => implicitCast(arg, numeric.accept(arg.type) ?? arg.type)) as [Node, Node]
  const sql = callSql('pmod', call.args)
  const type = findTightestCommonType(left.type, right.type)
  if (type === null || numeric.accept(type) === null)
    throw unexpectedInputType(
      sql,
      numeric.accept(left.type) === null ? 0 : 1,
      '"NUMERIC"',
      numeric.accept(left.type) === null ? left : right,
    )
  return scalarFunction({
    name: 'pmod',
    args: [
      { required: '', accept: () => type },
      { required: '', accept: () => type },
    ],
    returns: type,
    nullable: true,
    doc: '',
    sql: () => sql,
    row: (a: number | bigint, n: number | bigint): Value => {
      if (typeof a === 'bigint' && typeof n === 'bigint') {
        if (n === 0n) throw remainderByZero()
        const r = a % n
        return r < 0n ? (r + n) % n : r
      }
      if (n === 0) throw remainderByZero()
      const r = (a as number) % (n as number)
      return r < 0 ? (r + (n as number)) % (n as number) : r
    },
  }).bind({ ...call, args: [left, right] })
}

function bitwise(name: string, bigOperation: (a: bigint, b: bigint) => bigint): FunctionEntry {
  return {
    name,
    arity: [2, 2],
    doc: `Bitwise ${name}.`,
    bind(call) {
      const [left, right] = call.args as readonly [Node, Node]
      const sql = `(${left.sql} ${name} ${right.sql})`
      const type =
        isIntegral(left.type) && isIntegral(right.type)
          ? findTightestCommonType(left.type, right.type)
          : left.type.kind === right.type.kind
            ? left.type
            : null
      if (type === null) throw diffTypes(sql, left, right)
      if (!isIntegral(type)) throw wrongType(sql, '"INTEGRAL"', left)
      return scalarFunction({
        name,
        args: [
          { required: '', accept: () => type },
          { required: '', accept: () => type },
        ],
        returns: type,
        doc: '',
        sql: () => sql,
        neverFails: true,
        row: (a: number | bigint, b: number | bigint): Value => {
          const result = bigOperation(BigInt(a), BigInt(b))
          return type.kind === 'long' ? result : Number(result)
        },
      }).bind(call)
    },
  }
}

function shift(
  name: string,
  aliases: readonly string[],
  operation: (value: bigint, bits: number, by: number) => bigint,
): FunctionEntry[] {
  return [name, ...aliases].map((alias) =>
    scalarFunction({
      name: alias,
      args: [oneOf(int, long), int],
      returns: (args) => args[0].type,
      doc: 'Bits shifted.',
      neverFails: true,
      sql: (args) => (/\w/.test(alias) ? callSql(alias, args) : `(${args[0].sql} ${alias} ${args[1].sql})`),
      open: (_context, args) => {
        const bits = args[0].type.kind === 'long' ? 64 : 32
        return (value: number | bigint, by: number) => {
          const result = BigInt.asIntN(bits, operation(BigInt(value), bits, by & (bits - 1)))
          return bits === 64 ? result : Number(result)
        }
      },
    }),
  )
}

/** rand and randn: a seeded stream a batch, so that a repeat gives the same numbers. */
function randomEntry(name: string, aliases: readonly string[], gaussian: boolean): FunctionEntry[] {
  return [name, ...aliases].map((alias) => ({
    name: alias,
    arity: [0, 1] as const,
    doc: gaussian ? 'Normal random numbers.' : 'Uniform random numbers in [0, 1).',
    bind({ args }: FunctionCall) {
      const sql = args.length === 0 ? `${alias}()` : callSql(alias, args)
      const given = args[0]
      if (given !== undefined && !isIntegral(given.type))
        throw unexpectedInputType(sql, 0, '("INT" or "BIGINT")', given)
      const seed =
        given === undefined ? null : BigInt((constantValue(given, FOLDING_CONTEXT) as number | bigint | null) ?? 0)
      return node({
        type: DOUBLE,
        nullable: false,
        sql,
        isConstant: false,
        isDeterministic: false,
        neverFails: true,
        evaluate(batch, context) {
          const random = xorShiftRandom(seed ?? BigInt(context.seed))
          return columnOfRows(DOUBLE, batch.numRows, () => (gaussian ? random.gaussian() : random.next()))
        },
      })
    },
  }))
}

function conv(value: string, from: number, to: number): string | null {
  const [a, b] = [Math.abs(from), Math.abs(to)]
  if (a < 2 || a > 36 || b < 2 || b > 36) return null
  const parts = /^\s*(-?)([0-9a-zA-Z]*)/.exec(value)!
  let total = 0n
  for (const digit of parts[2]) {
    const d = parseInt(digit, 36)
    if (Number.isNaN(d) || d >= a) break
    total = total * BigInt(a) + BigInt(d)
  }
  if (total >= 2n ** 64n) throw arithmeticOverflow('Overflow in function conv()')
  if (parts[1] === '-') total = to < 0 ? -total : BigInt.asUintN(64, -total)
  else if (to < 0) total = BigInt.asIntN(64, total)
  return total.toString(b).toUpperCase()
}

export const MATH: readonly FunctionEntry[] = [
  ...['abs'].map((name) =>
    scalarFunction({
      name,
      args: [{ ...numeric, required: '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")' }],
      returns: (args) => args[0].type,
      doc: 'Absolute value.',
      open: (_c, args) => (value: number | bigint) => absolute(value, args[0].type),
    }),
  ),
  { name: 'round', arity: [1, 2], doc: 'Rounded half up.', bind: (call) => roundNode(call, 'half-up') },
  { name: 'bround', arity: [1, 2], doc: 'Rounded half even.', bind: (call) => roundNode(call, 'half-even') },
  ...ceilOrFloor('ceil', ['ceiling']),
  ...ceilOrFloor('floor', []),
  ...real('sqrt', [], 'Square root.', Math.sqrt),
  ...real('cbrt', [], 'Cube root.', Math.cbrt),
  ...real('exp', [], 'e to the power.', Math.exp),
  ...real('expm1', [], 'exp(x) - 1.', Math.expm1),
  ...real('ln', [], 'Natural logarithm.', positive(Math.log)),
  ...real('log10', [], 'Decimal logarithm.', positive(Math.log10)),
  ...real('log2', [], 'Binary logarithm.', positive(Math.log2)),
  ...real('log1p', [], 'ln(1 + x).', (x) => (x <= -1 ? null : Math.log1p(x))),
  ...real('sin', [], 'Sine.', Math.sin),
  ...real('cos', [], 'Cosine.', Math.cos),
  ...real('tan', [], 'Tangent.', Math.tan),
  ...real('cot', [], 'Cotangent.', (x) => 1 / Math.tan(x)),
  ...real('sec', [], 'Secant.', (x) => 1 / Math.cos(x)),
  ...real('csc', [], 'Cosecant.', (x) => 1 / Math.sin(x)),
  ...real('asin', [], 'Arc sine.', Math.asin),
  ...real('acos', [], 'Arc cosine.', Math.acos),
  ...real('atan', [], 'Arc tangent.', Math.atan),
  ...real('sinh', [], 'Hyperbolic sine.', Math.sinh),
  ...real('cosh', [], 'Hyperbolic cosine.', Math.cosh),
  ...real('tanh', [], 'Hyperbolic tangent.', Math.tanh),
  ...real('asinh', [], 'Inverse hyperbolic sine.', Math.asinh),
  ...real('acosh', [], 'Inverse hyperbolic cosine.', Math.acosh),
  ...real('atanh', [], 'Inverse hyperbolic tangent.', Math.atanh),
  ...real('radians', [], 'Degrees as radians.', (x) => (x / 180) * Math.PI),
  ...real('degrees', [], 'Radians as degrees.', (x) => (x * 180) / Math.PI),
  ...real('rint', [], 'Nearest integer, half even.', (x) => {
    const r = Math.round(x)
    return Math.abs(x % 1) === 0.5 && r % 2 !== 0 ? r - 1 : r
  }),
  ...['signum', 'sign'].map((name) =>
    scalarFunction({
      name,
      args: [double],
      returns: DOUBLE,
      doc: '-1, 0 or 1.',
      sql: (args) => callSql(name === 'signum' ? 'SIGNUM' : name, args),
      neverFails: true,
      row: (x: number) => (x === 0 || Number.isNaN(x) ? x : Math.sign(x)),
    }),
  ),
  ...['pow', 'power'].map((name) =>
    scalarFunction({
      name,
      args: [double, double],
      returns: DOUBLE,
      doc: 'Power.',
      sql: (args) => callSql(name === 'pow' ? 'pow' : 'POWER', args),
      neverFails: true,
      row: (x: number, y: number) => x ** y,
    }),
  ),
  scalarFunction({
    name: 'atan2',
    args: [double, double],
    returns: DOUBLE,
    doc: 'Angle of a point.',
    sql: (args) => callSql('ATAN2', args),
    neverFails: true,
    row: Math.atan2,
  }),
  scalarFunction({
    name: 'hypot',
    args: [double, double],
    returns: DOUBLE,
    doc: 'Hypotenuse.',
    sql: (args) => callSql('HYPOT', args),
    neverFails: true,
    row: Math.hypot,
  }),
  {
    name: 'log',
    arity: [1, 2],
    doc: 'Logarithm: natural, or of a base.',
    bind(call) {
      if (call.args.length === 1)
        return scalarFunction({
          name: 'log',
          args: [double],
          returns: DOUBLE,
          nullable: true,
          doc: '',
          sql: (args) => `LOG(E(), ${args[0].sql})`,
          neverFails: true,
          row: positive(Math.log),
        }).bind(call)
      return scalarFunction({
        name: 'log',
        args: [double, double],
        returns: DOUBLE,
        nullable: true,
        doc: '',
        sql: (args) => callSql('LOG', args),
        neverFails: true,
        row: (base: number, x: number) => (x <= 0 || base <= 0 ? null : Math.log(x) / Math.log(base)),
      }).bind(call)
    },
  },
  scalarFunction({
    name: 'e',
    args: [],
    returns: DOUBLE,
    nullable: false,
    doc: "Euler's number.",
    sql: () => 'E()',
    neverFails: true,
    rowWithNulls: () => Math.E,
  }),
  scalarFunction({
    name: 'pi',
    args: [],
    returns: DOUBLE,
    nullable: false,
    doc: 'Pi.',
    sql: () => 'PI()',
    neverFails: true,
    rowWithNulls: () => Math.PI,
  }),
  scalarFunction({
    name: 'factorial',
    args: [int],
    returns: LONG,
    nullable: true,
    doc: 'Factorial of 0 to 20, else NULL.',
    neverFails: true,
    row: (n: number) => {
      if (n < 0 || n > 20) return null
      let f = 1n
      for (let i = 2n; i <= BigInt(n); i++) f *= i
      return f
    },
  }),
  { name: 'pmod', arity: [2, 2], doc: 'Remainder that is not negative.', bind: bindPmod },
  bitwise('&', (a, b) => a & b),
  bitwise('|', (a, b) => a | b),
  bitwise('^', (a, b) => a ^ b),
  scalarFunction({
    name: '~',
    args: [integral],
    returns: (args) => args[0].type,
    doc: 'Bitwise not.',
    sql: (args) => `~${args[0].sql}`,
    neverFails: true,
    row: (a: number | bigint) => (typeof a === 'bigint' ? ~a : ~a),
  }),
  scalarFunction({
    name: 'bit_count',
    args: [oneOf(integral, { required: '"BOOLEAN"', accept: (type) => (type.kind === 'boolean' ? type : null) })],
    returns: INTEGER,
    doc: 'Number of set bits.',
    neverFails: true,
    row: (a: number | bigint | boolean) =>
      [...BigInt.asUintN(64, BigInt(a)).toString(2)].filter((bit) => bit === '1').length,
  }),
  ...shift('shiftleft', ['<<'], (value, _bits, by) => value << BigInt(by)),
  ...shift('shiftright', ['>>'], (value, _bits, by) => value >> BigInt(by)),
  ...shift('shiftrightunsigned', ['>>>'], (value, bits, by) => BigInt.asUintN(bits, value) >> BigInt(by)),
  ...randomEntry('rand', ['random'], false),
  ...randomEntry('randn', [], true),
  scalarFunction({
    name: 'conv',
    args: [text, int, int],
    returns: STRING,
    nullable: true,
    doc: 'A number text in another base.',
    row: conv,
  }),
  scalarFunction({
    name: 'width_bucket',
    args: [double, double, double, long],
    returns: LONG,
    nullable: true,
    doc: 'Bucket of an equal-width histogram.',
    row: (x: number, low: number, high: number, n: bigint) => {
      if (n <= 0n || low === high) return null
      const up = low < high
      if (up ? x < low : x > low) return 0n
      if (up ? x >= high : x <= high) return n + 1n
      return BigInt(Math.floor((Number(n) * (x - low)) / (high - low))) + 1n
    },
  }),
]
