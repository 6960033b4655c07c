import type { PlanNode } from './node'
import { nodesOf } from './walk'

/** What the page says about a plan's inputs: query cards, the flow strip, the explorer's "used by". */
export type LeafDescription = {
  readonly leaf: number
  readonly format: string
  /** Table name, path or hub; the format when there is nothing better. */
  readonly label: string
  readonly isStreaming: boolean
  readonly columns: readonly string[]
}

/** The distinct leaves of a plan, in leaf order. */
export function describeLeaves(plan: PlanNode): LeafDescription[] {
  const leaves: LeafDescription[] = []
  for (const node of nodesOf(plan)) {
    if (node.kind !== 'scan') continue
    leaves[node.leaf] ??= {
      leaf: node.leaf,
      format: node.input.format,
      label: node.input.label,
      isStreaming: node.input.isStreaming,
      columns: node.input.schema.fields.map((field) => field.name),
    }
  }
  return leaves
}
