import { illegalOption } from '../../delta/errors'
import type { OptionMap } from '../../engine/ports/options'
import { userError } from '../../protocol/errors/runnel-error'

export type DeltaSourceOptions = {
  readonly path: string
  /** Null: no limit of files, because only bytes are limited. */
  readonly maxFilesPerTrigger: number | null
  readonly maxBytesPerTrigger: number | null
  readonly startingVersion: number | 'latest' | null
  readonly startingTimestamp: string | null
  readonly ignoreDeletes: boolean
  readonly ignoreChanges: boolean
  readonly skipChangeCommits: boolean
  readonly failOnDataLoss: boolean
  readonly excludeRegex: RegExp | null
}

const DEFAULT_MAX_FILES = 1000

/** Options of `readStream.format("delta")`; bad values throw Delta's `DELTA_ILLEGAL_OPTION`. */
export function readStreamOptions(options: OptionMap): DeltaSourceOptions {
  const maxBytes = options.get('maxBytesPerTrigger')
  const maxFiles = options.get('maxFilesPerTrigger')
  const startingVersion = options.get('startingVersion') ?? null
  const startingTimestamp = options.get('startingTimestamp') ?? null
  if (startingVersion !== null && startingTimestamp !== null) {
    throw userError(
      'DELTA_STARTING_VERSION_AND_TIMESTAMP_BOTH_SET',
      "Please either provide 'startingVersion' or 'startingTimestamp'",
      {
        exception: 'IllegalArgumentException',
      },
    )
  }
  if (flag(options, 'readChangeFeed', false) || flag(options, 'readChangeData', false)) {
    throw userError(
      'UNSUPPORTED_FEATURE.CHANGE_DATA_FEED',
      'Runnel does not read the change data feed of a Delta table yet.',
      {
        hint: 'Leave readChangeFeed out to stream appended rows, or run the cell on a Spark cluster.',
      },
    )
  }
  return {
    path: readPath(options),
    maxFilesPerTrigger:
      maxFiles === undefined
        ? maxBytes === undefined
          ? DEFAULT_MAX_FILES
          : null
        : positiveInteger('maxFilesPerTrigger', maxFiles),
    maxBytesPerTrigger: maxBytes === undefined ? null : parseBytes('maxBytesPerTrigger', maxBytes),
    startingVersion: startingVersion === null ? null : parseStartingVersion(startingVersion),
    startingTimestamp,
    ignoreDeletes: flag(options, 'ignoreDeletes', false),
    ignoreChanges: flag(options, 'ignoreChanges', false) || flag(options, 'ignoreFileDeletion', false),
    skipChangeCommits: flag(options, 'skipChangeCommits', false),
    failOnDataLoss: flag(options, 'failOnDataLoss', true),
    excludeRegex: parseRegex(options.get('excludeRegex')),
  }
}

export function readPath(options: OptionMap): string {
  const path = options.get('path')
  if (path === undefined || path.trim() === '') {
    throw userError('', "'path' is not specified", {
      exception: 'IllegalArgumentException',
      hint: 'Give the table: .load("Tables/bronze"), or use spark.readStream.table("bronze").',
    })
  }
  return path.replace(/(?<=.)\/+$/, '')
}

function parseStartingVersion(text: string): number | 'latest' {
  if (text.toLowerCase() === 'latest') return 'latest'
  if (/^\d+$/.test(text)) return Number(text)
  throw illegalOption('startingVersion', text, 'must be greater than or equal to zero')
}

function positiveInteger(name: string, text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value <= 0 || value > 2_147_483_647)
    throw illegalOption(name, text, 'must be a positive integer')
  return value
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
}

function parseBytes(name: string, text: string): number {
  const match = /^(\d+)\s*(b|[kmgtp]b?)?$/.exec(text.trim().toLowerCase())
  const value = match === null ? 0 : Number(match[1]) * (UNITS[(match[2] ?? '').charAt(0)] ?? 1)
  if (value <= 0) throw illegalOption(name, text, "must be a size configuration such as '10g'")
  return value
}

function flag(options: OptionMap, name: string, byDefault: boolean): boolean {
  const text = options.get(name)
  if (text === undefined) return byDefault
  if (text.trim().toLowerCase() === 'true') return true
  if (text.trim().toLowerCase() === 'false') return false
  throw illegalOption(name, text, "must be 'true' or 'false'")
}

function parseRegex(text: string | undefined): RegExp | null {
  if (text === undefined) return null
  try {
    return new RegExp(text)
  } catch (error) {
    throw userError('DELTA_REGEX_OPT_SYNTAX_ERROR', `Please recheck your syntax for 'excludeRegex'`, {
      exception: 'IllegalArgumentException',
      hint: error instanceof Error ? error.message : null,
    })
  }
}
