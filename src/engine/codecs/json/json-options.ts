import { userError } from '../../../protocol/errors/runnel-error'

/** Options of JSON readers with Spark's defaults, checked. */
export type JsonReadOptions = {
  readonly mode: 'PERMISSIVE' | 'FAILFAST' | 'DROPMALFORMED'
  readonly columnNameOfCorruptRecord: string
  /** Session zone, or the option `timeZone`. */
  readonly timeZone: string
  readonly timestampFormat: string | null
  readonly timestampNtzFormat: string | null
  readonly dateFormat: string | null
  readonly allowComments: boolean
  readonly allowUnquotedFieldNames: boolean
  readonly allowSingleQuotes: boolean
  readonly allowNumericLeadingZeros: boolean
  readonly allowNonNumericNumbers: boolean
  readonly allowBackslashEscapingAnyCharacter: boolean
  readonly allowUnquotedControlChars: boolean
  readonly primitivesAsString: boolean
  readonly prefersDecimal: boolean
  readonly dropFieldIfAllNull: boolean
  readonly inferTimestamp: boolean
  readonly multiLine: boolean
  readonly lineSep: string | null
  readonly encoding: string | null
  readonly samplingRatio: number
  /** Rows of a JSON file may come as an array of objects; from_json refuses that. */
  readonly allowArrayAsStructs: boolean
  /** Files give a nested value read as STRING byte for byte; from_json writes it anew. */
  readonly exactStrings: boolean
  /** Days since 1970 of the batch: a time without a date is today's. */
  readonly todayDays: () => number
}

type Settings = {
  readonly timeZone?: string
  readonly columnNameOfCorruptRecord?: string
  readonly allowArrayAsStructs?: boolean
  readonly exactStrings?: boolean
  readonly todayDays?: () => number
}

/** Reads option text (keys in any case). Throws Spark's error for a value that is not a boolean or an unknown mode. */
export function jsonReadOptions(options: Readonly<Record<string, string>>, settings: Settings = {}): JsonReadOptions {
  const lower = new Map(Object.entries(options).map(([key, value]) => [key.toLowerCase(), value]))
  const text = (key: string) => lower.get(key.toLowerCase()) ?? null
  const flag = (key: string, fallback: boolean) => booleanOption(key, text(key), fallback)
  const mode = (text('mode') ?? 'PERMISSIVE').toUpperCase()
  return {
    // An unknown mode is PERMISSIVE, with a warning in Spark's log only.
    mode: mode === 'FAILFAST' || mode === 'DROPMALFORMED' ? mode : 'PERMISSIVE',
    columnNameOfCorruptRecord:
      text('columnNameOfCorruptRecord') ?? settings.columnNameOfCorruptRecord ?? '_corrupt_record',
    timeZone: text('timeZone') ?? settings.timeZone ?? 'UTC',
    timestampFormat: text('timestampFormat'),
    timestampNtzFormat: text('timestampNTZFormat'),
    dateFormat: text('dateFormat'),
    allowComments: flag('allowComments', false),
    allowUnquotedFieldNames: flag('allowUnquotedFieldNames', false),
    allowSingleQuotes: flag('allowSingleQuotes', true),
    allowNumericLeadingZeros: flag('allowNumericLeadingZeros', false),
    allowNonNumericNumbers: flag('allowNonNumericNumbers', true),
    allowBackslashEscapingAnyCharacter: flag('allowBackslashEscapingAnyCharacter', false),
    allowUnquotedControlChars: flag('allowUnquotedControlChars', false),
    primitivesAsString: flag('primitivesAsString', false),
    prefersDecimal: flag('prefersDecimal', false),
    dropFieldIfAllNull: flag('dropFieldIfAllNull', false),
    inferTimestamp: flag('inferTimestamp', false),
    multiLine: flag('multiLine', false),
    lineSep: text('lineSep'),
    encoding: text('encoding') ?? text('charset'),
    samplingRatio: Number(text('samplingRatio') ?? 1),
    allowArrayAsStructs: settings.allowArrayAsStructs ?? false,
    exactStrings: settings.exactStrings ?? false,
    todayDays: settings.todayDays ?? (() => 0),
  }
}

function booleanOption(key: string, value: string | null, fallback: boolean): boolean {
  if (value === null) return fallback
  const lower = value.toLowerCase()
  if (lower === 'true' || lower === 'false') return lower === 'true'
  throw userError('', `For input string: "${value}"`, {
    exception: 'IllegalArgumentException',
    hint: `The option ${key} takes true or false.`,
  })
}
