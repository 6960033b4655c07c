import { userError } from '../../protocol/errors/runnel-error'
import { Column, argumentError, caseOf, columnNamed, expressionOf, toColumn } from '../column'
import type { ColumnOrLiteral, ColumnOrName } from '../column'
import type { Json } from '../connection'
import { sqlExpression } from '../plan'
import type { Options } from '../plan'
import { optionText } from '../plan'
import { DataType } from '../types'
import { call, column, columns, literal } from './build'
import { GeneratedFunctions } from './generated'

type Columns = readonly (ColumnOrName | readonly ColumnOrName[])[]
type Lambda = (x: Column) => Column
type Lambda2 = (x: Column, y: Column) => Column
type Lambda3 = (x: Column, y: Column, z: Column) => Column

/** Every function of Spark, under Spark's names: `F.from_json(...)`, `F.window(...)`. */
export class Functions extends GeneratedFunctions {
  /** A column by name; `*` and `a.*` mean all columns. */
  col(name: string): Column {
    if (typeof name !== 'string') throw argumentError('NOT_STR', 'col', name, 'a string')
    return columnNamed(name)
  }
  /** A column by name. */
  column(name: string): Column {
    return this.col(name)
  }
  /** A value that stands for itself; an array becomes an ARRAY, a column stays as it is. */
  lit(value: ColumnOrLiteral | readonly ColumnOrLiteral[]): Column {
    if (value instanceof Column) return value
    if (Array.isArray(value)) return call('array', (value as readonly ColumnOrLiteral[]).map(expressionOf))
    return new Column(expressionOf(value))
  }
  /** A column from SQL text. */
  expr(sql: string): Column {
    return new Column(sqlExpression(sql))
  }
  asc(col: ColumnOrName): Column {
    return toColumn(col).asc()
  }
  asc_nulls_first(col: ColumnOrName): Column {
    return toColumn(col).ascNullsFirst()
  }
  asc_nulls_last(col: ColumnOrName): Column {
    return toColumn(col).ascNullsLast()
  }
  desc(col: ColumnOrName): Column {
    return toColumn(col).desc()
  }
  desc_nulls_first(col: ColumnOrName): Column {
    return toColumn(col).descNullsFirst()
  }
  desc_nulls_last(col: ColumnOrName): Column {
    return toColumn(col).descNullsLast()
  }
  /** Rows, for `*`; else values that are not NULL. */
  count(col: ColumnOrName): Column {
    return call('count', [column(col)])
  }
  /** Different values (or combinations of values) that are not NULL. */
  count_distinct(col: ColumnOrName, ...cols: readonly ColumnOrName[]): Column {
    return call('count', columns([col, ...cols]), true)
  }
  /** Different values (or combinations of values) that are not NULL. */
  countDistinct(col: ColumnOrName, ...cols: readonly ColumnOrName[]): Column {
    return call('count', columns([col, ...cols]), true)
  }
  sum_distinct(col: ColumnOrName): Column {
    return call('sum', [column(col)], true)
  }
  listagg_distinct(col: ColumnOrName, delimiter?: ColumnOrLiteral): Column {
    return call('listagg', [column(col), literal(delimiter)], true)
  }
  string_agg_distinct(col: ColumnOrName, delimiter?: ColumnOrLiteral): Column {
    return call('string_agg', [column(col), literal(delimiter)], true)
  }
  /** CASE WHEN: continue with `.when(...)` and `.otherwise(...)`. */
  when(condition: Column, value: ColumnOrLiteral): Column {
    if (!(condition instanceof Column)) throw argumentError('NOT_COLUMN', 'condition', condition, 'a Column')
    return caseOf([[condition, value]])
  }
  /** A row of these columns. */
  struct(...cols: Columns): Column {
    return call('struct', columns(cols))
  }
  /** An array of these columns. */
  array(...cols: Columns): Column {
    return call('array', columns(cols))
  }
  /** A map from columns: key, value, key, value, ... */
  create_map(...cols: Columns): Column {
    return call('map', columns(cols))
  }
  map_from_arrays(col1: ColumnOrName, col2: ColumnOrName): Column {
    return call('map_from_arrays', [column(col1), column(col2)])
  }
  /** The logarithm of `value`, natural or to a base given first. */
  log(baseOrValue: ColumnOrName | number, value?: ColumnOrName): Column {
    if (value === undefined) return call('ln', [column(baseOrValue as ColumnOrName)])
    return call('log', [expressionOf(baseOrValue), column(value)])
  }
  /** Without spaces, or without the characters of `characters`, on both sides. */
  trim(col: ColumnOrName, characters?: ColumnOrName): Column {
    return call('trim', characters === undefined ? [column(col)] : [column(characters), column(col)])
  }
  ltrim(col: ColumnOrName, characters?: ColumnOrName): Column {
    return call('ltrim', characters === undefined ? [column(col)] : [column(characters), column(col)])
  }
  rtrim(col: ColumnOrName, characters?: ColumnOrName): Column {
    return call('rtrim', characters === undefined ? [column(col)] : [column(characters), column(col)])
  }
  /** Tumbling or sliding windows over an event-time column: `F.window('ts', '5 minutes')`. */
  window(timeColumn: ColumnOrName, windowDuration: string, slideDuration?: string, startTime?: string): Column {
    if (typeof windowDuration !== 'string')
      throw argumentError('NOT_STR', 'windowDuration', windowDuration, 'a duration, for example "5 minutes"')
    const slide = slideDuration ?? (startTime === undefined ? undefined : windowDuration)
    return call('window', [column(timeColumn), literal(windowDuration), literal(slide), literal(startTime)])
  }
  /** Windows that end after a gap without events. */
  session_window(timeColumn: ColumnOrName, gapDuration: string | Column): Column {
    return call('session_window', [column(timeColumn), literal(gapDuration)])
  }
  /** Seconds since 1970: of now, or of a time given as a column with an optional format. */
  unix_timestamp(timestamp?: ColumnOrName, format = 'yyyy-MM-dd HH:mm:ss'): Column {
    return timestamp === undefined
      ? call('unix_timestamp', [])
      : call('unix_timestamp', [column(timestamp), literal(format)])
  }
  sha2(col: ColumnOrName, numBits: 0 | 224 | 256 | 384 | 512): Column {
    return call('sha2', [column(col), literal(numBits)])
  }
  make_timestamp(...fields: readonly ColumnOrName[]): Column {
    return call('make_timestamp', columns(fields))
  }
  try_make_timestamp(...fields: readonly ColumnOrName[]): Column {
    return call('try_make_timestamp', columns(fields))
  }
  make_timestamp_ntz(...fields: readonly ColumnOrName[]): Column {
    return call('make_timestamp_ntz', columns(fields))
  }
  try_make_timestamp_ntz(...fields: readonly ColumnOrName[]): Column {
    return call('try_make_timestamp_ntz', columns(fields))
  }
  /** A struct, array or map from JSON text; NULL for text that does not fit. The schema is DDL text or a type. */
  from_json(col: ColumnOrName, schema: DataType | Column | string, options: Options = {}): Column {
    return call('from_json', [column(col), schemaArgument(schema), ...optionsArgument(options)])
  }
  from_csv(col: ColumnOrName, schema: DataType | Column | string, options: Options = {}): Column {
    return call('from_csv', [column(col), schemaArgument(schema), ...optionsArgument(options)])
  }
  from_xml(col: ColumnOrName, schema: DataType | Column | string, options: Options = {}): Column {
    return call('from_xml', [column(col), schemaArgument(schema), ...optionsArgument(options)])
  }
  /** JSON text of a struct, array or map. */
  to_json(col: ColumnOrName, options: Options = {}): Column {
    return call('to_json', [column(col), ...optionsArgument(options)])
  }
  to_csv(col: ColumnOrName, options: Options = {}): Column {
    return call('to_csv', [column(col), ...optionsArgument(options)])
  }
  to_xml(col: ColumnOrName, options: Options = {}): Column {
    return call('to_xml', [column(col), ...optionsArgument(options)])
  }
  schema_of_json(json: string | Column, options: Options = {}): Column {
    return call('schema_of_json', [literal(json), ...optionsArgument(options)])
  }
  schema_of_csv(csv: string | Column, options: Options = {}): Column {
    return call('schema_of_csv', [literal(csv), ...optionsArgument(options)])
  }
  schema_of_xml(xml: string | Column, options: Options = {}): Column {
    return call('schema_of_xml', [literal(xml), ...optionsArgument(options)])
  }
  /** Each element through the function; its second parameter, when it has one, is the index. */
  transform(col: ColumnOrName, f: Lambda | Lambda2): Column {
    return call('transform', [column(col), lambda(f)])
  }
  /** True when the function is true for an element. */
  exists(col: ColumnOrName, f: Lambda): Column {
    return call('exists', [column(col), lambda(f)])
  }
  /** True when the function is true for every element. */
  forall(col: ColumnOrName, f: Lambda): Column {
    return call('forall', [column(col), lambda(f)])
  }
  /** The elements for which the function is true. */
  filter(col: ColumnOrName, f: Lambda | Lambda2): Column {
    return call('filter', [column(col), lambda(f)])
  }
  /** The elements folded into one value from `initialValue`. */
  aggregate(col: ColumnOrName, initialValue: ColumnOrName, merge: Lambda2, finish?: Lambda): Column {
    return call('aggregate', [column(col), column(initialValue), lambda(merge), ...(finish ? [lambda(finish)] : [])])
  }
  /** The elements folded into one value from `initialValue`. */
  reduce(col: ColumnOrName, initialValue: ColumnOrName, merge: Lambda2, finish?: Lambda): Column {
    return call('reduce', [column(col), column(initialValue), lambda(merge), ...(finish ? [lambda(finish)] : [])])
  }
  zip_with(left: ColumnOrName, right: ColumnOrName, f: Lambda2): Column {
    return call('zip_with', [column(left), column(right), lambda(f)])
  }
  transform_keys(col: ColumnOrName, f: Lambda2): Column {
    return call('transform_keys', [column(col), lambda(f)])
  }
  transform_values(col: ColumnOrName, f: Lambda2): Column {
    return call('transform_values', [column(col), lambda(f)])
  }
  map_filter(col: ColumnOrName, f: Lambda2): Column {
    return call('map_filter', [column(col), lambda(f)])
  }
  map_zip_with(col1: ColumnOrName, col2: ColumnOrName, f: Lambda3): Column {
    return call('map_zip_with', [column(col1), column(col2), lambda(f)])
  }
  /** The elements in order; a comparator gives a negative, zero or positive number. */
  array_sort(col: ColumnOrName, comparator?: Lambda2): Column {
    return call('array_sort', [column(col), ...(comparator ? [lambda(comparator)] : [])])
  }
  /** Any function of the engine by its name. */
  call_function(functionName: string, ...cols: readonly ColumnOrName[]): Column {
    return new Column({ callFunction: { functionName, arguments: columns(cols) } })
  }
  /** Marks a DataFrame as small enough to copy; nothing changes here. */
  broadcast<D extends { hint(name: string): unknown }>(df: D): ReturnType<D['hint']> {
    return df.hint('broadcast') as ReturnType<D['hint']>
  }
}

export const functions = new Functions()

function schemaArgument(schema: DataType | Column | string): Json {
  if (schema instanceof DataType) return expressionOf(schema.json())
  if (typeof schema === 'string' || schema instanceof Column) return expressionOf(schema)
  throw argumentError('NOT_COLUMN_OR_STR_OR_STRUCT', 'schema', schema, 'a Column, a string or a type')
}

function optionsArgument(options: Options): Json[] {
  const pairs = Object.entries(options).flatMap(([key, value]) => {
    const text = optionText(value)
    return text === null ? [] : [expressionOf(key), expressionOf(text)]
  })
  return pairs.length === 0 ? [] : [call('map', pairs).expression]
}

let nextLambda = 0

/** A function over columns as a lambda expression; its parameters get names of their own. */
function lambda(made: Lambda | Lambda2 | Lambda3): Json {
  if (made.length < 1 || made.length > 3)
    throw userError(
      'WRONG_NUM_ARGS_FOR_HIGHER_ORDER_FUNCTION',
      `Function \`${made.name || '<lambda>'}\` should take between 1 and 3 arguments, but the provided function takes ${made.length}.`,
      {
        exception: 'IllegalArgumentException',
        parameters: { func_name: made.name || '<lambda>', num_args: String(made.length) },
      },
    )
  const names = ['x', 'y', 'z'].slice(0, made.length).map((short) => `${short}_${nextLambda++}`)
  const variables = names.map((name) => ({ nameParts: [name] }))
  const [x, y, z] = variables.map((variable) => new Column({ unresolvedNamedLambdaVariable: variable }))
  const result: unknown = made(x, y, z)
  if (!(result instanceof Column))
    throw userError(
      'HIGHER_ORDER_FUNCTION_SHOULD_RETURN_COLUMN',
      `Function \`${made.name || '<lambda>'}\` should return Column, got ${typeof result}.`,
      { exception: 'IllegalArgumentException', parameters: { func_name: made.name || '<lambda>' } },
    )
  return { lambdaFunction: { function: result.expression, arguments: variables } }
}
