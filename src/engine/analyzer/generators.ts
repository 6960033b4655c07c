import { userError } from '../../protocol/errors/runnel-error'
import type { DataType, StructField } from '../../protocol/columns'
import type { Expression } from '../../protocol/spark-connect'
import { bindExpression } from '../expressions/bind'
import type { BindContext } from '../expressions/bound'
import { childrenOf } from '../expressions/is-aggregate'
import type { PlanNode } from '../plan/node'
import { typesEqualIgnoringNullability } from '../types/type-equality'
import { sqlName } from '../types/type-names'
import { alias, call, functionArguments, functionName, nullLiteral } from './expression-tree'
import { planNode } from './nodes'
import { unsupportedFeature } from './analysis-errors'
import { fieldOf, newColumn } from './scopes'

/** Table-generating functions: `explode` and its family turn one row into none, one or many. */

const GENERATORS = new Set([
  'explode',
  'explode_outer',
  'posexplode',
  'posexplode_outer',
  'inline',
  'inline_outer',
  'stack',
])
const REFUSED = new Set(['json_tuple', 'variant_explode', 'variant_explode_outer'])

/** Whether this is a generator's name, in lower case; also of one that is refused. */
export function isGeneratorName(name: string): boolean {
  return GENERATORS.has(name) || REFUSED.has(name)
}

export function isGenerator(expression: Expression): boolean {
  const name = functionName(expression)
  return name !== null && isGeneratorName(name)
}

export type FoundGenerator = { readonly call: Expression; readonly aliases: readonly string[] }

/** The generator of a projected item, alone or under an alias; null when the item is an ordinary expression. */
export function generatorOf(item: Expression, nameOf: (expression: Expression) => string): FoundGenerator | null {
  if (isGenerator(item)) return { call: item, aliases: [] }
  if (item.exprType.case === 'alias') {
    const inner = item.exprType.value.expr
    if (inner !== undefined && isGenerator(inner)) return { call: inner, aliases: item.exprType.value.name }
    if (inner !== undefined) refuseNested(inner, nameOf)
    return null
  }
  refuseNested(item, nameOf)
  return null
}

/** Refuses a generator anywhere inside, where Spark allows it only on top of a SELECT item. */
export function refuseNested(expression: Expression, nameOf: (expression: Expression) => string): void {
  for (const child of childrenOf(expression)) {
    if (isGenerator(child)) {
      throw userError(
        'UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS',
        `The generator is not supported: nested in expressions "${nameOf(expression)}".`,
        { sqlState: '42K0E', hint: 'Explode in a select or withColumn of its own, then use the new column.' },
      )
    }
    refuseNested(child, nameOf)
  }
}

export function refuseOutsideSelect(expression: Expression, operator: string): void {
  const found = isGenerator(expression) ? expression : childrenOf(expression).find(isGenerator)
  if (found === undefined) return
  throw userError(
    'UNSUPPORTED_GENERATOR.OUTSIDE_SELECT',
    `The generator is not supported: outside the SELECT clause, found: ${operator}.`,
    { sqlState: '42K0E', hint: 'Explode in a select or withColumn first.' },
  )
}

/** The input with the generator's columns after its own; `first` is the position of the first new column. */
export function generateNode(
  input: PlanNode,
  generator: FoundGenerator,
  context: BindContext,
): { node: PlanNode; first: number; count: number } {
  let name = functionName(generator.call)!
  let argument = functionArguments(generator.call)[0]
  if (REFUSED.has(name)) throw unsupportedFeature(`generator ${name}`, 'Use from_json and select the fields.')
  if (name === 'stack') {
    argument = stackAsArray(functionArguments(generator.call), input, context)
    name = 'inline'
  }
  if (argument === undefined)
    throw userError(
      'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
      `The \`${name}\` requires 1 parameters but the actual number is 0.`,
      { sqlState: '42605' },
    )
  const bound = bindExpression(argument, input.scope, context)
  const outer = name.endsWith('_outer')
  const kind = outer ? name.slice(0, -'_outer'.length) : name
  const position = kind === 'posexplode'
  const fields = generatedFields(kind, bound.type, bound.name, outer, name)
  if (generator.aliases.length > 0 && generator.aliases.length !== fields.length) {
    throw userError(
      'UDTF_ALIAS_NUMBER_MISMATCH',
      `The number of aliases supplied in the AS clause does not match the number of columns output by the UDTF.\nExpected ${fields.length} aliases, but got ${generator.aliases.join(',')}.\nPlease ensure that the number of aliases provided matches the number of columns output by the UDTF.`,
      { sqlState: '42802', hint: `${name} makes ${fields.length} columns: give ${fields.length} names in alias(...).` },
    )
  }
  const columns = fields.map((field, index) => newColumn({ ...field, name: generator.aliases[index] ?? field.name }))
  const node = planNode(
    { kind: 'generate', input, generator: bound, generatorName: name, outer, position },
    { columns: [...input.scope.columns, ...columns] },
    input.isStreaming,
  )
  return { node, first: input.scope.columns.length, count: columns.length }
}

function generatedFields(
  kind: string,
  type: DataType,
  argumentName: string,
  outer: boolean,
  name: string,
): StructField[] {
  if (kind === 'inline') {
    if (type.kind !== 'array' || type.elementType.kind !== 'struct')
      throw wrongType(name, argumentName, type, '"ARRAY<STRUCT>"')
    const isNull = type.containsNull || outer
    return type.elementType.fields.map((field) => ({ ...field, nullable: field.nullable || isNull }))
  }
  const positions = kind === 'posexplode' ? [fieldOf('pos', { kind: 'integer' }, outer)] : []
  if (type.kind === 'array') return [...positions, fieldOf('col', type.elementType, type.containsNull || outer)]
  if (type.kind === 'map') {
    return [
      ...positions,
      fieldOf('key', type.keyType, outer),
      fieldOf('value', type.valueType, type.valueContainsNull || outer),
    ]
  }
  throw wrongType(name, argumentName, type, '("ARRAY" or "MAP")')
}

function wrongType(name: string, argumentName: string, type: DataType, required: string): Error {
  return userError(
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
    `Cannot resolve "${name}(${argumentName})" due to data type mismatch: The first parameter requires the ${required} type, however "${argumentName}" has the type "${sqlName(type)}".`,
    {
      sqlState: '42K09',
      hint: `${name} needs an array${required.includes('MAP') ? ' or a map' : ' of structs'}; for JSON text use from_json first.`,
    },
  )
}

/** `stack(n, e1, ..)` is `inline(array(struct(row 1), struct(row 2), ...))` with columns col0, col1, ... */
function stackAsArray(args: readonly Expression[], input: PlanNode, context: BindContext): Expression {
  const count = args[0]?.exprType
  const rows =
    count?.case === 'literal' && count.value.literalType.case === 'integer' ? count.value.literalType.value : 0
  if (rows <= 0 || args.length < 2)
    throw unsupportedFeature(
      'stack without a positive number of rows',
      'Write stack(lit(2), a, b, c, d): first how many rows, then the values row by row.',
    )
  const values = args.slice(1)
  const width = Math.ceil(values.length / rows)
  refuseMixedColumns(rows, width, values, input, context)
  const rowOf = (row: number) =>
    Array.from({ length: width }, (_, column) => alias(values[row * width + column] ?? nullLiteral(), `col${column}`))
  return call('array', ...Array.from({ length: rows }, (_, row) => call('struct', ...rowOf(row))))
}

function refuseMixedColumns(
  rows: number,
  width: number,
  values: readonly Expression[],
  input: PlanNode,
  context: BindContext,
): void {
  const bound = values.map((value) => bindExpression(value, input.scope, context))
  bound.forEach((value, index) => {
    const first = bound[index % width]
    if (
      value.type.kind === 'void' ||
      first.type.kind === 'void' ||
      typesEqualIgnoringNullability(value.type, first.type)
    )
      return
    throw userError(
      'DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES',
      `Cannot resolve "stack(${[String(rows), ...bound.map((one) => one.name)].join(', ')})" due to data type mismatch: The data type of the column (${index % width}) do not have the same type: "${sqlName(first.type)}" (${(index % width) + 1}) <> "${sqlName(value.type)}" (${index + 1}).`,
      { sqlState: '42K09', hint: 'Cast the values of one column to one type.' },
    )
  })
}
