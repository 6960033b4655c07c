import type { CommitEntry, OffsetEntry } from '../../engine/ports/checkpoint'
import { TornLog, checkVersion, parseJsonObject } from './log-files'

/**
 * `offsets/N`: `v1`, the metadata as one JSON line, then one line for each use of a source, `-` for none; no last newline.
 * Unknown fields of the metadata are left, missing ones mean 0 or empty.
 */
export const offsetFormat = {
  print(entry: OffsetEntry): string {
    const metadata = JSON.stringify({
      batchWatermarkMs: entry.batchWatermarkMs,
      batchTimestampMs: entry.batchTimestampMs,
      conf: entry.conf,
    })
    return ['v1', metadata, ...entry.offsets.map((offset) => offset ?? '-')].join('\n')
  },
  parse(text: string): OffsetEntry {
    const [version, metadataLine, ...lines] = text.replace(/\n$/, '').split('\n')
    checkVersion(version, 'up to v1')
    const metadata = parseJsonObject(metadataLine)
    if (lines.length === 0) throw new TornLog('No offsets')
    return {
      batchWatermarkMs: numberOf(metadata.batchWatermarkMs),
      batchTimestampMs: numberOf(metadata.batchTimestampMs),
      conf: stringsOf(metadata.conf),
      offsets: lines.map((line) => (line === '-' ? null : line)),
    }
  },
}

/** `commits/N`: `v1` and one JSON line; `{}` of old versions means watermark 0. */
export const commitFormat = {
  print(entry: CommitEntry): string {
    return `v1\n${JSON.stringify({ nextBatchWatermarkMs: entry.nextBatchWatermarkMs })}`
  },
  parse(text: string): CommitEntry {
    const [version, metadataLine] = text.split('\n')
    checkVersion(version, 'exactly v1')
    return { nextBatchWatermarkMs: numberOf(parseJsonObject(metadataLine).nextBatchWatermarkMs) }
  },
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function stringsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]))
}
