/**
 * What crosses the synchronous bridge: a JSON header and binary attachments, so that plans and column buffers are copied, not encoded.
 *
 *   [u32 header bytes][header JSON][attachments, each padded to 8 bytes]
 *
 * In the header `{ "$bytes": [start, length, kind] }` stands for a typed array inside the attachment area,
 * `{ "$bigint": "12" }` for a bigint and `{ "$number": "NaN" }` for a number JSON has no word for.
 */
const ALIGN = 8

const ARRAY_KINDS = {
  u8: Uint8Array,
  i8: Int8Array,
  i16: Int16Array,
  i32: Int32Array,
  i64: BigInt64Array,
  f32: Float32Array,
  f64: Float64Array,
} as const
type ArrayKind = keyof typeof ARRAY_KINDS
type AnyArray = InstanceType<(typeof ARRAY_KINDS)[ArrayKind]>

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function encodeFrame(value: unknown): Uint8Array {
  const attachments: { start: number; bytes: Uint8Array }[] = []
  let size = 0
  const header = JSON.stringify(value, function (this: unknown, key: string, shown: unknown) {
    // JSON.stringify calls toJSON first on some values; read the original from the holder.
    const original = (this as Record<string, unknown>)[key]
    if (typeof original === 'bigint') return { $bigint: original.toString() }
    if (typeof original === 'number' && !Number.isFinite(original)) return { $number: String(original) }
    if (ArrayBuffer.isView(original)) {
      const bytes = new Uint8Array(original.buffer, original.byteOffset, original.byteLength)
      const start = size
      attachments.push({ start, bytes })
      size += Math.ceil(bytes.length / ALIGN) * ALIGN
      return { $bytes: [start, bytes.length, kindOf(original)] }
    }
    return shown
  })
  const text = encoder.encode(header ?? 'null')
  const base = Math.ceil((4 + text.length) / ALIGN) * ALIGN
  const frame = new Uint8Array(base + size)
  new DataView(frame.buffer).setUint32(0, text.length, true)
  frame.set(text, 4)
  for (const { start, bytes } of attachments) frame.set(bytes, base + start)
  return frame
}

/** `frame` must start at an 8-byte boundary of its buffer; typed arrays in the result are views into it. */
export function decodeFrame(frame: Uint8Array): unknown {
  const length = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true)
  const base = frame.byteOffset + Math.ceil((4 + length) / ALIGN) * ALIGN
  return JSON.parse(decoder.decode(frame.subarray(4, 4 + length)), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if ('$bigint' in value) return BigInt(value.$bigint as string)
    if ('$number' in value) return Number(value.$number)
    if ('$bytes' in value) {
      const [start, sizeBytes, kind] = value.$bytes as [number, number, ArrayKind]
      const array = ARRAY_KINDS[kind]
      return new array(frame.buffer as ArrayBuffer, base + start, sizeBytes / array.BYTES_PER_ELEMENT)
    }
    return value
  })
}

function kindOf(array: ArrayBufferView): ArrayKind {
  for (const [kind, type] of Object.entries(ARRAY_KINDS)) if (array instanceof type) return kind as ArrayKind
  throw new TypeError(`A ${(array as AnyArray).constructor.name} cannot cross the bridge`)
}
