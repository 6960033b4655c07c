import { userError } from '../protocol/errors/runnel-error'
import type { Json } from './connection'
import { attribute, callExpression, kindOf, literalOf, sqlExpression } from './plan'
import type { DataType } from './types'
import type { WindowSpec } from './window'

/** A value that stands for itself in an expression. */
export type Literal = string | number | bigint | boolean | Date | Uint8Array | null
/** A column, or a value that stands for itself. */
export type ColumnOrLiteral = Column | Literal
/** A column, or the name of one. */
export type ColumnOrName = Column | string

/** An expression over the rows of a DataFrame. Methods make new columns; nothing is computed here. */
export class Column {
  /** @internal */
  readonly expression: Json
  /** @internal Branches of an open CASE; `closed` once it has its ELSE. */
  readonly branches: readonly (readonly [Column, ColumnOrLiteral])[] | 'closed' | null

  /** @internal */
  constructor(expression: Json, branches: Column['branches'] = null) {
    this.expression = expression
    this.branches = branches
  }

  // Arithmetic

  /** this + other */
  plus(other: ColumnOrLiteral): Column {
    return this.#call('+', other)
  }
  /** this - other */
  minus(other: ColumnOrLiteral): Column {
    return this.#call('-', other)
  }
  /** this * other */
  multiply(other: ColumnOrLiteral): Column {
    return this.#call('*', other)
  }
  /** this / other; the result is a DOUBLE or DECIMAL */
  divide(other: ColumnOrLiteral): Column {
    return this.#call('/', other)
  }
  /** this % other */
  mod(other: ColumnOrLiteral): Column {
    return this.#call('%', other)
  }
  /** this to the power of other */
  pow(other: ColumnOrLiteral): Column {
    return this.#call('power', other)
  }
  /** -this */
  negate(): Column {
    return this.#call('negative')
  }
  bitwiseOR(other: ColumnOrLiteral): Column {
    return this.#call('|', other)
  }
  bitwiseAND(other: ColumnOrLiteral): Column {
    return this.#call('&', other)
  }
  bitwiseXOR(other: ColumnOrLiteral): Column {
    return this.#call('^', other)
  }

  // Comparison

  /** this = other; NULL when a side is NULL */
  equalTo(other: ColumnOrLiteral): Column {
    return this.#call('==', other)
  }
  /** this = other; NULL when a side is NULL */
  eq(other: ColumnOrLiteral): Column {
    return this.equalTo(other)
  }
  /** this != other */
  notEqual(other: ColumnOrLiteral): Column {
    return this.equalTo(other).not()
  }
  /** this != other */
  ne(other: ColumnOrLiteral): Column {
    return this.notEqual(other)
  }
  /** this < other */
  lt(other: ColumnOrLiteral): Column {
    return this.#call('<', other)
  }
  /** this <= other */
  leq(other: ColumnOrLiteral): Column {
    return this.#call('<=', other)
  }
  /** this <= other */
  le(other: ColumnOrLiteral): Column {
    return this.leq(other)
  }
  /** this > other */
  gt(other: ColumnOrLiteral): Column {
    return this.#call('>', other)
  }
  /** this >= other */
  geq(other: ColumnOrLiteral): Column {
    return this.#call('>=', other)
  }
  /** this >= other */
  ge(other: ColumnOrLiteral): Column {
    return this.geq(other)
  }
  /** Equal, where NULL equals NULL and the answer is never NULL. */
  eqNullSafe(other: ColumnOrLiteral): Column {
    return this.#call('<=>', other)
  }
  /** lowerBound <= this and this <= upperBound */
  between(lowerBound: ColumnOrLiteral, upperBound: ColumnOrLiteral): Column {
    return this.geq(lowerBound).and(this.leq(upperBound))
  }
  /** One of the values. */
  isin(...values: readonly (ColumnOrLiteral | readonly ColumnOrLiteral[])[]): Column {
    return this.#call('in', ...flatten(values))
  }
  isNull(): Column {
    return this.#call('isNull')
  }
  isNotNull(): Column {
    return this.#call('isNotNull')
  }
  isNaN(): Column {
    return this.#call('isNaN')
  }

  // Logic

  and(other: ColumnOrLiteral): Column {
    return this.#call('and', other)
  }
  or(other: ColumnOrLiteral): Column {
    return this.#call('or', other)
  }
  not(): Column {
    return this.#call('not')
  }

  // Text

  contains(other: ColumnOrLiteral): Column {
    return this.#call('contains', other)
  }
  startsWith(other: ColumnOrLiteral): Column {
    return this.#call('startsWith', other)
  }
  endsWith(other: ColumnOrLiteral): Column {
    return this.#call('endsWith', other)
  }
  /** SQL LIKE: `%` any text, `_` one character. */
  like(pattern: string): Column {
    return this.#call('like', pattern)
  }
  /** LIKE without regard to case. */
  ilike(pattern: string): Column {
    return this.#call('ilike', pattern)
  }
  /** The regular expression is found in the text. */
  rlike(pattern: string): Column {
    return this.#call('rlike', pattern)
  }
  /** `length` characters from `startPos`, counted from 1. */
  substr(startPos: number | Column, length: number | Column): Column {
    return this.#call('substr', startPos, length)
  }

  // Parts

  /** An element of an array by index, of a map by key, or a field of a struct by name. */
  getItem(key: ColumnOrLiteral): Column {
    return new Column({ unresolvedExtractValue: { child: this.expression, extraction: expressionOf(key) } })
  }
  /** A field of a struct. */
  getField(name: string): Column {
    return this.getItem(name)
  }
  /** A struct with a field added or replaced. */
  withField(fieldName: string, col: Column): Column {
    return new Column({
      updateFields: { structExpression: this.expression, fieldName, valueExpression: col.expression },
    })
  }
  /** A struct without the fields. */
  dropFields(...fieldNames: readonly string[]): Column {
    return fieldNames.reduce<Column>(
      (changed, fieldName) => new Column({ updateFields: { structExpression: changed.expression, fieldName } }),
      this,
    )
  }

  // Names, types, order

  /** The column under another name; several names for a function that gives several columns. */
  as(name: string, ...more: readonly string[]): Column {
    return this.alias(name, ...more)
  }
  /** The column under another name; several names for a function that gives several columns. */
  alias(name: string, ...more: readonly string[]): Column {
    return new Column({ alias: { expr: this.expression, name: [name, ...more] } })
  }
  /** The value as another type, for example `cast('timestamp')`; fails on values that do not fit. */
  cast(dataType: string | DataType): Column {
    return this.#cast(dataType)
  }
  /** As `cast`, but NULL for values that do not fit. */
  tryCast(dataType: string | DataType): Column {
    return this.#cast(dataType, 'EVAL_MODE_TRY')
  }
  /** Ascending, NULL first. */
  asc(): Column {
    return this.#order('ASCENDING', 'FIRST')
  }
  ascNullsFirst(): Column {
    return this.asc()
  }
  ascNullsLast(): Column {
    return this.#order('ASCENDING', 'LAST')
  }
  /** Descending, NULL last. */
  desc(): Column {
    return this.#order('DESCENDING', 'LAST')
  }
  descNullsFirst(): Column {
    return this.#order('DESCENDING', 'FIRST')
  }
  descNullsLast(): Column {
    return this.desc()
  }

  // CASE and windows

  /** One more branch after `F.when(...)`. */
  when(condition: Column, value: ColumnOrLiteral): Column {
    if (this.branches === 'closed') throw caseError('when() cannot be applied once otherwise() is applied')
    if (this.branches === null)
      throw caseError('when() can only be applied on a Column previously generated by when() function')
    return caseOf([...this.branches, [condition, value]])
  }
  /** The value where no branch applies; without it NULL. */
  otherwise(value: ColumnOrLiteral): Column {
    if (this.branches === 'closed')
      throw caseError('otherwise() can only be applied once on a Column previously generated by when()')
    if (this.branches === null)
      throw caseError('otherwise() can only be applied on a Column previously generated by when()')
    return caseOf(this.branches, value, true)
  }
  /** The aggregate or ranking function over a window of rows. */
  over(window: WindowSpec): Column {
    return new Column(window.over(this.expression))
  }

  #call(name: string, ...others: readonly unknown[]): Column {
    return new Column(callExpression(name, [this.expression, ...others.map(expressionOf)]))
  }

  #cast(dataType: string | DataType, evalMode?: string): Column {
    const target = typeof dataType === 'string' ? { typeStr: dataType } : { type: dataType.toProto() }
    return new Column({
      cast: { expr: this.expression, ...target, ...(evalMode === undefined ? {} : { evalMode }) },
    })
  }

  #order(direction: 'ASCENDING' | 'DESCENDING', nulls: 'FIRST' | 'LAST'): Column {
    return new Column({
      sortOrder: {
        child: this.expression,
        direction: `SORT_DIRECTION_${direction}`,
        nullOrdering: `SORT_NULLS_${nulls}`,
      },
    })
  }
}

/** A column or a literal as an expression. */
export function expressionOf(value: unknown): Json {
  return value instanceof Column ? value.expression : { literal: literalOf(value) }
}

/** A column by name; `*` and `a.*` mean all columns. */
export function columnNamed(name: string): Column {
  if (name === '*') return new Column({ unresolvedStar: {} })
  if (name.endsWith('.*')) return new Column({ unresolvedStar: { unparsedTarget: name } })
  return new Column(attribute(name))
}

/** A column, or the name of one. */
export function toColumn(value: ColumnOrName, argName = 'col'): Column {
  if (value instanceof Column) return value
  if (typeof value === 'string') return columnNamed(value)
  throw argumentError('NOT_COLUMN_OR_STR', argName, value, 'a Column or a string')
}

export function argumentError(condition: string, argName: string, value: unknown, expected: string) {
  return userError(condition, `Argument \`${argName}\` should be ${expected}, got ${kindOf(value)}.`, {
    exception: 'IllegalArgumentException',
    parameters: { arg_name: argName, arg_type: kindOf(value) },
  })
}

/** The text is SQL for strings, the column itself otherwise. */
export function conditionOf(condition: Column | string): Json {
  if (typeof condition === 'string') return sqlExpression(condition)
  if (condition instanceof Column) return condition.expression
  throw argumentError('NOT_COLUMN_OR_STR', 'condition', condition, 'a Column or SQL text')
}

/** `sortOrder` of a column; a plain column sorts ascending. */
export function sortOrderOf(value: ColumnOrName): Json {
  const column = toColumn(value)
  return ('sortOrder' in column.expression ? column : column.asc()).expression['sortOrder'] as Json
}

/** `f([a, b])` means `f(a, b)`. */
export function flatten<T>(values: readonly (T | readonly T[])[]): T[] {
  const [first] = values
  return values.length === 1 && Array.isArray(first) ? [...(first as readonly T[])] : [...(values as readonly T[])]
}

/** @internal */
export function caseOf(
  branches: readonly (readonly [Column, ColumnOrLiteral])[],
  otherwise: ColumnOrLiteral = null,
  isClosed = false,
): Column {
  const args = branches.flatMap(([condition, value]) => [condition.expression, expressionOf(value)])
  if (isClosed) args.push(expressionOf(otherwise))
  return new Column(callExpression('when', args), isClosed ? 'closed' : branches)
}

function caseError(message: string) {
  return userError('', message, { exception: 'IllegalArgumentException' })
}
