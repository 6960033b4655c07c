import type { DataType, StructType } from '../protocol/columns'

/** Spark's `printSchema` text, ending with a line break; Delta shows it inside its schema errors. */
export function schemaTree(schema: StructType): string {
  const lines = ['root']
  addFields(lines, schema, ' |')
  return `${lines.join('\n')}\n`
}

function addFields(lines: string[], schema: StructType, prefix: string): void {
  for (const field of schema.fields) {
    lines.push(`${prefix}-- ${field.name}: ${typeName(field.type)} (nullable = ${field.nullable})`)
    addNested(lines, field.type, `${prefix}    |`)
  }
}

function addNested(lines: string[], type: DataType, prefix: string): void {
  if (type.kind === 'struct') addFields(lines, type, prefix)
  else if (type.kind === 'array') {
    lines.push(`${prefix}-- element: ${typeName(type.elementType)} (containsNull = ${type.containsNull})`)
    addNested(lines, type.elementType, `${prefix}    |`)
  } else if (type.kind === 'map') {
    lines.push(`${prefix}-- key: ${typeName(type.keyType)}`)
    addNested(lines, type.keyType, `${prefix}    |`)
    lines.push(`${prefix}-- value: ${typeName(type.valueType)} (valueContainsNull = ${type.valueContainsNull})`)
    addNested(lines, type.valueType, `${prefix}    |`)
  }
}

function typeName(type: DataType): string {
  return type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : type.kind
}
