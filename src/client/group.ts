import { userError } from '../protocol/errors/runnel-error'
import { Column, argumentError, columnNamed, expressionOf, toColumn } from './column'
import type { ColumnOrName, Literal } from './column'
import type { Json } from './connection'
import type { DataFrame } from './dataframe'
import { callExpression, literalOf } from './plan'
import { DecimalType, ByteType, DoubleType, FloatType, IntegerType, LongType, ShortType } from './types'

const NUMERIC = new Set([ByteType, ShortType, IntegerType, LongType, FloatType, DoubleType])

export type GroupType = 'GROUPBY' | 'ROLLUP' | 'CUBE' | 'GROUPING_SETS' | 'PIVOT'

/** Groups of rows, waiting for aggregates. */
export class GroupedData {
  readonly #df: DataFrame<object>
  readonly #kind: GroupType
  readonly #columns: readonly Column[]
  /** What the kind needs beside its columns: `pivot`, `groupingSets`. */
  readonly #more: Json

  /** @internal */
  constructor(df: unknown, kind: GroupType, columns: readonly Column[], more: Json = {}) {
    this.#df = df as DataFrame<object>
    this.#kind = kind
    this.#columns = columns
    this.#more = more
  }

  /** Aggregates of each group: columns, or `{ column: 'max' }`. */
  agg(first: Column | Readonly<Record<string, string>>, ...more: readonly Column[]): DataFrame {
    if (first instanceof Column) return this.#aggregated([first, ...more])
    if (first === undefined) throw argumentError('CANNOT_BE_EMPTY', 'exprs', first, 'at least one Column')
    return this.#aggregated(Object.entries(first).map(([column, name]) => call(name, columnNamed(column))))
  }
  /** Rows in each group, as column `count`. */
  count(): DataFrame {
    return this.#aggregated([new Column(callExpression('count', [expressionOf(1)])).alias('count')])
  }
  sum(...cols: readonly string[]): DataFrame {
    return this.#numeric('sum', cols)
  }
  avg(...cols: readonly string[]): DataFrame {
    return this.#numeric('avg', cols)
  }
  mean(...cols: readonly string[]): DataFrame {
    return this.avg(...cols)
  }
  min(...cols: readonly string[]): DataFrame {
    return this.#numeric('min', cols)
  }
  max(...cols: readonly string[]): DataFrame {
    return this.#numeric('max', cols)
  }
  /** A column for each of the values of `pivotCol`. */
  pivot(pivotCol: ColumnOrName, values?: readonly Literal[]): GroupedData {
    const col = typeof pivotCol === 'string' ? this.#df.col(pivotCol) : toColumn(pivotCol, 'pivotCol')
    const pivot = { col: col.expression, ...(values === undefined ? {} : { values: values.map(literalOf) }) }
    if (this.#kind !== 'GROUPBY')
      throw userError('UNSUPPORTED_OPERATION', `pivot after ${this.#kind.toLowerCase()} is not supported`)
    return new GroupedData(this.#df, 'PIVOT', this.#columns, { pivot })
  }

  #aggregated(columns: readonly Column[]): DataFrame {
    const aggregate = {
      input: this.#df.plan,
      groupType: `GROUP_TYPE_${this.#kind}`,
      groupingExpressions: this.#columns.map((column) => column.expression),
      aggregateExpressions: columns.map((column) => column.expression),
      ...this.#more,
    }
    return this.#df.derive({ aggregate })
  }

  #numeric(name: string, cols: readonly string[]): DataFrame {
    const numeric = this.#df.schema.fields
      .filter(({ dataType }) => NUMERIC.has(dataType) || dataType instanceof DecimalType)
      .map((field) => field.name)
    const invalid = cols.find((column) => this.#df.columns.includes(column) && !numeric.includes(column))
    if (invalid !== undefined)
      throw userError(
        '_LEGACY_ERROR_TEMP_1323',
        `"${invalid}" is not a numeric column. Aggregation function can only be applied on a numeric column.`,
      )
    const grouped = new Set(this.#columns.map((column) => attributeName(column.expression)))
    const chosen = cols.length > 0 ? cols : numeric.filter((column) => !grouped.has(column))
    return this.#aggregated(chosen.map((column) => call(name, columnNamed(column))))
  }
}

function call(name: string, column: Column): Column {
  return new Column(callExpression(name, [column.expression]))
}

function attributeName(expression: Json): string | undefined {
  return (expression['unresolvedAttribute'] as { unparsedIdentifier: string } | undefined)?.unparsedIdentifier
}
