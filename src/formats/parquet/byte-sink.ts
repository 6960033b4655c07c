/** Bytes that grow at the end: page headers, levels, values. Integers little endian. */
export class ByteSink {
  #bytes: Uint8Array
  length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
  }

  byte(value: number): void {
    if (this.length === this.#bytes.length) this.#grow(1)
    this.#bytes[this.length++] = value
  }

  bytes(values: Uint8Array): void {
    if (this.length + values.length > this.#bytes.length) this.#grow(values.length)
    this.#bytes.set(values, this.length)
    this.length += values.length
  }

  int32(value: number): void {
    this.byte(value & 0xff)
    this.byte((value >>> 8) & 0xff)
    this.byte((value >>> 16) & 0xff)
    this.byte(value >>> 24)
  }

  /** Unsigned LEB128 of a number below 2^32. */
  varint(value: number): void {
    let rest = value >>> 0
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.byte(rest)
  }

  /** Thrift's signed 32-bit integer. */
  zigzag(value: number): void {
    this.varint((value << 1) ^ (value >> 31))
  }

  /** Overwrites four bytes already written. */
  patchInt32(at: number, value: number): void {
    for (let i = 0; i < 4; i++) this.#bytes[at + i] = (value >>> (8 * i)) & 0xff
  }

  /** A view of what was written; later writes may move it. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }

  #grow(size: number): void {
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + size))
    grown.set(this.#bytes.subarray(0, this.length))
    this.#bytes = grown
  }
}
