import { userError } from '../protocol/errors/runnel-error'
import type { AnalyzeAsk, AnalyzeResult, ExecuteResult } from '../protocol/workers/kernel-requests'
import { Column, argumentError, columnNamed, conditionOf, expressionOf, flatten, sortOrderOf, toColumn } from './column'
import type { ColumnOrLiteral, ColumnOrName, Literal } from './column'
import type { Json } from './connection'
import { GroupedData } from './group'
import type { GroupType } from './group'
import { attribute, callExpression, literalOf, planIdOf, relation, sqlExpression } from './plan'
import { rowsOf } from './rows'
import type { Row } from './rows'
import type { SparkSession } from './session'
import { DataStreamWriter } from './streaming/writer'
import { BinaryType, structFromJson } from './types'
import type { DataType, StructType, TypeJson } from './types'
import { DataFrameWriter, DataFrameWriterV2 } from './writer'

export type JoinType =
  | 'inner'
  | 'cross'
  | 'outer'
  | 'full'
  | 'fullouter'
  | 'full_outer'
  | 'left'
  | 'leftouter'
  | 'left_outer'
  | 'right'
  | 'rightouter'
  | 'right_outer'
  | 'semi'
  | 'leftsemi'
  | 'left_semi'
  | 'anti'
  | 'leftanti'
  | 'left_anti'
export type ExplainMode = 'simple' | 'extended' | 'codegen' | 'cost' | 'formatted'

/**
 * Rows of a schema. Transformations make new DataFrames and are analysed at once, so an error belongs to the line that made it;
 * actions (`show`, `collect`, `count`, ...) are promises: `await df.show()`.
 */
export class DataFrame<T extends object = Row> {
  readonly #plan: Json
  readonly #session: SparkSession
  readonly #schema: StructType
  #isStreaming: boolean | null = null

  /** @internal */
  constructor(plan: Json, session: SparkSession, schema?: StructType) {
    this.#plan = plan
    this.#session = session
    this.#schema = schema ?? structFromJson(JSON.parse(this.#analyze({ kind: 'schema' }).schemaJson ?? '') as TypeJson)
  }

  /** @internal */
  get plan(): Json {
    return this.#plan
  }

  get sparkSession(): SparkSession {
    return this.#session
  }

  // What it is

  get schema(): StructType {
    return this.#schema
  }
  /** Names of the columns. */
  get columns(): string[] {
    return this.#schema.names
  }
  /** Names and types of the columns. */
  get dtypes(): [name: string, type: string][] {
    return this.#schema.fields.map(({ name, dataType }) => [name, dataType.simpleString()])
  }
  /** The rows come from a stream: write them with `writeStream`. */
  get isStreaming(): boolean {
    return (this.#isStreaming ??= this.#analyze({ kind: 'isStreaming' }).flag ?? false)
  }
  /** Prints the schema as a tree. */
  printSchema(level: number | null = null): void {
    this.#print(this.#analyze({ kind: 'treeString', level }).text)
  }
  /** Prints how the engine will compute the rows. */
  explain(mode: ExplainMode | boolean = 'simple'): void {
    const chosen = mode === true ? 'extended' : mode === false ? 'simple' : mode
    this.#print(this.#analyze({ kind: 'explain', mode: chosen }).text)
  }
  inputFiles(): string[] {
    return [...(this.#analyze({ kind: 'inputFiles' }).files ?? [])]
  }
  toString(): string {
    return `DataFrame[${this.dtypes.map(([name, type]) => `${name}: ${type}`).join(', ')}]`
  }

  // Columns of it

  /** A column of this DataFrame: in joins it says which side is meant. Nested fields with dots. */
  col(name: (keyof T & string) | (string & {})): Column {
    if (name === '*') return new Column({ unresolvedStar: { planId: planIdOf(this.#plan) } })
    const column = new Column(attribute(name, this.#plan))
    // The analyser knows nested names and says which columns there are.
    if (!this.columns.includes(name)) this.select(column)
    return column
  }
  /** All columns whose names match the regular expression in backticks. */
  colRegex(colName: string): Column {
    return new Column({ unresolvedRegex: { colName, planId: planIdOf(this.#plan) } })
  }

  // Rows to rows

  /** These columns only. */
  select(...cols: readonly (ColumnOrName | readonly ColumnOrName[])[]): DataFrame {
    return this.#on('project', { expressions: flatten(cols).map((column) => toColumn(column).expression) })
  }
  /** As `select`, with SQL text. */
  selectExpr(...expressions: readonly (string | readonly string[])[]): DataFrame {
    return this.#on('project', { expressions: flatten(expressions).map(sqlExpression) })
  }
  /** Rows for which the condition, a column or SQL text, is true. */
  filter(condition: Column | string): DataFrame<T> {
    return this.#on<T>('filter', { condition: conditionOf(condition) })
  }
  /** Rows for which the condition, a column or SQL text, is true. */
  where(condition: Column | string): DataFrame<T> {
    return this.filter(condition)
  }
  /** Adds a column, or replaces the one of that name. */
  withColumn<Name extends string>(colName: Name, col: Column): DataFrame<Omit<T, Name> & Record<Name, Row[string]>> {
    if (!(col instanceof Column)) throw argumentError('NOT_COLUMN', 'col', col, 'a Column')
    return this.withColumns({ [colName]: col }) as DataFrame<Omit<T, Name> & Record<Name, Row[string]>>
  }
  /** Adds or replaces several columns at once. */
  withColumns(columns: Readonly<Record<string, Column>>): DataFrame {
    const aliases = Object.entries(columns).map(([name, column]) => {
      if (!(column instanceof Column)) throw argumentError('NOT_COLUMN', 'col', column, 'a Column')
      return { expr: column.expression, name: [name] }
    })
    return this.#on('withColumns', { aliases })
  }
  withColumnRenamed(existing: string, renamed: string): DataFrame {
    return this.withColumnsRenamed({ [existing]: renamed })
  }
  withColumnsRenamed(names: Readonly<Record<string, string>>): DataFrame {
    const renames = Object.entries(names).map(([colName, newColName]) => ({ colName, newColName }))
    return this.#on('withColumnsRenamed', { renames })
  }
  /** Without these columns. */
  drop(...cols: readonly ColumnOrName[]): DataFrame {
    const columns = cols.flatMap((column) => (column instanceof Column ? [column.expression] : []))
    return this.#on('drop', { columns, columnNames: cols.filter((column) => typeof column === 'string') })
  }
  /** The same columns under new names. */
  toDF(...names: readonly string[]): DataFrame {
    return this.#on('toDf', { columnNames: names })
  }
  /** The columns in order and types of the schema. */
  to(schema: StructType): DataFrame {
    return this.#on('toSchema', { schema: schema.toProto() })
  }
  /** A name for this DataFrame, to write `name.column` in expressions. */
  alias(alias: string): DataFrame<T> {
    return this.#on<T>('subqueryAlias', { alias })
  }
  /** Hands the DataFrame to a function: a step of a chain. */
  transform<R extends object>(step: (df: DataFrame<T>) => DataFrame<R>): DataFrame<R> {
    return step(this)
  }
  /** Each row once. */
  distinct(): DataFrame<T> {
    return this.#deduplicate(null, false)
  }
  /**
   * The first row of each key. On a stream the keys stay in the state for ever, unless the watermark column is among them.
   */
  dropDuplicates(...subset: readonly (string | readonly string[])[]): DataFrame<T> {
    return this.#deduplicate(subset.length === 0 ? null : flatten(subset), false)
  }
  /** The first row of each key within the watermark's delay; the event time need not be among the keys. Streams only. */
  dropDuplicatesWithinWatermark(...subset: readonly (string | readonly string[])[]): DataFrame<T> {
    return this.#deduplicate(subset.length === 0 ? null : flatten(subset), true)
  }
  /**
   * Says how late rows may be: the watermark is the largest event time seen minus the delay, for example `'10 minutes'`.
   * Older rows may be dropped, and state older than it goes.
   */
  withWatermark(eventTime: string, delayThreshold: string): DataFrame<T> {
    if (typeof eventTime !== 'string') throw argumentError('NOT_STR', 'eventTime', eventTime, 'a column name')
    if (typeof delayThreshold !== 'string')
      throw argumentError('NOT_STR', 'delayThreshold', delayThreshold, 'a duration')
    return this.#on<T>('withWatermark', { eventTime, delayThreshold })
  }
  hint(name: string, ...parameters: readonly Literal[]): DataFrame<T> {
    return this.#on<T>('hint', { name, parameters: parameters.map(expressionOf) })
  }
  /** Named numbers over the rows that flow by; a stream's progress shows them as `observedMetrics`. */
  observe(name: string, ...expressions: readonly Column[]): DataFrame<T> {
    if (expressions.length === 0)
      throw userError('CANNOT_BE_EMPTY', 'At least one exprs must be specified.', {
        exception: 'IllegalArgumentException',
      })
    return this.#on<T>('collectMetrics', { name, metrics: expressions.map((column) => column.expression) })
  }

  // Order and number

  /** Sorted; columns ascend unless they say `.desc()`. */
  orderBy(...cols: readonly (ColumnOrName | readonly ColumnOrName[])[]): DataFrame<T> {
    return this.#on<T>('sort', { order: flatten(cols).map(sortOrderOf), isGlobal: true })
  }
  /** Sorted; columns ascend unless they say `.desc()`. */
  sort(...cols: readonly (ColumnOrName | readonly ColumnOrName[])[]): DataFrame<T> {
    return this.orderBy(...cols)
  }
  sortWithinPartitions(...cols: readonly (ColumnOrName | readonly ColumnOrName[])[]): DataFrame<T> {
    return this.#on<T>('sort', { order: flatten(cols).map(sortOrderOf), isGlobal: false })
  }
  /** The first `num` rows. */
  limit(num: number): DataFrame<T> {
    return this.#on<T>('limit', { limit: num })
  }
  /** Without the first `num` rows. */
  offset(num: number): DataFrame<T> {
    return this.#on<T>('offset', { offset: num })
  }
  /** About this share of the rows, each taken or left by chance. */
  sample(fraction: number, options: { seed?: number | bigint; withReplacement?: boolean } = {}): DataFrame<T> {
    const seed = options.seed ?? Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)
    return this.#on<T>('sample', {
      lowerBound: 0,
      upperBound: fraction,
      withReplacement: options.withReplacement ?? false,
      seed: String(seed),
    })
  }
  repartition(numPartitions: number, ...cols: readonly ColumnOrName[]): DataFrame<T> {
    if (cols.length === 0) return this.#on<T>('repartition', { numPartitions, shuffle: true })
    const partitionExprs = cols.map((column) => toColumn(column).expression)
    return this.#on<T>('repartitionByExpression', { partitionExprs, numPartitions })
  }
  coalesce(numPartitions: number): DataFrame<T> {
    return this.#on<T>('repartition', { numPartitions, shuffle: false })
  }

  // Two DataFrames

  /** Rows of both sides that belong together: `on` is a column name both have, several, or a condition. */
  join<R extends object>(
    other: DataFrame<R>,
    on?: ColumnOrName | readonly string[] | readonly Column[] | null,
    how: JoinType = 'inner',
  ): DataFrame {
    return this.derive({
      join: { left: this.#plan, right: planOf(other, 'other'), ...joinOn(on ?? null), joinType: joinType(how) },
    })
  }
  crossJoin<R extends object>(other: DataFrame<R>): DataFrame<T & R> {
    return this.derive<T & R>({
      join: { left: this.#plan, right: planOf(other, 'other'), joinType: 'JOIN_TYPE_CROSS' },
    })
  }
  /** Rows of both, columns by position; duplicates stay. */
  union(other: DataFrame<T>): DataFrame<T> {
    return this.#setOperation(other, 'UNION', true)
  }
  unionAll(other: DataFrame<T>): DataFrame<T> {
    return this.union(other)
  }
  /** Rows of both, columns by name. */
  unionByName(other: DataFrame, allowMissingColumns = false): DataFrame {
    return this.#setOperation(other, 'UNION', true, { byName: true, allowMissingColumns }) as DataFrame
  }
  intersect(other: DataFrame<T>): DataFrame<T> {
    return this.#setOperation(other, 'INTERSECT', false)
  }
  intersectAll(other: DataFrame<T>): DataFrame<T> {
    return this.#setOperation(other, 'INTERSECT', true)
  }
  /** Rows of this that the other does not have, each once. */
  except(other: DataFrame<T>): DataFrame<T> {
    return this.#setOperation(other, 'EXCEPT', false)
  }
  subtract(other: DataFrame<T>): DataFrame<T> {
    return this.except(other)
  }
  exceptAll(other: DataFrame<T>): DataFrame<T> {
    return this.#setOperation(other, 'EXCEPT', true)
  }

  // Groups

  /** Groups by columns: follow with `count()`, `agg(...)`, `sum(...)`, ... */
  groupBy(...cols: readonly (ColumnOrName | readonly ColumnOrName[])[]): GroupedData {
    return this.#grouped('GROUPBY', cols)
  }
  rollup(...cols: readonly (ColumnOrName | readonly ColumnOrName[])[]): GroupedData {
    return this.#grouped('ROLLUP', cols)
  }
  cube(...cols: readonly (ColumnOrName | readonly ColumnOrName[])[]): GroupedData {
    return this.#grouped('CUBE', cols)
  }
  /** Groups by each of the sets in turn; a key that a set leaves out is NULL. */
  groupingSets(sets: readonly (readonly ColumnOrName[])[], ...cols: readonly ColumnOrName[]): GroupedData {
    const groupingSets = sets.map((set) => ({ groupingSet: set.map((column) => toColumn(column).expression) }))
    return this.#grouped('GROUPING_SETS', cols, { groupingSets })
  }
  /** Aggregates over all rows. */
  agg(first: Column | Readonly<Record<string, string>>, ...more: readonly Column[]): DataFrame {
    return this.groupBy().agg(first, ...more)
  }
  describe(...cols: readonly string[]): DataFrame {
    return this.#on('describe', { cols })
  }
  summary(...statistics: readonly string[]): DataFrame {
    return this.#on('summary', { statistics })
  }
  unpivot(
    ids: readonly ColumnOrName[],
    values: readonly ColumnOrName[] | null,
    variableColumnName: string,
    valueColumnName: string,
  ): DataFrame {
    const expressions = (columns: readonly ColumnOrName[]) => columns.map((column) => toColumn(column).expression)
    return this.#on('unpivot', {
      ids: expressions(ids),
      variableColumnName,
      valueColumnName,
      ...(values === null ? {} : { values: { values: expressions(values) } }),
    })
  }

  // Missing values

  /** NULL becomes the value: one for all columns of its type, or one for each column named. */
  fillna(
    value: number | string | boolean | Readonly<Record<string, number | string | boolean>>,
    subset: readonly string[] = [],
  ): DataFrame<T> {
    if (typeof value !== 'object') return this.#on<T>('fillNa', { cols: subset, values: [wideLiteral(value)] })
    return this.#on<T>('fillNa', { cols: Object.keys(value), values: Object.values(value).map(wideLiteral) })
  }
  /** Without rows that have a NULL (`any`), or only NULLs (`all`). */
  dropna(how: 'any' | 'all' = 'any', options: { thresh?: number; subset?: readonly string[] } = {}): DataFrame<T> {
    const minNonNulls = options.thresh ?? (how === 'all' ? 1 : undefined)
    return this.#on<T>('dropNa', {
      cols: options.subset ?? [],
      ...(minNonNulls === undefined ? {} : { minNonNulls }),
    })
  }
  /** Missing values: `df.na.fill(0)`, `df.na.drop()`. */
  get na(): { fill: DataFrame<T>['fillna']; drop: DataFrame<T>['dropna'] } {
    return { fill: (value, subset) => this.fillna(value, subset), drop: (how, options) => this.dropna(how, options) }
  }
  /** Other values for values, in all columns or in those named. */
  replace(values: ReadonlyMap<Literal, Literal>, subset: readonly string[] = []): DataFrame<T> {
    const replacements = [...values].map(([old, renewed]) => ({
      oldValue: replacedLiteral(old),
      newValue: replacedLiteral(renewed),
    }))
    return this.#on<T>('replace', { cols: subset, replacements })
  }

  // Actions

  /** All rows, as plain objects. */
  async collect<R extends object = T>(): Promise<R[]> {
    return rowsOf((await this.#rows(this.#plan)).batches) as R[]
  }
  /** How many rows there are. */
  async count(): Promise<number> {
    const counted = this.agg(new Column(callExpression('count', [expressionOf(1)])))
    const [row] = await counted.collect()
    return Number(Object.values(row)[0])
  }
  /** The first row, or null. */
  async first(): Promise<T | null> {
    return (await this.limit(1).collect())[0] ?? null
  }
  /** The first row, or the first `n`. */
  head(): Promise<T | null>
  head(n: number): Promise<T[]>
  head(n?: number): Promise<T | null | T[]> {
    return n === undefined ? this.first() : this.take(n)
  }
  /** The first `num` rows. */
  take(num: number): Promise<T[]> {
    return this.limit(num).collect()
  }
  /** The last `num` rows. */
  tail(num: number): Promise<T[]> {
    return this.#on<T>('tail', { limit: num }).collect()
  }
  async isEmpty(): Promise<boolean> {
    return (await this.select().take(1)).length === 0
  }
  /** Prints the first rows as a table. `truncate`: longest cell, false for no limit. */
  async show(numRows = 20, truncate: boolean | number = true, vertical = false): Promise<void> {
    const width = truncate === true ? 20 : truncate === false ? 0 : truncate
    const showString = { input: this.#plan, numRows, truncate: width, vertical }
    const [row] = rowsOf((await this.#rows(relation({ showString }))).batches)
    this.#print(String(Object.values(row)[0]))
  }
  /** Calls the function with each row, here. */
  async foreach(each: (row: T) => void | Promise<void>): Promise<void> {
    for (const row of await this.collect()) await each(row)
  }
  /** The rows one after the other: `for await (const row of df)`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    yield* await this.collect()
  }

  /** @internal The first rows as `show()` prints their cells; null is NULL. */
  async shownCells(numRows: number): Promise<(string | null)[][]> {
    const names = this.columns.map((_, index) => `c${index}`)
    if (names.length === 0) return Array.from({ length: await this.limit(numRows).count() }, () => [])
    const cells = this.limit(numRows)
      .toDF(...names)
      .select(names.map((name, index) => shownCell(name, this.#schema.fields[index].dataType)))
    return (await cells.collect()).map((row) => names.map((_, index) => Object.values(row)[index] as string | null))
  }

  // Names, storage, output

  /** A name for SQL and for Python cells; lives in the session. */
  createOrReplaceTempView(name: string): void {
    this.#createView(name, true, false)
  }
  createTempView(name: string): void {
    this.#createView(name, false, false)
  }
  createOrReplaceGlobalTempView(name: string): void {
    this.#createView(name, true, true)
  }
  /** Writes the rows once: `await df.write.mode('append').saveAsTable('t')`. */
  get write(): DataFrameWriter {
    return new DataFrameWriter(this)
  }
  writeTo(table: string): DataFrameWriterV2 {
    return new DataFrameWriterV2(this, table)
  }
  /** Starts a query that goes on writing rows as they come. */
  get writeStream(): DataStreamWriter {
    return new DataStreamWriter(this)
  }
  /** Rows stay where they are: tables and local rows are already in this browser. */
  cache(): this {
    return this
  }
  persist(): this {
    return this
  }
  unpersist(): this {
    return this
  }

  /** @internal */
  derive<R extends object = Row>(kind: Json): DataFrame<R> {
    return new DataFrame<R>(relation(kind), this.#session)
  }
  #on<R extends object = Row>(kind: string, fields: Json): DataFrame<R> {
    return this.derive<R>({ [kind]: { input: this.#plan, ...fields } })
  }
  #analyze(ask: AnalyzeAsk): AnalyzeResult {
    return this.#session.connection.analyze({ root: this.#plan }, ask)
  }
  async #rows(plan: Json): Promise<Extract<ExecuteResult, { kind: 'rows' }>> {
    const result = await this.#session.connection.execute({ root: plan })
    if (result.kind !== 'rows') throw new Error(`A relation answered with ${result.kind}`)
    return result
  }
  #print(text = ''): void {
    this.#session.connection.print(`${text}\n`)
  }
  #createView(name: string, replace: boolean, isGlobal: boolean): void {
    this.#session.connection.executeNow({
      command: { createDataframeView: { input: this.#plan, name, isGlobal, replace } },
    })
  }
  #deduplicate(subset: readonly string[] | null, withinWatermark: boolean): DataFrame<T> {
    const names = subset === null ? {} : { columnNames: subset }
    return this.#on<T>('deduplicate', { allColumnsAsKeys: subset === null, withinWatermark, ...names })
  }
  #setOperation<R extends object>(other: DataFrame<R>, kind: string, isAll: boolean, more: Json = {}): DataFrame<T> {
    return this.derive<T>({
      setOp: {
        leftInput: this.#plan,
        rightInput: planOf(other, 'other'),
        setOpType: `SET_OP_TYPE_${kind}`,
        isAll,
        byName: false,
        allowMissingColumns: false,
        ...more,
      },
    })
  }
  #grouped(kind: GroupType, cols: readonly (ColumnOrName | readonly ColumnOrName[])[], more: Json = {}): GroupedData {
    return new GroupedData(
      this,
      kind,
      flatten(cols).map((column) => toColumn(column)),
      more,
    )
  }
}

function planOf(other: unknown, argName: string): Json {
  if (!(other instanceof DataFrame)) throw argumentError('NOT_DATAFRAME', argName, other, 'a DataFrame')
  return other.plan
}

function joinOn(on: ColumnOrName | readonly string[] | readonly Column[] | null): Json {
  if (on === null) return {}
  const given = (Array.isArray(on) ? on : [on]) as readonly ColumnOrName[]
  if (given.length === 0) return {}
  if (given.every((each) => typeof each === 'string')) return { usingColumns: given }
  const conditions = given.map((each) => {
    if (!(each instanceof Column)) throw argumentError('NOT_COLUMN_OR_STR', 'on', each, 'a Column or a string')
    return each
  })
  return { joinCondition: conditions.reduce((all, each) => all.and(each)).expression }
}

const JOIN_TYPES: Readonly<Record<string, string>> = {
  inner: 'INNER',
  cross: 'CROSS',
  outer: 'FULL_OUTER',
  full: 'FULL_OUTER',
  fullouter: 'FULL_OUTER',
  left: 'LEFT_OUTER',
  leftouter: 'LEFT_OUTER',
  right: 'RIGHT_OUTER',
  rightouter: 'RIGHT_OUTER',
  semi: 'LEFT_SEMI',
  leftsemi: 'LEFT_SEMI',
  anti: 'LEFT_ANTI',
  leftanti: 'LEFT_ANTI',
}
const SHOWN_JOIN_TYPES =
  "'inner', 'outer', 'full', 'fullouter', 'full_outer', 'leftouter', 'left', 'left_outer', 'rightouter', 'right', 'right_outer', 'leftsemi', 'left_semi', 'semi', 'leftanti', 'left_anti', 'anti', 'cross'"

function joinType(how: string): string {
  const name = JOIN_TYPES[how.toLowerCase().replaceAll('_', '')]
  if (name !== undefined) return `JOIN_TYPE_${name}`
  throw userError(
    'UNSUPPORTED_JOIN_TYPE',
    `Unsupported join type '${how}'. Supported join types include: ${SHOWN_JOIN_TYPES}.`,
    { parameters: { typ: how, supported: SHOWN_JOIN_TYPES }, sqlState: '0A000' },
  )
}

/** Whole numbers as 64-bit literals, as `fillna` takes them. */
function wideLiteral(value: number | string | boolean): Json {
  return typeof value === 'number' && Number.isInteger(value) ? { long: String(value) } : literalOf(value)
}

/** `replace` compares all numbers as doubles. */
function replacedLiteral(value: Literal): Json {
  return typeof value === 'number' ? { double: value } : literalOf(value)
}

function shownCell(name: string, type: DataType): Column {
  const column = columnNamed(name)
  if (type !== BinaryType) return column.cast('string')
  const call = (functionName: string, ...args: readonly ColumnOrLiteral[]) =>
    new Column(callExpression(functionName, args.map(expressionOf)))
  return call('concat', '[', call('rtrim', call('regexp_replace', call('hex', column), '(..)', '$1 ')), ']')
}
