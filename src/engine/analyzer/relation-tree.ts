import type { Relation } from '../../protocol/spark-connect'

/** Walking relations without naming every message: an input is any field that holds a Relation. */

const RELATION = 'spark.connect.Relation'

function isRelation(value: unknown): value is Relation {
  return typeof value === 'object' && value !== null && (value as { $typeName?: unknown }).$typeName === RELATION
}

export function inputsOfRelation(relation: Relation): Relation[] {
  const { value } = relation.relType
  return value === undefined
    ? []
    : Object.values(value)
        .flatMap((field: unknown): unknown[] => (Array.isArray(field) ? (field as unknown[]) : [field]))
        .filter(isRelation)
}

/** The relation with each input replaced; the same object when none changed. */
export async function mapInputs(relation: Relation, map: (input: Relation) => Promise<Relation>): Promise<Relation> {
  const { value } = relation.relType
  if (value === undefined) return relation
  const changes: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value)) {
    if (isRelation(field)) {
      const mapped = await map(field)
      if (mapped !== field) changes[name] = mapped
    } else if (Array.isArray(field) && field.some(isRelation)) {
      const mapped = await Promise.all((field as Relation[]).map(map))
      if (mapped.some((item, index) => item !== field[index])) changes[name] = mapped
    }
  }
  if (Object.keys(changes).length === 0) return relation
  return withRelationType(relation, { ...value, ...changes })
}

/** `mapInputs` for a map that needs no waiting. */
export function mapInputsNow(relation: Relation, map: (input: Relation) => Relation): Relation {
  const { value } = relation.relType
  if (value === undefined) return relation
  const changes: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value)) {
    if (isRelation(field)) changes[name] = map(field)
    else if (Array.isArray(field) && field.some(isRelation)) changes[name] = (field as Relation[]).map(map)
  }
  return Object.keys(changes).length === 0 ? relation : withRelationType(relation, { ...value, ...changes })
}

function withRelationType(relation: Relation, value: object): Relation {
  return { ...relation, relType: { case: relation.relType.case, value } as Relation['relType'] }
}

export function isStreamingRelation(relation: Relation): boolean {
  const kind = relation.relType
  return (kind.case === 'read' && kind.value.isStreaming) || inputsOfRelation(relation).some(isStreamingRelation)
}
