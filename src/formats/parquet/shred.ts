import type { Column, DataType, StructType } from '../../protocol/columns'
import { internalError } from '../../protocol/errors/runnel-error'

/**
 * Columns to Parquet leaves: repetition and definition levels after the Dremel paper, a column at a time.
 *
 * A *slot* is one entry of a leaf's level arrays: a value, or the place where an ancestor is NULL or empty.
 */
export type Leaf = {
  readonly column: Column
  readonly type: DataType
  readonly slots: Slots
  readonly maxDefinition: number
  readonly maxRepetition: number
}

export type Slots = {
  readonly count: number
  /** `null`: every slot holds a value, at the highest level. */
  readonly definition: Uint8Array | null
  /** `null`: every slot starts a row. */
  readonly repetition: Uint8Array | null
  /** Row of the column behind a slot, -1 where there is none; `null`: rows `start`, `start + 1`, ... */
  readonly rows: Int32Array | null
  readonly start: number
}

/** Leaves of rows `[start, end)` of a batch's columns, in the order of the Parquet schema. */
export function shred(schema: StructType, columns: readonly Column[], start: number, end: number): Leaf[] {
  const leaves: Leaf[] = []
  const slots: Slots = { count: end - start, definition: null, repetition: null, rows: null, start }
  for (const [index, field] of schema.fields.entries()) {
    visit(leaves, columns[index], field.type, field.nullable, slots, 0, 0, field.name)
  }
  return leaves
}

function visit(
  leaves: Leaf[],
  column: Column,
  type: DataType,
  nullable: boolean,
  outer: Slots,
  outerDefinition: number,
  repetition: number,
  name: string,
): void {
  const definition = outerDefinition + (nullable ? 1 : 0)
  const slots = nullable ? markNulls(outer, column, definition) : requireValues(outer, column, name)
  if (column.layout === 'struct' && type.kind === 'struct') {
    for (const [index, field] of type.fields.entries()) {
      visit(
        leaves,
        column.children[index],
        field.type,
        field.nullable,
        slots,
        definition,
        repetition,
        `${name}.${field.name}`,
      )
    }
  } else if (column.layout === 'list' && type.kind === 'array') {
    const elements = expand(slots, column.offsets, definition, repetition + 1)
    visit(
      leaves,
      column.child,
      type.elementType,
      type.containsNull,
      elements,
      definition + 1,
      repetition + 1,
      `${name}.element`,
    )
  } else if (column.layout === 'map' && type.kind === 'map') {
    const entries = expand(slots, column.offsets, definition, repetition + 1)
    visit(leaves, column.keys, type.keyType, false, entries, definition + 1, repetition + 1, `${name}.key`)
    visit(
      leaves,
      column.values,
      type.valueType,
      type.valueContainsNull,
      entries,
      definition + 1,
      repetition + 1,
      `${name}.value`,
    )
  } else {
    leaves.push({ column, type, slots, maxDefinition: definition, maxRepetition: repetition })
  }
}

/** Slots after an optional node: NULL rows end there, the others rise to `definition`. */
function markNulls(slots: Slots, column: Column, definition: number): Slots {
  const { count, start } = slots
  if (column.layout === 'void')
    return { ...slots, definition: slots.definition ?? filled(count, definition - 1), rows: filledRows(count) }
  const { validity } = column
  if (slots.definition === null && !hasNull(slots, validity)) return slots
  const rows = slots.rows === null ? identity(start, count) : slots.rows.slice()
  const levels = slots.definition === null ? filled(count, definition - 1) : slots.definition.slice()
  for (let slot = 0; slot < count; slot++) {
    const row = rows[slot]
    if (row < 0) continue
    if (validity === null || validity[row] === 1) levels[slot] = definition
    else rows[slot] = -1
  }
  return { ...slots, definition: levels, rows }
}

function hasNull(slots: Slots, validity: Uint8Array | null): boolean {
  if (validity === null) return false
  const { rows, start, count } = slots
  if (rows === null) return validity.subarray(start, start + count).includes(0)
  return rows.some((row) => row >= 0 && validity[row] === 0)
}

function requireValues(slots: Slots, column: Column, name: string): Slots {
  if (column.layout === 'void' || (column.validity !== null && hasNull(slots, column.validity))) {
    throw internalError(`Column ${name} holds NULL, but its schema says it never does.`)
  }
  return slots
}

/** Slots of a repeated node's elements: one a child, or one where the list is NULL or empty. */
function expand(slots: Slots, offsets: Int32Array, definition: number, repetition: number): Slots {
  const { count, start } = slots
  let total = 0
  for (let slot = 0; slot < count; slot++) {
    const row = slots.rows === null ? start + slot : slots.rows[slot]
    total += row < 0 ? 1 : Math.max(1, offsets[row + 1] - offsets[row])
  }
  const levels = new Uint8Array(total)
  const repeats = new Uint8Array(total)
  const rows = new Int32Array(total)
  let at = 0
  for (let slot = 0; slot < count; slot++) {
    const row = slots.rows === null ? start + slot : slots.rows[slot]
    repeats[at] = slots.repetition === null ? 0 : slots.repetition[slot]
    const first = row < 0 ? 0 : offsets[row]
    const end = row < 0 ? 0 : offsets[row + 1]
    if (first === end) {
      levels[at] = slots.definition === null ? definition : slots.definition[slot]
      rows[at++] = -1
      continue
    }
    for (let child = first; child < end; child++) {
      if (child > first) repeats[at] = repetition
      levels[at] = definition + 1
      rows[at++] = child
    }
  }
  return { count: total, definition: levels, repetition: repeats, rows, start: 0 }
}

function filled(count: number, level: number): Uint8Array {
  return new Uint8Array(count).fill(level)
}

function filledRows(count: number): Int32Array {
  return new Int32Array(count).fill(-1)
}

function identity(start: number, count: number): Int32Array {
  const rows = new Int32Array(count)
  for (let slot = 0; slot < count; slot++) rows[slot] = start + slot
  return rows
}
