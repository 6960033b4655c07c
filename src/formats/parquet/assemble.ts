import { nullColumn } from '../../engine/batch/empty'
import type { Column, DataType, StructField } from '../../protocol/columns'
import { internalError } from '../../protocol/errors/runnel-error'
import type { Dense } from './dense-values'
import { denseValues } from './dense-values'
import type { LeafChunk } from './page-reader'
import type { FileNode } from './parquet-schema'
import { isMapNode, listElement } from './parquet-schema'

/** What a read wants of one file node: a Spark type laid over the node, and where nested fields are found. */
export type Wanted = { readonly type: DataType; readonly node: FileNode; readonly children: readonly (Wanted | null)[] }

export type FieldMatcher = (field: StructField, candidates: readonly FileNode[]) => FileNode | null

/** Lays a type over a file node; struct fields the file does not have become `null` (all NULL). */
export function plan(type: DataType, node: FileNode, match: FieldMatcher): Wanted {
  switch (type.kind) {
    case 'struct':
      return {
        type,
        node,
        children: type.fields.map((field) => {
          const child = match(field, node.children)
          return child === null ? null : plan(field.type, child, match)
        }),
      }
    case 'array':
      return { type, node, children: [plan(type.elementType, listElement(node), match)] }
    case 'map': {
      if (!isMapNode(node)) throw internalError(`Parquet column ${node.path.join('.')} is no map.`)
      const [key, value] = node.children[0].children
      return { type, node, children: [plan(type.keyType, key, match), plan(type.valueType, value, match)] }
    }
    default:
      return { type, node, children: [] }
  }
}

/** Leaves a plan reads, by number; a struct none of whose fields is wanted reads its first leaf for its NULLs. */
export function leavesRead(wanted: Wanted): number[] {
  if (wanted.node.leaf >= 0) return [wanted.node.leaf]
  const leaves = wanted.children.flatMap((child) => (child === null ? [] : leavesRead(child)))
  return leaves.length > 0 ? leaves : [firstLeaf(wanted.node).leaf]
}

/** The column of a planned node over one row group. `chunks` holds every leaf of `leavesRead`. */
export function assemble(wanted: Wanted, chunks: ReadonlyMap<number, LeafChunk>): Column {
  return build(wanted, chunks, 0, 0)
}

/**
 * Entries of a node are the slots of any leaf under it that start a new value of the node's innermost list (`repetition`)
 * and lie inside an element of it (`minDefinition`); all leaves under the node agree on their number.
 */
function build(
  wanted: Wanted,
  chunks: ReadonlyMap<number, LeafChunk>,
  minDefinition: number,
  repetition: number,
): Column {
  const { type, node, children } = wanted
  if (node.leaf >= 0) return leafColumn(wanted, chunks.get(node.leaf)!, minDefinition)
  const guide = chunks.get(leavesRead(wanted)[0])!
  if (type.kind === 'struct') {
    const { length, validity } = entries(guide, minDefinition, repetition, node.definition)
    const columns = children.map((child, index) =>
      child === null ? nullColumn(type.fields[index].type, length) : build(child, chunks, minDefinition, repetition),
    )
    return { layout: 'struct', type, length, validity, children: columns }
  }
  // The repeated node is one level below the list, or is the element itself in two-level lists.
  const repeated = node.children[0]
  const { length, validity } = entries(guide, minDefinition, repetition, node.definition)
  const offsets = listOffsets(guide, minDefinition, repetition, length, repeated)
  const inner = (child: Wanted) => build(child, chunks, repeated.definition, repeated.repetition)
  if (type.kind === 'array') return { layout: 'list', type, length, validity, offsets, child: inner(children[0]!) }
  if (type.kind === 'map') {
    return { layout: 'map', type, length, validity, offsets, keys: inner(children[0]!), values: inner(children[1]!) }
  }
  throw internalError(`Parquet group ${node.path.join('.')} cannot be read as ${type.kind}.`)
}

function entries(
  { count, definition, repetition: levels }: LeafChunk,
  minDefinition: number,
  repetition: number,
  present: number,
): { length: number; validity: Uint8Array | null } {
  const validity = new Uint8Array(count)
  let length = 0
  let nulls = 0
  for (let slot = 0; slot < count; slot++) {
    if (levels !== null && levels[slot] > repetition) continue
    const level = definition === null ? Infinity : definition[slot]
    if (level < minDefinition) continue
    if (level >= present) validity[length] = 1
    else nulls++
    length++
  }
  return { length, validity: nulls === 0 ? null : validity }
}

function listOffsets(
  guide: LeafChunk,
  minDefinition: number,
  repetition: number,
  length: number,
  repeated: FileNode,
): Int32Array {
  const { count, definition, repetition: levels } = guide
  const offsets = new Int32Array(length + 1)
  let row = 0
  let children = 0
  for (let slot = 0; slot < count; slot++) {
    const level = definition === null ? Infinity : definition[slot]
    const repeat = levels === null ? 0 : levels[slot]
    if (repeat <= repetition && level >= minDefinition) offsets[row++] = children
    if (repeat <= repeated.repetition && level >= repeated.definition) children++
  }
  offsets[row] = children
  return offsets
}

function leafColumn({ type, node }: Wanted, chunk: LeafChunk, minDefinition: number): Column {
  const dense = denseValues(chunk, type)
  const { count, definition } = chunk
  if (definition === null) return toColumn(type, dense, count, null, null)
  const validity = new Uint8Array(count)
  let length = 0
  let present = 0
  for (let slot = 0; slot < count; slot++) {
    const level = definition[slot]
    if (level < minDefinition) continue
    if (level === node.definition) {
      validity[length] = 1
      present++
    }
    length++
  }
  return present === length
    ? toColumn(type, dense, length, null, null)
    : toColumn(type, dense, length, validity, validity)
}

/** Spreads dense values over the valid rows; `spread` null keeps them as they are. */
function toColumn(
  type: DataType,
  dense: Dense,
  length: number,
  validity: Uint8Array | null,
  spread: Uint8Array | null,
): Column {
  switch (dense.layout) {
    case 'fixed': {
      if (spread === null) return { layout: 'fixed', type, length, validity, values: dense.values }
      const source = dense.values as Float64Array
      const values = new (source.constructor as new (length: number) => Float64Array)(length)
      for (let row = 0, from = 0; row < length; row++) if (spread[row] === 1) values[row] = source[from++]!
      return { layout: 'fixed', type, length, validity, values }
    }
    case 'decimal128': {
      const decimal = type as Extract<DataType, { kind: 'decimal' }>
      if (spread === null) return { layout: 'decimal128', type: decimal, length, validity, values: dense.values }
      const values = new BigInt64Array(length * 2)
      for (let row = 0, from = 0; row < length; row++) {
        if (spread[row] === 0) continue
        values[row * 2] = dense.values[from++]!
        values[row * 2 + 1] = dense.values[from++]!
      }
      return { layout: 'decimal128', type: decimal, length, validity, values }
    }
    case 'bytes': {
      if (spread === null)
        return { layout: 'bytes', type, length, validity, offsets: dense.offsets, bytes: dense.bytes }
      const offsets = new Int32Array(length + 1)
      for (let row = 0, from = 0; row < length; row++) {
        if (spread[row] === 1) from++
        offsets[row + 1] = dense.offsets[from]!
      }
      return { layout: 'bytes', type, length, validity, offsets, bytes: dense.bytes }
    }
    case 'dictionary': {
      const { dictionary } = dense
      if (spread === null) return { layout: 'dictionary', type, length, validity, codes: dense.codes, dictionary }
      const codes = new Int32Array(length)
      for (let row = 0, from = 0; row < length; row++) if (spread[row] === 1) codes[row] = dense.codes[from++]!
      return { layout: 'dictionary', type, length, validity, codes, dictionary }
    }
  }
}

function firstLeaf(node: FileNode): FileNode {
  return node.leaf >= 0 ? node : firstLeaf(node.children[0])
}
