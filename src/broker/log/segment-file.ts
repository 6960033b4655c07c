import type { EventBatch } from '../../engine/ports/broker'
import { outsideError } from '../../protocol/errors/runnel-error'
import { crc32 } from './crc32'
import type { EventRows } from './event-rows'
import { withKafka } from './event-rows'
import type { StoredKafkaParts } from './kafka-parts'
import { kafkaToStore, storedToKafka } from './kafka-parts'

/**
 * One write-once file of a hub's log: what one or more group commits added, a section for each partition.
 *
 * Layout, little endian: magic (8 bytes), header length u32, CRC of the header u32, header JSON, then the body at the next
 * multiple of 8. A section holds enqueuedMicros (Float64 each), valueOffsets (Int32, one more than rows), values, and the
 * keys and properties as JSON; sections start at multiples of 8, so its arrays can be viewed in place.
 */
export type SegmentHeader = {
  readonly bodyCrc: number
  readonly sections: readonly SectionInfo[]
  /** What the writer wanted to be durable together with these events (the producer's position); null = nothing yet. */
  readonly mark: string | null
}

export type SectionInfo = {
  /** Sequence number of the first row; with no rows, of the next event to come. */
  readonly base: number
  readonly numRows: number
  /** Byte positions counted from the start of the body. */
  readonly start: number
  readonly valuesBytes: number
  readonly extrasBytes: number
  readonly maxEnqueuedMicros: number
  readonly lastEnqueuedMicros: number
}

const MAGIC = new TextEncoder().encode('RNLHUB01')
const PREFIX_BYTES = 16
const align8 = (bytes: number) => (bytes + 7) & ~7

/** `batches` has one entry a partition, empty ones included, offsets starting at 0. */
export function encodeSegment(batches: readonly EventBatch[], mark: string | null): Uint8Array<ArrayBuffer> {
  const extras = batches.map(encodeExtras)
  let end = 0
  const sections = batches.map((batch, partition): SectionInfo => {
    const valuesBytes = batch.valueOffsets[batch.numRows]
    const start = end
    end = align8(start + batch.numRows * 12 + 4 + valuesBytes + extras[partition].length)
    return {
      base: batch.firstSequence,
      numRows: batch.numRows,
      start,
      valuesBytes,
      extrasBytes: extras[partition].length,
      maxEnqueuedMicros: maxOf(batch.enqueuedMicros, batch.numRows),
      lastEnqueuedMicros: batch.numRows === 0 ? 0 : batch.enqueuedMicros[batch.numRows - 1],
    }
  })
  const body = new Uint8Array(end)
  batches.forEach((batch, partition) => {
    const { start, valuesBytes } = sections[partition]
    const offsetsAt = start + batch.numRows * 8
    const valuesAt = offsetsAt + batch.numRows * 4 + 4
    new Float64Array(body.buffer, start, batch.numRows).set(batch.enqueuedMicros.subarray(0, batch.numRows))
    new Int32Array(body.buffer, offsetsAt, batch.numRows + 1).set(batch.valueOffsets.subarray(0, batch.numRows + 1))
    body.set(batch.values.subarray(0, valuesBytes), valuesAt)
    body.set(extras[partition], valuesAt + valuesBytes)
  })
  return withHeader({ bodyCrc: crc32(body), sections, mark }, body)
}

/** Bytes of the file's start that are enough for every usual header. */
export const HEADER_GUESS_BYTES = 4096

/**
 * Reads the header from the file's first bytes. `null`: the file is torn or not ours. `needBytes`: the header is longer
 * than what was given. `bodyStart` is where section positions count from.
 */
export function decodeHeader(
  start: Uint8Array,
  sizeBytes: number,
): { header: SegmentHeader; bodyStart: number } | { needBytes: number } | null {
  if (start.length < PREFIX_BYTES || MAGIC.some((byte, i) => start[i] !== byte)) return null
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const headerEnd = PREFIX_BYTES + view.getUint32(8, true)
  if (headerEnd > sizeBytes) return null
  if (headerEnd > start.length) return { needBytes: headerEnd }
  const text = start.subarray(PREFIX_BYTES, headerEnd)
  if (crc32(text) !== view.getUint32(12, true)) return null
  const header = JSON.parse(new TextDecoder().decode(text)) as SegmentHeader
  const bodyStart = align8(headerEnd)
  const numBodyBytes = header.sections.reduce((end, section) => Math.max(end, align8(sectionEnd(section))), 0)
  return bodyStart + numBodyBytes === sizeBytes ? { header, bodyStart } : null
}

/** A whole file; `null` when any byte of it is not what was written. */
export function decodeSegment(file: Uint8Array): { header: SegmentHeader; batches: EventBatch[] } | null {
  const decoded = decodeHeader(file, file.length)
  if (decoded === null || 'needBytes' in decoded) return null
  const { header, bodyStart } = decoded
  const body = file.subarray(bodyStart)
  if (crc32(body) !== header.bodyCrc) return null
  const batches = header.sections.map((section) =>
    decodeSection(section, body.subarray(section.start, sectionEnd(section))),
  )
  return { header, batches }
}

/** End of the section, counted from the start of the body. */
export function sectionEnd(section: SectionInfo): number {
  return section.start + section.numRows * 12 + 4 + section.valuesBytes + section.extrasBytes
}

/** `bytes` is exactly the section. Its arrays are views where alignment allows. */
export function decodeSection(section: SectionInfo, bytes: Uint8Array): EventBatch {
  const { numRows, valuesBytes, extrasBytes } = section
  if (bytes.length !== sectionEnd(section) - section.start)
    throw outsideError('HUB_LOG_CORRUPT', `A segment has ${bytes.length} bytes where its header promises more.`, {
      hint: 'The hub cannot be read any further: delete it and send the events again.',
    })
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
  const at = aligned.byteOffset
  const valuesStart = numRows * 12 + 4
  const extras =
    extrasBytes === 0
      ? { keys: null, properties: null, kafka: null }
      : (JSON.parse(new TextDecoder().decode(aligned.subarray(valuesStart + valuesBytes))) as Extras)
  return {
    firstSequence: section.base,
    numRows,
    values: aligned.subarray(valuesStart, valuesStart + valuesBytes),
    valueOffsets: new Int32Array(aligned.buffer, at + numRows * 8, numRows + 1),
    enqueuedMicros: new Float64Array(aligned.buffer, at, numRows),
    keys: extras.keys,
    properties: extras.properties,
    ...withKafka(extras.kafka?.map(storedToKafka)),
  }
}

type Extras = Pick<EventRows, 'keys' | 'properties'> & {
  /** Absent in files of hubs that no Kafka producer has written to. */
  readonly kafka?: readonly (StoredKafkaParts | null)[] | null
}

function encodeExtras({ keys, properties, kafka = null }: EventRows): Uint8Array {
  if (keys === null && properties === null && kafka === null) return new Uint8Array(0)
  const extras: Extras = { keys, properties, ...(kafka === null ? {} : { kafka: kafka.map(kafkaToStore) }) }
  return new TextEncoder().encode(JSON.stringify(extras))
}

function withHeader(header: SegmentHeader, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(header))
  const bodyStart = align8(PREFIX_BYTES + text.length)
  const file = new Uint8Array(bodyStart + body.length)
  const view = new DataView(file.buffer)
  file.set(MAGIC)
  view.setUint32(8, text.length, true)
  view.setUint32(12, crc32(text), true)
  file.set(text, PREFIX_BYTES)
  file.set(body, bodyStart)
  return file
}

function maxOf(values: Float64Array, length: number): number {
  let max = 0
  for (let i = 0; i < length; i++) if (values[i] > max) max = values[i]
  return max
}
