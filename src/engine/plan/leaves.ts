import type { LeafInput, PlanNode } from './node'
import { nodesOf } from './walk'

/** Leaves that read from outside, in plan order, each source once. */
export function leavesOf(plan: PlanNode): LeafInput[] {
  const found = new Map<string, LeafInput>()
  for (const node of nodesOf(plan))
    if (node.kind === 'scan' && !found.has(node.input.key)) found.set(node.input.key, node.input)
  return [...found.values()]
}

/** Leaf number of every scan in plan order, a leaf used twice twice. */
export function scansOf(plan: PlanNode): number[] {
  return [...nodesOf(plan)].flatMap((node) => (node.kind === 'scan' ? [node.leaf] : []))
}
