import type { BoundExpression } from '../expressions/bound'
import type { PlanNode, WindowFunction } from './node'

/** Every node, inputs before the node that reads them. */
export function nodesOf(plan: PlanNode): PlanNode[] {
  return [...inputsOfNode(plan).flatMap(nodesOf), plan]
}

/** The nodes a node reads, in order. */
export function inputsOfNode(node: PlanNode): readonly PlanNode[] {
  switch (node.kind) {
    case 'scan':
    case 'local':
    case 'range':
      return []
    case 'subqueries':
      return [...node.cells.map((cell) => cell.plan), node.input]
    case 'union':
      return node.inputs
    case 'join':
    case 'set-difference':
      return [node.left, node.right]
    default:
      return [node.input]
  }
}

/** Every expression a window function evaluates over its input. */
export function windowInputs(one: WindowFunction): readonly BoundExpression[] {
  switch (one.kind) {
    case 'rank':
    case 'ntile':
      return []
    case 'offset':
      return one.otherwise === null ? [one.value] : [one.value, one.otherwise]
    case 'nth':
      return [one.value]
    case 'aggregate':
      return one.aggregate.filter === null ? one.aggregate.inputs : [...one.aggregate.inputs, one.aggregate.filter]
  }
}
