import type { Column, StructColumn, StructType } from '../../protocol/columns'
import { gatherColumn } from '../batch/gather'
import type { BoundExpression } from '../expressions/bound'
import type { Transform } from './operator'
import { sparseBatch } from './operator'

export type GenerateShape = {
  readonly schema: StructType
  readonly inputWidth: number
  readonly generator: BoundExpression
  /** Rows that generate nothing stay, with NULL in the generated columns. */
  readonly outer: boolean
  /** The first generated column is the element's position, from 0. */
  readonly position: boolean
  /** Elements are structs; each field is a generated column of its own. */
  readonly inline: boolean
}

/**
 * Generate (`explode` and its family): one output row an element of an array or entry of a map.
 *
 * Input   any batch; a NULL or empty array generates nothing
 * Output  input columns repeated, then generated ones; rows in input order, elements in array order
 * State   none
 */
export function generate(shape: GenerateShape, needed: ReadonlySet<number>): Transform {
  return (batch, context) => {
    const source = shape.generator.evaluate(batch, context)
    const { rows, elements, count } = expand(source, shape.outer)
    if (count === 0) return null
    const generated = generatedColumns(shape, source, elements)
    return sparseBatch(shape.schema, count, needed, (index) =>
      index < shape.inputWidth ? gatherColumn(batch.columns[index], rows) : generated[index - shape.inputWidth](),
    )
  }
}

/** For every output row its input row and its element (-1: none). */
function expand(source: Column, outer: boolean): { rows: Int32Array; elements: Int32Array; count: number } {
  const offsets =
    source.layout === 'list' || source.layout === 'map' ? source.offsets : new Int32Array(source.length + 1)
  const { validity, length } = source
  let count = 0
  for (let row = 0; row < length; row++) {
    const size = validity !== null && validity[row] === 0 ? 0 : offsets[row + 1] - offsets[row]
    count += size === 0 && outer ? 1 : size
  }
  const rows = new Int32Array(count)
  const elements = new Int32Array(count)
  for (let row = 0, at = 0; row < length; row++) {
    const isNull = validity !== null && validity[row] === 0
    const end = isNull ? 0 : offsets[row + 1]
    const start = isNull ? 0 : offsets[row]
    if (start === end && outer) {
      rows[at] = row
      elements[at++] = -1
    }
    for (let element = start; element < end; element++) {
      rows[at] = row
      elements[at++] = element
    }
  }
  return { rows, elements, count }
}

/** Makers of the generated columns, in order; each runs only when its column is needed. */
function generatedColumns(
  { position, inline, schema, inputWidth }: GenerateShape,
  source: Column,
  elements: Int32Array,
): (() => Column)[] {
  const makers: (() => Column)[] = position ? [() => positions(source, elements)] : []
  if (source.layout === 'map')
    return [...makers, () => gatherColumn(source.keys, elements), () => gatherColumn(source.values, elements)]
  if (source.layout !== 'list') {
    const types = schema.fields.slice(inputWidth + makers.length)
    return [
      ...makers,
      ...types.map(({ type }) => (): Column => ({ layout: 'void', type, length: elements.length, validity: null })),
    ]
  }
  const { child } = source
  if (!inline) return [...makers, () => gatherColumn(child, elements)]
  return (child as StructColumn).children.map((field) => () => gatherColumn(masked(field, child), elements))
}

/** A NULL struct gives NULL fields, whatever its children hold. */
function masked(field: Column, parent: Column): Column {
  if (parent.validity === null || field.layout === 'void') return field
  const validity = parent.validity.slice(0, parent.length)
  if (field.validity !== null) for (let row = 0; row < parent.length; row++) validity[row] &= field.validity[row]
  return { ...field, validity }
}

function positions(source: Column, elements: Int32Array): Column {
  const values = new Int32Array(elements.length)
  let validity: Uint8Array | null = null
  const offsets = source.layout === 'list' || source.layout === 'map' ? source.offsets : new Int32Array(1)
  for (let i = 0, row = 0; i < elements.length; i++) {
    const element = elements[i]
    if (element < 0) {
      validity ??= new Uint8Array(elements.length).fill(1)
      validity[i] = 0
      continue
    }
    while (element >= offsets[row + 1]) row++
    values[i] = element - offsets[row]
  }
  return { layout: 'fixed', type: { kind: 'integer' }, length: elements.length, validity, values }
}
