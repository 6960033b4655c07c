import type { LeafInput, PlanNode } from './node'

/** Leaves that read from outside, in plan order, each source once. */
export function leavesOf(node: PlanNode): LeafInput[] {
  const found = new Map<string, LeafInput>()
  const visit = (at: PlanNode): void => {
    if (at.kind === 'scan') found.set(at.input.key, at.input)
    for (const child of childrenOf(at)) visit(child)
  }
  visit(node)
  return [...found.values()]
}

/** Inputs of a node, left to right, whatever its kind calls them. */
export function childrenOf(node: PlanNode): PlanNode[] {
  const parts = node as unknown as { input?: unknown; inputs?: PlanNode[]; left?: PlanNode; right?: PlanNode }
  if (node.kind === 'scan') return []
  const single = parts.input === undefined ? [] : [parts.input as PlanNode]
  return [
    ...single,
    ...(parts.inputs ?? []),
    ...(parts.left ? [parts.left] : []),
    ...(parts.right ? [parts.right] : []),
  ]
}
