import type { CollectMetrics } from '../../protocol/spark-connect'
import { internalError } from '../../protocol/errors/runnel-error'
import type { PlanNode } from '../plan/node'
import { aggregateNode } from './aggregate'
import type { AnalysisContext } from './nodes'
import { planNode } from './nodes'

/** `df.observe(name, metrics...)`: one global aggregate beside the rows. */
export function observeRelation(relation: CollectMetrics, context: AnalysisContext): PlanNode {
  const input = context.analyze(relation.input!)
  const metrics = aggregateNode(input, [], relation.metrics, context)
  if (metrics.kind !== 'aggregate') throw internalError('metrics are an aggregate')
  return planNode({ kind: 'observe', input, name: relation.name, metrics }, input.scope, input.isStreaming)
}
