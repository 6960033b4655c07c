import type { PlanNode } from './node'

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
