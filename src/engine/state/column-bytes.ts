import type { Column, DataType } from '../../protocol/columns'
import { fixedValuesOf, layoutOf } from '../batch/builders'
import { plainColumn } from '../batch/dictionary'
import { sliceColumn } from '../batch/slice'

/** Appends numbers and column buffers; everything starts at a multiple of 8 bytes, so that reading needs no shifting. */
export class BytesWriter {
  #bytes = new Uint8Array(4096)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  get length(): number {
    return this.#length
  }

  number(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value)
    this.number(bytes.length)
    this.buffer(bytes)
  }

  buffer(source: ArrayBufferView): void {
    this.#reserve(source.byteLength)
    this.#bytes.set(new Uint8Array(source.buffer, source.byteOffset, source.byteLength), this.#length)
    this.#length += source.byteLength
    // What a former, longer content left in the gap would make the bytes depend on the past.
    while (this.#length % 8 !== 0) this.#bytes[this.#length++] = 0
  }

  /** Values, never codes: a dictionary column is written plain. */
  column(column: Column): void {
    if (column.layout === 'dictionary') return this.column(plainColumn(column))
    const { length } = column
    if (column.layout === 'void') return
    this.number(column.validity === null ? 0 : 1)
    if (column.validity !== null) this.buffer(column.validity.subarray(0, length))
    switch (column.layout) {
      case 'fixed':
        return this.buffer(column.values.subarray(0, length))
      case 'decimal128':
        return this.buffer(column.values.subarray(0, length * 2))
      case 'bytes': {
        const from = this.#offsets(column.offsets, length)
        return this.buffer(column.bytes.subarray(from, column.offsets[length]))
      }
      case 'list':
      case 'map': {
        const start = this.#offsets(column.offsets, length)
        const children = column.layout === 'list' ? [column.child] : [column.keys, column.values]
        for (const child of children) this.column(childSlice(child, start, column.offsets[length]))
        return
      }
      case 'struct':
        for (const child of column.children) this.column({ ...child, length })
        return
    }
  }

  /** All bytes so far; a view that the next write may change. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Offsets from 0 on; gives where they started. */
  #offsets(offsets: Int32Array, length: number): number {
    const start = offsets[0]
    const own = start === 0 ? offsets.subarray(0, length + 1) : offsets.slice(0, length + 1).map((at) => at - start)
    this.number(own[length])
    this.buffer(own)
    return start
  }

  #reserve(size: number): void {
    const needed = this.#length + size + 8
    if (needed <= this.#bytes.length) return
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    bytes.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }
}

/** Reads what `BytesWriter` wrote. Columns own their buffers. Throws RangeError when the bytes end early. */
export class BytesReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  number(): number {
    const value = this.#view.getFloat64(this.#at, true)
    this.#at += 8
    return value
  }

  text(): string {
    return new TextDecoder().decode(this.#take(this.number()))
  }

  column(type: DataType, length: number): Column {
    const layout = layoutOf(type)
    if (layout === 'void') return { layout, type, length, validity: null }
    const validity = this.number() === 1 ? this.#take(length) : null
    switch (type.kind) {
      case 'array': {
        const { offsets, end } = this.#offsets(length)
        return { layout: 'list', type, length, validity, offsets, child: this.column(type.elementType, end) }
      }
      case 'map': {
        const { offsets, end } = this.#offsets(length)
        const keys = this.column(type.keyType, end)
        return { layout: 'map', type, length, validity, offsets, keys, values: this.column(type.valueType, end) }
      }
      case 'struct': {
        const children = type.fields.map((field) => this.column(field.type, length))
        return { layout: 'struct', type, length, validity, children }
      }
      case 'string':
      case 'binary': {
        const { offsets, end } = this.#offsets(length)
        return { layout: 'bytes', type, length, validity, offsets, bytes: this.#take(end) }
      }
      default:
        break
    }
    if (type.kind === 'decimal' && layout === 'decimal128')
      return { layout, type, length, validity, values: new BigInt64Array(this.#take(length * 16).buffer) }
    const values = fixedValuesOf(type, length)
    new Uint8Array(values.buffer).set(this.#take(values.byteLength))
    return { layout: 'fixed', type, length, validity, values }
  }

  #offsets(length: number): { offsets: Int32Array; end: number } {
    const end = this.number()
    return { offsets: new Int32Array(this.#take((length + 1) * 4).buffer), end }
  }

  #take(size: number): Uint8Array<ArrayBuffer> {
    if (this.#at + size > this.#bytes.length) throw new RangeError('The bytes end before their content')
    const taken = this.#bytes.slice(this.#at, this.#at + size)
    this.#at += Math.ceil(size / 8) * 8
    return taken
  }
}

function childSlice(child: Column, start: number, end: number): Column {
  return start === 0 ? { ...child, length: end } : sliceColumn(child, start, end)
}
