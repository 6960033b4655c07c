import type { Expression, Relation } from '../../protocol/spark-connect'

/**
 * `expr("...")` in a relation's own expressions, parsed: a text may hold a star, an aggregate, a generator or a time window, which
 * the rules look for before anything is bound. The same object when there is no text.
 */
export function withParsedTexts(relation: Relation, parse: (text: string) => Expression): Relation {
  return relation.relType.case === 'read' ? relation : (replaced(relation, parse, true) as Relation)
}

function replaced(value: unknown, parse: (text: string) => Expression, isRoot = false): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) {
    const items = (value as unknown[]).map((item) => replaced(item, parse))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  const { $typeName, exprType } = value as { $typeName?: string; exprType?: Expression['exprType'] }
  if ($typeName === 'spark.connect.Relation' && !isRoot) return value
  if (exprType?.case === 'expressionString') return parse(exprType.value.expression)
  let copy: Record<string, unknown> | null = null
  for (const [name, field] of Object.entries(value)) {
    if (typeof field !== 'object') continue
    const changed = replaced(field, parse)
    if (changed === field) continue
    copy ??= { ...value } as Record<string, unknown>
    copy[name] = changed
  }
  return copy ?? value
}
