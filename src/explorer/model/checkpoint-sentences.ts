import { formatClock, formatCount, plural } from '../../ui/format'

/** A file of a checkpoint by its place; null for any other path. `root` is the checkpoint's folder. */
export type CheckpointFile = { readonly root: string } & (
  | { readonly kind: 'metadata' }
  | { readonly kind: 'offsets'; readonly batchId: number }
  | { readonly kind: 'commits'; readonly batchId: number }
  | { readonly kind: 'source'; readonly source: number; readonly entry: number }
  | { readonly kind: 'state'; readonly version: number; readonly isSnapshot: boolean }
  | { readonly kind: 'operator'; readonly operator: number }
  | { readonly kind: 'launch' }
)

export function checkpointFile(path: string): CheckpointFile | null {
  const find = (pattern: RegExp) => pattern.exec(path)
  let found = find(/^(.*)\/(offsets|commits)\/(\d+)$/)
  if (found) return { root: found[1], kind: found[2] as 'offsets' | 'commits', batchId: Number(found[3]) }
  found = find(/^(.*)\/sources\/(\d+)\/(\d+)$/)
  if (found) return { root: found[1], kind: 'source', source: Number(found[2]), entry: Number(found[3]) }
  found = find(/^(.*)\/state\/(\d+)\.(delta|snapshot)$/)
  if (found) return { root: found[1], kind: 'state', version: Number(found[2]), isSnapshot: found[3] === 'snapshot' }
  found = find(/^(.*)\/state\/(\d+)\/_metadata\/metadata$/)
  if (found) return { root: found[1], kind: 'operator', operator: Number(found[2]) }
  found = find(/^(.*)\/_runnel\/launch\.json$/)
  if (found) return { root: found[1], kind: 'launch' }
  found = find(/^(.*)\/metadata$/)
  return found ? { root: found[1], kind: 'metadata' } : null
}

/** What stands beside the file and gives it its meaning. */
export type CheckpointContext = {
  /** `offsets/<N - 1>`; null = purged or never written. */
  readonly previousOffsets: string | null
  readonly offsets: string | null
  readonly isCommitted: boolean
  /** Rows that came or changed and rows that went, where the file could be read. */
  readonly stateRows: { readonly numRows: number; readonly numRemoved: number } | null
}

/** One sentence about the file (B22); `**` marks the word that matters. Null when the text is not what such a file holds. */
export function checkpointSentence(file: CheckpointFile, text: string, context: CheckpointContext): string | null {
  switch (file.kind) {
    case 'metadata': {
      const id = (jsonOf(text) as { id?: unknown } | null)?.id
      if (typeof id !== 'string') return null
      return `This checkpoint belongs to query ${id}: whoever starts with this folder is that query and goes on where it stopped.`
    }
    case 'offsets':
      return offsetsSentence(file.batchId, text, context)
    case 'commits':
      return commitSentence(file.batchId, text, context)
    case 'source':
      return sourceSentence(file.source, text)
    case 'state':
      return stateSentence(file.version, file.isSnapshot, context.stateRows)
    case 'operator':
      return `Operator ${file.operator} keeps state; Spark compares this with the plan when the query starts again, and refuses another operator.`
    case 'launch':
      return 'How the query was started: its plan without secrets, sink and trigger. Resume reads it; Spark ignores this folder.'
  }
}

function offsetsSentence(
  batchId: number,
  text: string,
  { previousOffsets, isCommitted }: CheckpointContext,
): string | null {
  const entry = offsetEntry(text)
  if (entry === null) return null
  const before = previousOffsets === null ? null : offsetEntry(previousOffsets)
  const isFirst = batchId === 0
  const reads = entry.lines.flatMap((line, source) =>
    readsOf(line, before?.lines[source] ?? null, entry.lines.length > 1 ? source : null, isFirst),
  )
  const what = reads.length === 0 ? 'no new rows' : reads.join(', ')
  const watermark = entry.watermarkMs > 0 ? `, with watermark ${formatClock(entry.watermarkMs)}` : ''
  const end = isCommitted ? 'and was finished.' : 'and was **not** finished: it will be run again exactly so.'
  return `Batch ${formatCount(batchId)} was planned at ${formatClock(entry.timestampMs)} to read ${what}${watermark}, ${end}`
}

function commitSentence(batchId: number, text: string, { offsets }: CheckpointContext): string | null {
  const [version, json] = text.split('\n')
  const commit = jsonOf(json ?? '') as { nextBatchWatermarkMs?: unknown } | null
  if (version !== 'v1' || commit === null) return null
  const planned = offsets === null ? null : offsetEntry(offsets)
  const at = planned === null ? '' : `, planned at ${formatClock(planned.timestampMs)},`
  const next = Number(commit.nextBatchWatermarkMs ?? 0)
  const watermark = next > 0 ? ` The next batch has watermark ${formatClock(next)}.` : ''
  return `Batch ${formatCount(batchId)}${at} was finished: its rows are in the sink and it will not be run again.${watermark}`
}

function sourceSentence(source: number, text: string): string | null {
  // The first byte may be a zero, left by an old writer.
  const body = text.replace(/^\0/, '').replace(/^v\d+\n/, '')
  const positions = partitionsOf(body)
  if (positions !== null) {
    const each = Object.entries(positions).map(
      ([partition, position]) => `partition ${partition} at ${formatCount(position)}`,
    )
    return `Source ${source} began here: ${each.join(', ')}. Written once; a restart does not ask the options again.`
  }
  return `What source ${source} must remember from its first start; a restart reads it instead of asking again.`
}

function stateSentence(version: number, isSnapshot: boolean, rows: CheckpointContext['stateRows']): string {
  const batch = formatCount(version - 1)
  const which = `State after batch ${batch}, which batch ${formatCount(version)} loads`
  if (isSnapshot) {
    return `${which}: everything${rows === null ? '' : `, ${plural(rows.numRows, 'row')}`}, so that earlier files are not needed.`
  }
  if (rows === null) return `${which}: what batch ${batch} changed.`
  return `${which}: ${plural(rows.numRows, 'row')} came or changed in batch ${batch}, ${formatCount(rows.numRemoved)} went.`
}

type OffsetEntry = { readonly timestampMs: number; readonly watermarkMs: number; readonly lines: readonly string[] }

function offsetEntry(text: string): OffsetEntry | null {
  const [version, metadata, ...lines] = text.replace(/\n$/, '').split('\n')
  const parsed = jsonOf(metadata ?? '') as { batchTimestampMs?: unknown; batchWatermarkMs?: unknown } | null
  if (version !== 'v1' || parsed === null || typeof parsed.batchTimestampMs !== 'number') return null
  return { timestampMs: parsed.batchTimestampMs, watermarkMs: Number(parsed.batchWatermarkMs ?? 0), lines }
}

/** "partition 0 from 340 to 362" for what moved. */
function readsOf(line: string, before: string | null, source: number | null, isFirst: boolean): string[] {
  const of = source === null ? '' : ` of source ${source}`
  if (line === '-' || line === before) return []
  const ends = partitionsOf(line)
  if (ends !== null) {
    const starts = before === null ? null : partitionsOf(before)
    return Object.entries(ends).flatMap(([partition, end]) => {
      const start = starts?.[partition] ?? null
      if (start === end) return []
      const from =
        start === null ? (isFirst ? 'from its start' : 'from where batch before ended') : `from ${formatCount(start)}`
      return [`partition ${partition}${of} ${from} to ${formatCount(end)}`]
    })
  }
  const table = tableVersionOf(line)
  if (table !== null) {
    const start = before === null ? null : tableVersionOf(before)
    const from = start === null ? '' : ` from version ${start}`
    return [`the table${of}${from} up to version ${table}`]
  }
  return [before === null || before === '-' ? `up to ${line}${of}` : `from ${before} to ${line}${of}`]
}

/** `{"hub": {"0": 12}}` of the hub sources. */
function partitionsOf(line: string): Readonly<Record<string, number>> | null {
  const offset = jsonOf(line)
  if (typeof offset !== 'object' || offset === null) return null
  const [partitions] = Object.values(offset) as unknown[]
  if (typeof partitions !== 'object' || partitions === null) return null
  const entries = Object.entries(partitions)
  const isPositions =
    entries.length > 0 && entries.every(([key, value]) => /^\d+$/.test(key) && typeof value === 'number')
  return isPositions ? (partitions as Record<string, number>) : null
}

function tableVersionOf(line: string): number | null {
  const offset = jsonOf(line)
  if (typeof offset !== 'object' || offset === null) return null
  const { reservoirVersion } = offset as { reservoirVersion?: unknown }
  return typeof reservoirVersion === 'number' ? reservoirVersion : null
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not what such a file holds: it gets no sentence.
    return null
  }
}
