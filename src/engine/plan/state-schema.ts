import type { DataType } from '../../protocol/columns'
import type { StateFacts } from '../../protocol/workers/insight'
import type { BoundAggregate } from '../expressions/bound'
import { simpleString } from '../types/type-names'
import type { PlanNode } from './node'
import { nodesOf } from './walk'

/**
 * The schema that each streaming aggregation and deduplication of a plan has in Spark's state store, downstream first: Spark compares
 * the types with those in the checkpoint, by position, and nothing else.
 */
export function stateSchemas(plan: PlanNode): StateFacts[] {
  return nodesOf(plan)
    .reverse()
    .flatMap((node): StateFacts[] => {
      if (!node.isStreaming) return []
      if (node.kind === 'aggregate') {
        return [
          {
            names: [...node.keys, ...node.aggregates].map(({ name }) => name),
            keyTypes: node.keys.map(({ type }) => simpleString(type)),
            valueTypes: node.aggregates.flatMap(bufferTypes),
          },
        ]
      }
      if (node.kind !== 'distinct') return []
      const fields = node.keys.map((column) => node.schema.fields[column])
      return [
        {
          names: fields.map(({ name }) => name),
          keyTypes: fields.map(({ type }) => simpleString(type)),
          valueTypes: [],
        },
      ]
    })
}

/** What an aggregate keeps for a group in Spark; of one that Spark keeps otherwise, its name stands before our types. */
function bufferTypes(aggregate: BoundAggregate): string[] {
  const called = /^\w+/.exec(aggregate.name)?.[0] ?? aggregate.name
  const text = (...types: readonly DataType[]) => types.map(simpleString)
  switch (called) {
    case 'count':
      return ['bigint not null']
    case 'min':
    case 'max':
      return text(aggregate.type)
    case 'sum':
      return aggregate.type.kind === 'decimal'
        ? [simpleString(aggregate.type), 'boolean not null']
        : text(aggregate.type)
    case 'avg':
    case 'mean':
      return aggregate.type.kind === 'decimal'
        ? [`sum for ${simpleString(aggregate.type)}`, 'bigint not null']
        : ['double', 'bigint not null']
    case 'first':
    case 'last':
    case 'any_value':
      return [simpleString(aggregate.type), 'boolean not null']
    default:
      return [`${called}(${text(...aggregate.inputs.map(({ type }) => type)).join(', ')})`]
  }
}
