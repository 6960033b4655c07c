import type { OptionMap } from '../../engine/ports/options'
import { userError } from '../../protocol/errors/runnel-error'

export type FileStreamOptions = {
  readonly maxFilesPerTrigger: number | null
  readonly maxBytesPerTrigger: number | null
  readonly latestFirst: boolean
  /** Files are the same when their names are, whatever the folder. */
  readonly fileNameOnly: boolean
  readonly maxFileAgeMs: number
  readonly pathGlobFilter: string | null
  readonly recursiveFileLookup: boolean
}

const WEEK_MS = 7 * 24 * 3_600_000

/** Options of a file stream. Throws in Spark's words; `cleanSource` other than off is refused by name. */
export function fileStreamOptions(options: OptionMap): FileStreamOptions {
  const maxFilesPerTrigger = positive(options, 'maxFilesPerTrigger')
  const maxBytesPerTrigger = positive(options, 'maxBytesPerTrigger')
  if (maxFilesPerTrigger !== null && maxBytesPerTrigger !== null) {
    throw invalid(
      "Options 'maxFilesPerTrigger' and 'maxBytesPerTrigger' can't be both set at the same time",
      'Keep one of the two.',
    )
  }
  checkCleanSource(options.get('cleanSource'))
  return {
    maxFilesPerTrigger,
    maxBytesPerTrigger,
    latestFirst: flag(options, 'latestFirst'),
    fileNameOnly: flag(options, 'fileNameOnly'),
    maxFileAgeMs: durationMs(options.get('maxFileAge')),
    pathGlobFilter: options.get('pathGlobFilter') ?? null,
    recursiveFileLookup: flag(options, 'recursiveFileLookup'),
  }
}

function positive(options: OptionMap, key: string): number | null {
  const text = options.get(key)
  if (text === undefined) return null
  if (/^\d{1,15}$/.test(text) && Number(text) > 0) return Number(text)
  throw invalid(
    `Invalid value '${text}' for option '${key}', must be a positive integer`,
    `For example .option("${key}", 1).`,
  )
}

function flag(options: OptionMap, key: string): boolean {
  const text = options.get(key)?.toLowerCase()
  if (text === undefined || text === 'false') return false
  if (text === 'true') return true
  throw invalid(
    `Invalid value '${options.get(key)}' for option '${key}', must be 'true' or 'false'`,
    `For example .option("${key}", "true").`,
  )
}

const UNITS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

function durationMs(text: string | undefined): number {
  if (text === undefined) return WEEK_MS
  const parts = /^\s*(\d+)\s*(us|ms|s|m|min|h|d)?\s*$/i.exec(text)
  if (parts !== null) return Number(parts[1]) * UNITS[(parts[2] ?? 'ms').toLowerCase()]
  throw userError(
    '',
    'Time must be specified as seconds (s), milliseconds (ms), microseconds (us), minutes (m or min), hour (h), or day (d). ' +
      `E.g. 50s, 100ms, or 250us.\nFailed to parse time string: ${text}`,
    { exception: 'NumberFormatException', hint: 'For example .option("maxFileAge", "7d").' },
  )
}

function checkCleanSource(mode: string | undefined): void {
  if (mode === undefined || mode.toLowerCase() === 'off') return
  if (mode.toLowerCase() === 'archive' || mode.toLowerCase() === 'delete') {
    throw userError(
      'UNSUPPORTED_FEATURE.OPTION',
      `The option cleanSource=${mode} of the file source is not supported here.`,
      {
        sqlState: '0A000',
        hint: 'Leave cleanSource off and remove read files yourself.',
      },
    )
  }
  throw invalid(
    `Invalid mode for clean source option Some(${mode}). Must be one of ARCHIVE,DELETE,OFF`,
    'Leave cleanSource off.',
  )
}

function invalid(message: string, hint: string) {
  return userError('', message, { exception: 'IllegalArgumentException', hint })
}
