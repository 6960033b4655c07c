import type { Column, DataType, StructType } from '../../protocol/columns'
import { gatherColumn } from '../batch/gather'
import { nullColumn } from '../batch/empty'
import { columnComparator } from '../batch/compare'
import { STRING, isIntegral } from '../types/atomic-types'
import { implicitCast } from './casts/bind-cast'
import { quoteParts, quoteSql, quoteType, sparkError, unexpectedInputType } from './errors'
import { bothValid } from './functions/define'
import { implicitTarget } from './functions/argument-types'
import { literalNode, node } from './node'
import type { Node } from './node'

/** `child.name`: a struct's field, a map's value, the field of each struct of an array. */
export function extractField(child: Node, name: string): Node {
  return extractValue(child, literalNode(STRING, name, name))
}

/** `child[extraction]`: struct field, array element, map value. */
export function extractValue(child: Node, extraction: Node): Node {
  const { type } = child
  switch (type.kind) {
    case 'struct':
      return structField(child, type, fieldName(extraction))
    case 'array':
      if (type.elementType.kind === 'struct' && extraction.literal !== undefined && extraction.type.kind === 'string') {
        return fieldOfElements(child, type.elementType, type.containsNull, fieldName(extraction))
      }
      return arrayElement(child, type.elementType, extraction)
    case 'map':
      return mapValue(child, type, extraction)
    default:
      throw sparkError(
        'INVALID_EXTRACT_BASE_FIELD_TYPE',
        { base: quoteSql(child.sql), other: quoteType(type) },
        {
          hint: `${child.sql} has no fields; only STRUCT, ARRAY and MAP columns have. JSON text must go through from_json first.`,
        },
      )
  }
}

function fieldName(extraction: Node): string {
  if (extraction.literal !== undefined && typeof extraction.literal.value === 'string') return extraction.literal.value
  throw sparkError('INVALID_EXTRACT_FIELD_TYPE', { extraction: quoteSql(extraction.sql) })
}

/** Position of a field by name, case not counting. Throws FIELD_NOT_FOUND, AMBIGUOUS_REFERENCE_TO_FIELDS. */
export function fieldPosition(type: StructType, name: string): number {
  const found = type.fields.flatMap((member, i) => (member.name.toLowerCase() === name.toLowerCase() ? [i] : []))
  if (found.length === 1) return found[0]
  if (found.length > 1)
    throw sparkError('AMBIGUOUS_REFERENCE_TO_FIELDS', { field: quoteParts([name]), count: String(found.length) })
  throw sparkError(
    'FIELD_NOT_FOUND',
    { fieldName: quoteParts([name]), fields: type.fields.map((member) => quoteParts([member.name])).join(', ') },
    { hint: `The struct has the fields ${type.fields.map((member) => member.name).join(', ')}.` },
  )
}

function structField(child: Node, type: StructType, name: string): Node {
  const position = fieldPosition(type, name)
  const member = type.fields[position]
  return node({
    type: member.type,
    nullable: child.nullable || member.nullable,
    sql: `${child.sql}.${name}`,
    children: [child],
    ...(member.metadata === undefined ? {} : { metadata: member.metadata }),
    neverFails: child.neverFails,
    evaluate(batch, context) {
      const column = child.evaluate(batch, context)
      if (column.layout !== 'struct') return nullColumn(member.type, batch.numRows)
      return underParent(column.children[position], column.validity, batch.numRows)
    },
  })
}

/** A child column where a NULL parent makes NULL. */
function underParent(column: Column, parent: Uint8Array | null, length: number): Column {
  if (parent === null || column.layout === 'void') return column
  return { ...column, validity: bothValid(column.validity, parent, length) }
}

function fieldOfElements(child: Node, element: StructType, containsNull: boolean, name: string): Node {
  const position = fieldPosition(element, name)
  const member = element.fields[position]
  const type: DataType = { kind: 'array', elementType: member.type, containsNull: containsNull || member.nullable }
  return node({
    type,
    nullable: child.nullable,
    sql: `${child.sql}.${member.name}`,
    children: [child],
    neverFails: child.neverFails,
    evaluate(batch, context) {
      const column = child.evaluate(batch, context)
      if (column.layout !== 'list') return nullColumn(type, batch.numRows)
      const structs = column.child
      const values =
        structs.layout === 'struct'
          ? underParent(structs.children[position], structs.validity, structs.length)
          : nullColumn(member.type, structs.length)
      return { ...column, type, child: values }
    },
  })
}

function arrayElement(child: Node, elementType: DataType, extraction: Node): Node {
  const sql = `${child.sql}[${extraction.sql}]`
  if (!isIntegral(extraction.type)) throw unexpectedInputType(sql, 1, '"INTEGRAL"', extraction)
  return node({
    type: elementType,
    nullable: true,
    sql,
    children: [child, extraction],
    evaluate(batch, context) {
      const column = child.evaluate(batch, context)
      const index = extraction.evaluate(batch, context)
      if (column.layout !== 'list' || index.layout !== 'fixed') return nullColumn(elementType, batch.numRows)
      const rows = new Int32Array(batch.numRows)
      for (let i = 0; i < batch.numRows; i++) {
        if (
          (column.validity !== null && column.validity[i] === 0) ||
          (index.validity !== null && index.validity[i] === 0)
        ) {
          rows[i] = -1
          continue
        }
        const at = Number(index.values[i])
        const size = column.offsets[i + 1] - column.offsets[i]
        if (at < 0 || at >= size) throw invalidArrayIndex(at, size)
        rows[i] = column.offsets[i] + at
      }
      return gatherColumn(column.child, rows)
    },
  })
}

export function invalidArrayIndex(index: number, size: number) {
  return sparkError(
    'INVALID_ARRAY_INDEX',
    { indexValue: String(index), arraySize: String(size) },
    {
      exception: 'ArrayIndexOutOfBoundsException',
      hint: 'Array positions start at 0 here; get(array, i) gives NULL past the end.',
    },
  )
}

function mapValue(child: Node, type: Extract<DataType, { kind: 'map' }>, extraction: Node): Node {
  const sql = `${child.sql}[${extraction.sql}]`
  const target = implicitTarget(extraction.type, type.keyType)
  if (target === null) throw unexpectedInputType(sql, 1, quoteType(type.keyType), extraction)
  const key = implicitCast(extraction, target)
  return node({
    type: type.valueType,
    nullable: true,
    sql,
    children: [child, key],
    neverFails: child.neverFails && key.neverFails,
    evaluate: (batch, context) =>
      lookUp(child.evaluate(batch, context), key.evaluate(batch, context), type.valueType, batch.numRows),
  })
}

/** The value of the first entry whose key equals; NULL when none does. */
export function lookUp(column: Column, key: Column, valueType: DataType, numRows: number): Column {
  if (column.layout !== 'map' || key.layout === 'void') return nullColumn(valueType, numRows)
  const rows = new Int32Array(numRows).fill(-1)
  const compare = columnComparator(column.keys, key)
  for (let i = 0; i < numRows; i++) {
    if ((column.validity !== null && column.validity[i] === 0) || (key.validity !== null && key.validity[i] === 0))
      continue
    for (let at = column.offsets[i]; at < column.offsets[i + 1]; at++) {
      if (compare(at, i) !== 0) continue
      rows[i] = at
      break
    }
  }
  return gatherColumn(column.values, rows)
}
