import type { Batch, Column, DataType, StructField } from '../../protocol/columns'
import type { BoundExpression, EvaluationContext } from './bound'
import { constantColumn, readerOf } from './row-values'
import type { Reader, Value } from './row-values'

/**
 * A bound expression with what binding of its parents needs to know.
 *
 * `sql` is the text inside another expression (`CAST(a AS INT)` where `name` is `a`).
 * `neverFails`: evaluating rows that a CASE would not reach can raise no error, so no selection is needed.
 */
export interface Node extends BoundExpression {
  readonly sql: string
  readonly children: readonly Node[]
  /** Set for literals alone; a foldable call is `isConstant` without it. */
  readonly literal?: { readonly value: Value }
  readonly neverFails: boolean
  /** False for rand(), uuid(): never folded, never moved. */
  readonly isDeterministic: boolean
}

type NodeParts = {
  readonly type: DataType
  readonly nullable: boolean
  readonly sql: string
  readonly name?: string
  readonly children?: readonly Node[]
  readonly metadata?: StructField['metadata']
  readonly isConstant?: boolean
  readonly inputIndex?: number
  readonly parsesJson?: boolean
  readonly literal?: { readonly value: Value }
  readonly neverFails?: boolean
  readonly isDeterministic?: boolean
  evaluate(batch: Batch, context: EvaluationContext): Column
}

export function node(parts: NodeParts): Node {
  const children = parts.children ?? []
  const isDeterministic = parts.isDeterministic ?? children.every((child) => child.isDeterministic)
  return {
    ...parts,
    name: parts.name ?? parts.sql,
    children,
    isDeterministic,
    isConstant:
      parts.isConstant ?? (isDeterministic && children.length > 0 && children.every((child) => child.isConstant)),
    neverFails: parts.neverFails ?? false,
  }
}

/** The input column at `index`. */
export function columnNode(field: StructField, index: number, sql = field.name): Node {
  return node({
    type: field.type,
    nullable: field.nullable,
    sql,
    name: field.name,
    ...(field.metadata === undefined ? {} : { metadata: field.metadata }),
    isConstant: false,
    inputIndex: index,
    neverFails: true,
    evaluate: (batch) => batch.columns[index],
  })
}

/** A literal; `sql` is how Spark prints it inside another expression. */
export function literalNode(type: DataType, value: Value, sql: string): Node {
  let cached: Column | null = null
  return node({
    type,
    nullable: value === null,
    sql,
    isConstant: true,
    literal: { value },
    neverFails: true,
    evaluate(batch) {
      if (cached === null || cached.length !== batch.numRows) cached = constantColumn(type, value, batch.numRows)
      return cached
    },
  })
}

const ONE_ROW: Batch = { schema: { kind: 'struct', fields: [] }, numRows: 1, columns: [] }

/** The value of a constant expression. */
export function constantValue(expression: Node, context: EvaluationContext): Value {
  if (expression.literal !== undefined) return expression.literal.value
  return readerOf(expression.evaluate(ONE_ROW, context))(0)
}

/** Context for folding at analysis, where no batch has a time yet; only for expressions that do not look at it. */
export const FOLDING_CONTEXT: EvaluationContext = { nowMicros: 0n, timeZone: 'UTC', seed: 0, isCanceled: () => false }

/** Reads an argument by row; constants are evaluated once. */
export function argumentReader(expression: Node, batch: Batch, context: EvaluationContext): Reader {
  if (!expression.isConstant) return readerOf(expression.evaluate(batch, context))
  const value = constantValue(expression, context)
  return () => value
}

const usedColumns = new WeakMap<BoundExpression, ReadonlySet<number>>()

/** Input columns the expression reads. */
export function columnsUsed(expression: BoundExpression): ReadonlySet<number> {
  let used = usedColumns.get(expression)
  if (used === undefined) {
    const all = new Set<number>()
    if (expression.inputIndex !== undefined) all.add(expression.inputIndex)
    for (const child of expression.children) for (const index of columnsUsed(child)) all.add(index)
    used = all
    usedColumns.set(expression, used)
  }
  return used
}

/** The same expression under another name or type text; evaluation is shared. */
export function renamed(
  expression: Node,
  changes: Partial<Pick<Node, 'name' | 'sql' | 'nullable' | 'metadata'>>,
): Node {
  return { ...expression, ...changes, evaluate: (batch, context) => expression.evaluate(batch, context) }
}
