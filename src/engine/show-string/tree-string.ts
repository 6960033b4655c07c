import type { DataType, StructType } from '../../protocol/columns'
import { simpleString } from '../types/type-names'
import { escaped } from './show-string'

/** The text of `printSchema()`; `level` limits the depth, null shows all. */
export function treeString(schema: StructType, level: number | null = null): string {
  const lines: string[] = ['root']
  structLines(schema, ' |', level ?? Infinity, lines)
  return `${lines.join('\n')}\n`
}

function structLines(type: StructType, prefix: string, depth: number, lines: string[]): void {
  if (depth <= 0) return
  for (const field of type.fields) {
    lines.push(`${prefix}-- ${escaped(field.name)}: ${typeName(field.type)} (nullable = ${field.nullable})`)
    nestedLines(field.type, `${prefix}    |`, depth - 1, lines)
  }
}

function nestedLines(type: DataType, prefix: string, depth: number, lines: string[]): void {
  if (depth <= 0) return
  switch (type.kind) {
    case 'struct':
      return structLines(type, prefix, depth, lines)
    case 'array':
      lines.push(`${prefix}-- element: ${typeName(type.elementType)} (containsNull = ${type.containsNull})`)
      return nestedLines(type.elementType, `${prefix}    |`, depth - 1, lines)
    case 'map':
      lines.push(`${prefix}-- key: ${typeName(type.keyType)}`)
      nestedLines(type.keyType, `${prefix}    |`, depth - 1, lines)
      lines.push(`${prefix}-- value: ${typeName(type.valueType)} (valueContainsNull = ${type.valueContainsNull})`)
      return nestedLines(type.valueType, `${prefix}    |`, depth - 1, lines)
    default:
      return
  }
}

function typeName(type: DataType): string {
  switch (type.kind) {
    case 'struct':
    case 'array':
    case 'map':
      return type.kind
    case 'decimal':
    case 'year-month-interval':
    case 'day-time-interval':
      return simpleString(type)
    default:
      return type.kind
  }
}
