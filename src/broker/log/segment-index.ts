import { RunnelError } from '../../protocol/errors/runnel-error'
import type { FileStore } from '../../engine/ports/file-store'
import type { SectionInfo, SegmentHeader } from './segment-file'
import { HEADER_GUESS_BYTES, decodeHeader, decodeSegment } from './segment-file'

/** One live file of the log; it covers the commits `fromCommit..toCommit` of the hub, both included. */
export type Segment = {
  readonly path: string
  readonly fromCommit: number
  readonly toCommit: number
  readonly sizeBytes: number
  readonly bodyStart: number
  readonly sections: readonly SectionInfo[]
  readonly maxEnqueuedMicros: number
  readonly mark: string | null
}

export type Recovered = {
  /** Oldest first, commits and sequence numbers without holes. */
  readonly segments: readonly Segment[]
  /** Torn files and files another one covers: to be removed, in this order. */
  readonly garbage: readonly string[]
  /** Commits that stood before a hole and cannot be served any more; 0 unless a disk lost a file. */
  readonly numLostCommits: number
}

/** A busy log merges a few times a second. */
const MAX_LISTINGS = 10
const NAME = /^(\d{12})-(\d{12})\.events$/

export function segmentName(fromCommit: number, toCommit: number): string {
  return `${digits(fromCommit)}-${digits(toCommit)}.events`
}

export function describeSegment(
  path: string,
  fromCommit: number,
  toCommit: number,
  sizeBytes: number,
  decoded: { header: SegmentHeader; bodyStart: number },
): Segment {
  const { sections, mark } = decoded.header
  const maxEnqueuedMicros = sections.reduce((max, section) => Math.max(max, section.maxEnqueuedMicros), 0)
  return { path, fromCommit, toCommit, sizeBytes, bodyStart: decoded.bodyStart, sections, maxEnqueuedMicros, mark }
}

/**
 * Finds the log again after a kill. A file whose bytes are not whole is as if it had never been written: the newest one
 * was not acknowledged yet, a merged one still has its inputs. The newest file is checked to the last byte.
 */
export async function recoverSegments(files: FileStore, folder: string): Promise<Recovered> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await recoverOnce(files, folder)
    } catch (thrown) {
      // The tab that owns the log has merged a file away since the folder was listed.
      const isGone = thrown instanceof RunnelError && thrown.condition === 'PATH_NOT_FOUND'
      if (!isGone || attempt === MAX_LISTINGS) throw thrown
    }
  }
}

async function recoverOnce(files: FileStore, folder: string): Promise<Recovered> {
  const found = (await files.list(folder)).filter((file) => !file.isFolder && NAME.test(file.name))
  const read = await Promise.all(found.map((file) => readSegment(files, file.path, file.name, file.sizeBytes)))
  const garbage = found.filter((_, i) => read[i] === null).map((file) => file.path)
  const whole = read.filter((segment) => segment !== null)
  whole.sort((a, b) => a.fromCommit - b.fromCommit || b.toCommit - a.toCommit)

  let newest = whole.reduce<Segment | null>((last, each) => (last === null || isNewer(each, last) ? each : last), null)
  while (newest !== null && !(await isIntact(files, newest))) {
    garbage.push(newest.path)
    whole.splice(whole.indexOf(newest), 1)
    newest = whole.reduce<Segment | null>((last, each) => (last === null || isNewer(each, last) ? each : last), null)
  }

  let segments: Segment[] = []
  let numLostCommits = 0
  for (const segment of whole) {
    const last = segments.at(-1)
    if (last !== undefined && segment.toCommit <= last.toCommit) {
      garbage.push(segment.path)
    } else if (last === undefined || follows(last, segment)) {
      segments.push(segment)
    } else {
      numLostCommits += last.toCommit - segments[0].fromCommit + 1
      garbage.push(...segments.map((each) => each.path))
      segments = [segment]
    }
  }
  return { segments, garbage, numLostCommits }
}

/** Position of the first segment that holds sequence numbers past `sequence` in the partition. */
export function findSegment(segments: readonly Segment[], partition: number, sequence: number): number {
  let low = 0
  let high = segments.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const { base, numRows } = segments[middle].sections[partition]
    if (base + numRows <= sequence) low = middle + 1
    else high = middle
  }
  return low
}

function follows(last: Segment, next: Segment): boolean {
  return (
    next.fromCommit === last.toCommit + 1 &&
    next.sections.length === last.sections.length &&
    next.sections.every((section, i) => section.base === last.sections[i].base + last.sections[i].numRows)
  )
}

/** Of two files that end at the same commit the narrower was written first: check the one the log depends on longest. */
function isNewer(a: Segment, b: Segment): boolean {
  return a.toCommit > b.toCommit || (a.toCommit === b.toCommit && a.fromCommit < b.fromCommit)
}

async function readSegment(files: FileStore, path: string, name: string, sizeBytes: number): Promise<Segment | null> {
  const [, from, to] = NAME.exec(name) ?? []
  let decoded = decodeHeader(await files.readRange(path, 0, Math.min(HEADER_GUESS_BYTES, sizeBytes)), sizeBytes)
  if (decoded !== null && 'needBytes' in decoded)
    decoded = decodeHeader(await files.readRange(path, 0, decoded.needBytes), sizeBytes)
  if (decoded === null || 'needBytes' in decoded) return null
  return describeSegment(path, Number(from), Number(to), sizeBytes, decoded)
}

async function isIntact(files: FileStore, segment: Segment): Promise<boolean> {
  return decodeSegment(await files.read(segment.path)) !== null
}

const digits = (commit: number) => String(commit).padStart(12, '0')
