import type { FileStore } from '../../engine/ports/file-store'
import { internalError, outsideError } from '../../protocol/errors/runnel-error'
import { joinSlices, wholeSlice } from './event-rows'
import { decodeHeader, decodeSegment, encodeSegment } from './segment-file'
import type { Segment } from './segment-index'
import { describeSegment, segmentName } from './segment-index'

/** Files this many times smaller than the next step up stay apart until there are FAN_IN of them. */
const STEPS_BYTES = [64 * 1024, 1024 * 1024, 8 * 1024 * 1024]
const FAN_IN = 16

/**
 * Which neighbours to merge, or null. At each size step the newest run of files below that size is merged once it has
 * FAN_IN files, so that a log of any length keeps fewer than 3 * FAN_IN small files and each byte is rewritten a few times.
 */
export function chooseMerge(segments: readonly Pick<Segment, 'sizeBytes'>[]): { from: number; until: number } | null {
  for (const stepBytes of STEPS_BYTES) {
    let from = segments.length
    let totalBytes = 0
    while (from > 0 && segments[from - 1].sizeBytes < stepBytes) {
      totalBytes += segments[from - 1].sizeBytes
      if (totalBytes > 2 * STEPS_BYTES[STEPS_BYTES.length - 1]) break
      from--
    }
    if (segments.length - from >= FAN_IN) return { from, until: segments.length }
  }
  return null
}

/** Writes one file with the rows of its inputs, oldest first, and describes it. The inputs are left alone. */
export async function mergeSegments(files: FileStore, folder: string, inputs: readonly Segment[]): Promise<Segment> {
  const decoded = await Promise.all(
    inputs.map(async (input) => {
      const segment = decodeSegment(await files.read(input.path))
      if (segment === null)
        throw outsideError('HUB_LOG_CORRUPT', `The segment ${input.path} is not what was written.`, {
          hint: 'The hub cannot be read any further: delete it and send the events again.',
        })
      return segment
    }),
  )
  const batches = inputs[0].sections.map((section, partition) =>
    joinSlices(
      section.base,
      decoded.map(({ batches: each }) => wholeSlice(each[partition])),
    ),
  )
  const first = inputs[0]
  const last = inputs[inputs.length - 1]
  const path = `${folder}/${segmentName(first.fromCommit, last.toCommit)}`
  const bytes = encodeSegment(batches, last.mark)
  await files.write(path, bytes)
  const header = decodeHeader(bytes, bytes.length)
  if (header === null || 'needBytes' in header) throw internalError('A segment cannot read its own header.')
  return describeSegment(path, first.fromCommit, last.toCommit, bytes.length, header)
}
