import type { BoundExpression } from '../expressions/bound'
import { columnsUsed } from '../expressions/node'
import { simpleString } from '../types/type-names'
import { compilePlan } from '../plan/compile'
import type { PlanNode, SortKey } from '../plan/node'
import { inputsOfNode } from '../plan/walk'

export type ExplainMode = 'simple' | 'extended' | 'formatted' | 'codegen' | 'cost'

/**
 * What `explain()` prints: our plan in Spark's tree shape, not Spark's text. `simple` shows what runs; the other modes add the
 * analysed tree with types.
 */
export function explainString(node: PlanNode, mode: ExplainMode = 'simple'): string {
  const running = `== Physical Plan ==\n${tree(node, leafColumns(node))}\n`
  if (mode === 'simple') return running
  const analysed = `== Analyzed Logical Plan ==\n${schemaLine(node)}\n${tree(node, null)}\n`
  return `${analysed}\n${running}`
}

function schemaLine(node: PlanNode): string {
  return node.schema.fields.map((field) => `${field.name}: ${simpleString(field.type)}`).join(', ')
}

/** Columns each leaf is really read with, by leaf number. */
function leafColumns(node: PlanNode): ReadonlyMap<number, readonly string[] | null> {
  return new Map(compilePlan(node).leaves.map((leaf, index) => [index, leaf.columns]))
}

type LeafColumns = ReadonlyMap<number, readonly string[] | null> | null

function tree(node: PlanNode, leaves: LeafColumns): string {
  const lines: string[] = []
  const visit = (current: PlanNode, prefix: string, childPrefix: string) => {
    lines.push(`${prefix}${describeNode(current, leaves)}`)
    const inputs = inputsOfNode(current)
    inputs.forEach((input, index) => {
      const isLast = index === inputs.length - 1
      visit(input, `${childPrefix}${isLast ? '+- ' : ':- '}`, `${childPrefix}${isLast ? '   ' : ':  '}`)
    })
  }
  visit(node, '', '')
  return lines.join('\n')
}

function describeNode(node: PlanNode, leaves: LeafColumns): string {
  switch (node.kind) {
    case 'scan': {
      const columns = leaves?.get(node.leaf) ?? node.schema.fields.map((field) => field.name)
      return `${node.isStreaming ? 'StreamingScan' : 'Scan'} ${node.input.format} ${node.input.label} [${columns.join(', ')}]`
    }
    case 'local':
      return `LocalTableScan [${names(node)}] ${node.batches.reduce((sum, batch) => sum + batch.numRows, 0)} rows`
    case 'range':
      return `Range (${node.start}, ${node.end}, step=${node.step})`
    case 'project':
      return `Project [${node.expressions.map(expressionText).join(', ')}]`
    case 'expand':
      return `Expand [${node.projections.map((one) => `[${one.map(expressionText).join(', ')}]`).join(', ')}]`
    case 'filter':
      return `Filter ${node.condition.name}`
    case 'generate':
      return `Generate ${node.generatorName}(${node.generator.name}), outer=${node.outer} [${node.schema.fields
        .slice(node.input.schema.fields.length)
        .map((field) => field.name)
        .join(', ')}]`
    case 'limit':
      return (
        [node.limit >= 0 ? `Limit ${node.limit}` : '', node.offset > 0 ? `Offset ${node.offset}` : '']
          .filter((part) => part !== '')
          .join(' ') || 'Limit all'
      )
    case 'tail':
      return `Tail ${node.limit}`
    case 'sort':
      return `Sort [${node.order.map(sortText).join(', ')}], global=${node.isGlobal}`
    case 'union':
      return 'Union'
    case 'aggregate':
      return `HashAggregate(keys=[${node.keys.map((key) => key.name).join(', ')}], functions=[${node.aggregates.map((one) => one.name).join(', ')}])`
    case 'distinct':
      return `${node.withinWatermark === true ? 'DeduplicateWithinWatermark' : 'Deduplicate'} [${node.keys.map((key) => node.schema.fields[key].name).join(', ')}]`
    case 'watermark':
      return `EventTimeWatermark ${node.schema.fields[node.column].name}, ${node.delayMs} ms`
    case 'join': {
      const keys = node.leftKeys.map((key, index) => `${key.name} = ${node.rightKeys[index].name}`)
      const condition = node.condition === null ? '' : `, ${node.condition.name}`
      return `${keys.length > 0 ? 'HashJoin' : 'NestedLoopJoin'} ${node.joinType} [${keys.join(', ')}]${condition}`
    }
    case 'subqueries':
      return `Subqueries ${node.cells.length}`
    case 'window':
      return `Window [${names(node)}]`
    case 'set-difference':
      return `${node.keep === 'intersect' ? 'Intersect' : 'Except'}${node.isAll ? ' All' : ''}`
    case 'sample':
      return `Sample ${node.lower}, ${node.upper}, ${node.withReplacement}, ${node.seed}`
    case 'observe':
      return `CollectMetrics ${node.name}, [${node.metrics.results.map((result) => result.name).join(', ')}]`
    case 'show':
      return `ShowString ${node.numRows} rows`
  }
}

function names(node: PlanNode): string {
  return node.schema.fields.map((field) => field.name).join(', ')
}

/** A renamed or computed column says what it reads. */
function expressionText(expression: BoundExpression): string {
  if (expression.inputIndex !== undefined || expression.isConstant) return expression.name
  const inputs = columnsUsed(expression).size
  return inputs === 0 || expression.name.includes('(') ? expression.name : `${expression.name} (computed)`
}

function sortText(key: SortKey): string {
  return `${key.expression.name} ${key.descending ? 'DESC' : 'ASC'} NULLS ${key.nullsFirst ? 'FIRST' : 'LAST'}`
}
