import { create } from '@bufbuild/protobuf'
import { internalError } from '../../protocol/errors/runnel-error'
import type { Relation } from '../../protocol/spark-connect'
import { RelationSchema } from '../../protocol/spark-connect'
import { mapInputsNow } from '../analyzer/relation-tree'
import { schemaFromJson, schemaToJson } from '../types/type-json'
import type { LeafInput, ResolvedInputs } from './node'

/** Option of a closed leaf that holds what the message has no field for; taken out again on opening. */
export const LEAF_OPTION = 'runnel.leaf'

type ClosedLeaf = {
  readonly label: string
  readonly key: string
  readonly userSchema: string | null
  readonly qualifier?: readonly string[]
}

/**
 * The plan as a Connect relation that needs no catalog: views are inlined already, each leaf is a data source with its options,
 * path and pinned schema (as JSON). The stream worker, Resume and explain analyse it again and get the same plan.
 */
export function closePlan(inputs: ResolvedInputs): Relation {
  const close = (relation: Relation): Relation => {
    const leaf = inputs.leaves.get(relation)
    return leaf === undefined ? mapInputsNow(relation, close) : closedLeaf(relation, leaf)
  }
  return close(inputs.relation)
}

/** The inverse of `closePlan`; needs neither catalog nor sources. */
export function openClosedPlan(relation: Relation): ResolvedInputs {
  const leaves = new Map<Relation, LeafInput>()
  const open = (current: Relation): Relation => {
    if (current.relType.case !== 'read') return mapInputsNow(current, open)
    leaves.set(current, openedLeaf(current))
    return current
  }
  return { relation: open(relation), leaves }
}

function closedLeaf(relation: Relation, leaf: LeafInput): Relation {
  const closed: ClosedLeaf = {
    label: leaf.label,
    key: leaf.key,
    userSchema: leaf.userSchema === null ? null : schemaToJson(leaf.userSchema),
    ...(leaf.qualifier === undefined ? {} : { qualifier: leaf.qualifier }),
  }
  return create(RelationSchema, {
    ...(relation.common === undefined ? {} : { common: relation.common }),
    relType: {
      case: 'read',
      value: {
        isStreaming: leaf.isStreaming,
        readType: {
          case: 'dataSource',
          value: {
            format: leaf.format,
            schema: schemaToJson(leaf.schema),
            options: { ...leaf.options, [LEAF_OPTION]: JSON.stringify(closed) },
          },
        },
      },
    },
  })
}

function openedLeaf(relation: Relation): LeafInput {
  const read = relation.relType.case === 'read' ? relation.relType.value : null
  const source = read?.readType.case === 'dataSource' ? read.readType.value : null
  if (read === null || source === null || source.schema === undefined || source.format === undefined) {
    throw internalError('a closed plan holds only data sources with format and schema')
  }
  const { [LEAF_OPTION]: text, ...options } = source.options
  if (text === undefined) throw internalError('a closed plan names every leaf')
  const closed = JSON.parse(text) as ClosedLeaf
  return {
    format: source.format,
    options,
    schema: schemaFromJson(source.schema),
    userSchema: closed.userSchema === null ? null : schemaFromJson(closed.userSchema),
    isStreaming: read.isStreaming,
    label: closed.label,
    key: closed.key,
    ...(closed.qualifier === undefined ? {} : { qualifier: closed.qualifier }),
  }
}
