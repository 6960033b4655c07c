import type { Column } from '../../protocol/columns'

/**
 * One value as bytes such that equal values (NaN with NaN, -0.0 with 0.0, NULL with NULL) give equal bytes and different
 * values different ones. Not an order. The buffer is reused: read `bytes[0 .. length)` before the next `reset`.
 */
export class RowBytes {
  bytes = new Uint8Array(256)
  length = 0
  #view = new DataView(this.bytes.buffer)

  reset(): void {
    this.length = 0
  }

  /** Appends the value of `row`; a NULL is one 0 byte, a value a 1 byte and its content. */
  add(column: Column, row: number): void {
    this.#reserve(24)
    if (column.layout === 'void' || (column.validity !== null && column.validity[row] === 0)) {
      this.bytes[this.length++] = 0
      return
    }
    this.bytes[this.length++] = 1
    switch (column.layout) {
      case 'fixed': {
        const value = column.values[row]
        if (typeof value === 'bigint') this.#view.setBigInt64(this.length, value, true)
        // One number form for all: doubles hold the smaller integers exactly.
        else this.#view.setFloat64(this.length, Number.isNaN(value) ? NaN : value + 0, true)
        this.length += 8
        return
      }
      case 'decimal128':
        this.#view.setBigInt64(this.length, column.values[row * 2], true)
        this.#view.setBigInt64(this.length + 8, column.values[row * 2 + 1], true)
        this.length += 16
        return
      case 'dictionary':
        return this.#addBytes(column.dictionary.bytes, column.dictionary.offsets, column.codes[row])
      case 'bytes':
        return this.#addBytes(column.bytes, column.offsets, row)
      case 'list':
        this.#addLength(column.offsets[row + 1] - column.offsets[row])
        for (let i = column.offsets[row]; i < column.offsets[row + 1]; i++) this.add(column.child, i)
        return
      case 'map':
        this.#addLength(column.offsets[row + 1] - column.offsets[row])
        for (let i = column.offsets[row]; i < column.offsets[row + 1]; i++) {
          this.add(column.keys, i)
          this.add(column.values, i)
        }
        return
      case 'struct':
        for (const child of column.children) this.add(child, row)
        return
    }
  }

  #addLength(length: number): void {
    this.#reserve(4)
    this.#view.setInt32(this.length, length, true)
    this.length += 4
  }

  #addBytes(source: Uint8Array, offsets: Int32Array, row: number): void {
    const start = offsets[row]
    const end = offsets[row + 1]
    this.#addLength(end - start)
    this.#reserve(end - start)
    this.bytes.set(source.subarray(start, end), this.length)
    this.length += end - start
  }

  #reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return
    const bytes = new Uint8Array(Math.max(this.length + size, this.bytes.length * 2))
    bytes.set(this.bytes)
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }
}
