import { toJsonString } from '@bufbuild/protobuf'
import type { Aggregate, Expression } from '../../protocol/spark-connect'
import { Aggregate_GroupType, ExpressionSchema } from '../../protocol/spark-connect'
import { bindExpression } from '../expressions/bind'
import type { BindContext, BoundExpression } from '../expressions/bound'
import { columnNode, literalNode } from '../expressions/node'
import type { PlanNode } from '../plan/node'
import { LONG } from '../types/atomic-types'
import { addressable, columnAt } from './expression-tree'
import { planNode } from './nodes'
import { columnReference, fieldOf, fieldOfExpression, newColumn } from './scopes'

/** ROLLUP, CUBE and GROUPING SETS: every row once for each set, with NULL in place of the keys the set leaves out. */

/** All keys, and for each set which of them it groups by; null for plain groups. */
export function groupingSetsOf(
  aggregate: Aggregate,
): { readonly keys: readonly Expression[]; readonly masks: readonly (readonly boolean[])[] } | null {
  const keys = aggregate.groupingExpressions
  const n = keys.length
  switch (aggregate.groupType) {
    case Aggregate_GroupType.ROLLUP:
      return { keys, masks: Array.from({ length: n + 1 }, (_, set) => keys.map((__, key) => key < n - set)) }
    case Aggregate_GroupType.CUBE:
      return {
        keys,
        masks: Array.from({ length: 2 ** n }, (_, set) => keys.map((__, key) => (set & (1 << (n - 1 - key))) === 0)),
      }
    case Aggregate_GroupType.GROUPING_SETS: {
      const all: Expression[] = []
      const texts: string[] = []
      const indexOf = (key: Expression): number => {
        const text = toJsonString(ExpressionSchema, key)
        if (!texts.includes(text)) {
          texts.push(text)
          all.push(key)
        }
        return texts.indexOf(text)
      }
      keys.forEach(indexOf)
      const sets = aggregate.groupingSets.map(({ groupingSet }) => new Set(groupingSet.map(indexOf)))
      return { keys: all, masks: sets.map((set) => all.map((_, key) => set.has(key))) }
    }
    default:
      return null
  }
}

/** Names of the keys as the sets see them: a name in the query means the input's own column. */
const SEEN = ' grouped '

/** The input's columns, then the keys as each set sees them, then the set's bits: 1 for a key it leaves out. */
export function groupingSetsNode(
  input: PlanNode,
  groupings: readonly Expression[],
  masks: readonly (readonly boolean[])[],
  context: BindContext,
): { node: PlanNode; keys: BoundExpression[]; idColumn: Expression } {
  const bound = groupings.map((key) => bindExpression(key, input.scope, context))
  const seen = bound.map((key) => ({ ...fieldOfExpression(key), nullable: true }))
  const scope = addressable({
    columns: [
      ...input.scope.columns,
      ...seen.map((field, index) => newColumn({ ...field, name: `${SEEN}${index}` })),
      newColumn(fieldOf('spark_grouping_id', LONG, false)),
    ],
  })
  const passed = input.scope.columns.map((_, index) => columnReference(input.scope, index))
  const projections = masks.map((mask) => {
    const id = mask.reduce((bits, isKept) => bits * 2n + (isKept ? 0n : 1n), 0n)
    const keys = bound.map((key, index) => (mask[index] ? key : literalNode(key.type, null, 'NULL')))
    return [...passed, ...keys, literalNode(LONG, id, 'spark_grouping_id')]
  })
  const node = planNode({ kind: 'expand', input, projections }, scope, input.isStreaming)
  const width = input.scope.columns.length
  return {
    node,
    keys: [
      ...seen.map((field, index) => columnNode(field, width + index)),
      columnReference(node.scope, width + bound.length),
    ],
    idColumn: columnAt(node.scope, width + bound.length),
  }
}
