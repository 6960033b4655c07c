import type { PlanNode } from '../plan/node'
import { childrenOf } from '../plan/leaves'
import { simpleString } from '../types/type-names'

export type ExplainMode = 'simple' | 'extended' | 'formatted' | 'codegen' | 'cost'

/** What `explain()` prints: the analysed plan as Runnel runs it, one operator a line; `extended` adds the output columns. */
export function explainString(plan: PlanNode, mode: ExplainMode): string {
  const lines: string[] = []
  const visit = (node: PlanNode, depth: number): void => {
    const indent = depth === 0 ? '' : `${'   '.repeat(depth - 1)}+- `
    const columns = node.schema.fields.map(({ name, type }) => `${name}:${simpleString(type)}`).join(', ')
    lines.push(`${indent}${describe(node)}${mode === 'simple' ? '' : ` [${columns}]`}`)
    for (const child of childrenOf(node)) visit(child, depth + 1)
  }
  visit(plan, 0)
  const title = mode === 'extended' || mode === 'formatted' ? '== Analyzed Logical Plan ==' : '== Physical Plan =='
  return `${title}\n${lines.join('\n')}\n`
}

function describe(node: PlanNode): string {
  switch (node.kind) {
    case 'scan':
      return `${node.isStreaming ? 'StreamingScan' : 'Scan'} ${node.input.format} ${node.input.label}`
    case 'project':
      return `Project [${node.expressions.map(({ name }) => name).join(', ')}]`
    case 'filter':
      return `Filter ${node.condition.name}`
    case 'generate':
      return `Generate ${node.generatorName}${node.outer ? ' outer' : ''}`
    case 'limit':
      return `Limit ${node.limit}${node.offset > 0 ? ` offset ${node.offset}` : ''}`
    case 'aggregate':
      return `Aggregate [${node.keys.map(({ name }) => name).join(', ')}] [${node.aggregates.map(({ name }) => name).join(', ')}]`
    case 'sort':
      return `Sort [${node.order.map(({ expression, descending }) => `${expression.name} ${descending ? 'DESC' : 'ASC'}`).join(', ')}]`
    case 'range':
      return `Range (${node.start}, ${node.end}, step=${node.step})`
    case 'watermark':
      return `EventTimeWatermark ${node.schema.fields[node.column].name}, ${node.delayMs} ms`
    default:
      return node.kind[0].toUpperCase() + node.kind.slice(1)
  }
}
