import type { Batch, Column } from '../../protocol/columns'
import type { BoundExpression } from '../expressions/bound'
import { columnsUsed } from '../expressions/node'
import type { Node } from '../expressions/node'
import { placeholder } from '../operators/operator'
import type { PlanNode } from './node'

/**
 * Moves filters to where Spark's optimizer moves them, as far as a streaming query can tell: below a watermark (rows a filter
 * removes do not move it) and below an aggregation (groups a filter removes are never in the state). A condition that can pass
 * neither stays where it is; nothing else about the plan changes.
 *
 * Source  Spark 4.1 PushPredicateThroughNonJoin, PushPredicateThroughJoin, InferFiltersFromConstraints
 */
export function pushFilters(node: PlanNode): PlanNode {
  if (node.kind === 'join') return withInputs(withNotNullKeys(node), pushFilters)
  if (node.kind !== 'filter') return withInputs(node, pushFilters)
  let input = node.input
  const staying: BoundExpression[] = []
  for (const condition of conjuncts(node.condition)) {
    const sunk = isDeterministic(condition) ? sink(condition, input) : null
    if (sunk === null) staying.push(condition)
    else input = sunk
  }
  if (staying.length === 0) return pushFilters(input)
  const rest = staying.length === conjuncts(node.condition).length ? node.condition : allOf(staying)
  return { ...node, input: pushFilters(input), condition: rest }
}

/** Rows whose key is NULL match nothing: where they cannot be in the result, they go before the watermark sees them. */
function withNotNullKeys(join: Extract<PlanNode, { kind: 'join' }>): PlanNode {
  let { left, right } = join
  const width = left.schema.fields.length
  if (join.joinType !== 'inner' && join.joinType !== 'leftSemi') return join
  for (const { inputIndex, nullable } of join.leftKeys)
    if (inputIndex !== undefined && nullable) left = sink(isNotNull(left, inputIndex), left) ?? left
  for (const { inputIndex, nullable } of join.rightKeys)
    if (inputIndex !== undefined && nullable) right = sink(isNotNull(right, inputIndex - width), right) ?? right
  return { ...join, left, right }
}

function isNotNull(input: PlanNode, inputIndex: number): BoundExpression {
  const { name, type, nullable } = input.schema.fields[inputIndex]
  const evaluate = (batch: Batch) => batch.columns[inputIndex]
  const boolean = { kind: 'boolean' } as const
  return {
    type: boolean,
    nullable: false,
    name: `(${name} IS NOT NULL)`,
    isConstant: false,
    children: [{ type, nullable, name, isConstant: false, inputIndex, children: [], evaluate }],
    evaluate(batch) {
      const { layout, validity } = evaluate(batch)
      const values = validity?.slice() ?? new Uint8Array(batch.numRows).fill(layout === 'void' ? 0 : 1)
      return { layout: 'fixed', type: boolean, length: batch.numRows, validity: null, values }
    },
  }
}

/** The node with the condition below a watermark or aggregation in it; null when there is no way down to one. */
function sink(condition: BoundExpression, node: PlanNode): PlanNode | null {
  if (!node.isStreaming) return null
  const used = columnsUsed(condition)
  const into = (child: PlanNode, moved: BoundExpression): PlanNode => sink(moved, child) ?? filtered(child, moved)
  switch (node.kind) {
    case 'watermark':
      return used.has(node.column) ? null : { ...node, input: into(node.input, condition) }
    case 'aggregate': {
      const keys = node.results.map(({ inputIndex }) =>
        inputIndex === undefined ? undefined : (node.keys[inputIndex] as BoundExpression | undefined),
      )
      if (used.size === 0 || ![...used].every((index) => keys[index] !== undefined)) return null
      if (!node.keys.every(isDeterministic)) return null
      return {
        ...node,
        input: into(
          node.input,
          through(condition, (index) => keys[index]!),
        ),
      }
    }
    case 'project': {
      const { expressions } = node
      if (!expressions.every(isDeterministic)) return null
      const input = sink(
        through(condition, (index) => expressions[index]),
        node.input,
      )
      return input === null ? null : { ...node, input }
    }
    case 'filter': {
      if (!isDeterministic(node.condition)) return null
      const input = sink(condition, node.input)
      return input === null ? null : { ...node, input }
    }
    case 'generate': {
      const width = node.input.schema.fields.length
      if ([...used].some((index) => index >= width)) return null
      const input = sink(condition, node.input)
      return input === null ? null : { ...node, input }
    }
    case 'union': {
      const inputs = node.inputs.map((input) => sink(condition, input))
      if (inputs.every((input) => input === null)) return null
      return { ...node, inputs: inputs.map((input, index) => input ?? filtered(node.inputs[index], condition)) }
    }
    case 'join': {
      const width = node.left.schema.fields.length
      const keepsLeft = ['inner', 'cross', 'leftOuter', 'leftSemi', 'leftAnti'].includes(node.joinType)
      const keepsRight = ['inner', 'cross', 'rightOuter'].includes(node.joinType)
      if (keepsLeft && [...used].every((index) => index < width)) {
        const left = sink(condition, node.left)
        return left === null ? null : { ...node, left }
      }
      if (keepsRight && [...used].every((index) => index >= width)) {
        const right = sink(shifted(condition, width), node.right)
        return right === null ? null : { ...node, right }
      }
      return null
    }
    default:
      return null
  }
}

function filtered(input: PlanNode, condition: BoundExpression): PlanNode {
  const { schema, scope, isStreaming } = input
  return { kind: 'filter', input, condition, schema, scope, isStreaming }
}

/** The condition over the input of a projection: each column it reads is computed as the projection would. */
function through(condition: BoundExpression, expressionOf: (index: number) => BoundExpression): BoundExpression {
  const used = [...columnsUsed(condition)]
  const children = used.map(expressionOf)
  return {
    ...bare(condition),
    children,
    evaluate(batch, context) {
      const columns: Column[] = []
      used.forEach((index, i) => (columns[index] = children[i].evaluate(batch, context)))
      return condition.evaluate(sparse(batch, columns), context)
    },
  }
}

/** The condition over the right side of a join, whose columns stand `by` places further left. */
function shifted(condition: BoundExpression, by: number): BoundExpression {
  return through(condition, (index) => ({
    ...bare(condition),
    inputIndex: index - by,
    children: [],
    evaluate: (batch) => batch.columns[index - by],
  }))
}

function bare({ type, nullable, name }: BoundExpression): Omit<BoundExpression, 'children' | 'evaluate'> {
  return { type, nullable, name, isConstant: false }
}

function sparse(batch: Batch, columns: Column[]): Batch {
  const hole = placeholder(batch.numRows)
  return { schema: batch.schema, numRows: batch.numRows, columns: Array.from(columns, (column) => column ?? hole) }
}

function conjuncts(condition: BoundExpression): readonly BoundExpression[] {
  const [left, right] = condition.children as readonly Node[]
  const isAnd = condition.children.length === 2 && (condition as Node).sql === `(${left.sql} AND ${right.sql})`
  return isAnd ? [...conjuncts(left), ...conjuncts(right)] : [condition]
}

/** True where every condition is true; that one is NULL and not false makes no difference to a filter. */
function allOf(conditions: readonly BoundExpression[]): BoundExpression {
  const [first] = conditions
  if (conditions.length === 1) return first
  return {
    ...bare(first),
    nullable: false,
    name: `(${conditions.map((condition) => condition.name).join(' AND ')})`,
    children: conditions,
    evaluate(batch, context) {
      const values = new Uint8Array(batch.numRows).fill(1)
      for (const condition of conditions) {
        const column = condition.evaluate(batch, context)
        const { validity } = column
        for (let row = 0; row < batch.numRows; row++)
          if (column.layout !== 'fixed' || column.values[row] !== 1 || (validity !== null && validity[row] === 0))
            values[row] = 0
      }
      return { layout: 'fixed', type: first.type, length: batch.numRows, validity: null, values }
    },
  }
}

function isDeterministic(expression: BoundExpression): boolean {
  return (expression as Partial<Node>).isDeterministic ?? expression.children.every(isDeterministic)
}

/** The node with each of the nodes it reads replaced. */
function withInputs(node: PlanNode, replace: (input: PlanNode) => PlanNode): PlanNode {
  switch (node.kind) {
    case 'scan':
    case 'local':
    case 'range':
      return node
    case 'union':
      return { ...node, inputs: node.inputs.map(replace) }
    case 'join':
    case 'set-difference':
      return { ...node, left: replace(node.left), right: replace(node.right) }
    default:
      return { ...node, input: replace(node.input) }
  }
}
