import { clone, create, toBinary } from '@bufbuild/protobuf'
import type { Read_DataSource, Relation, WriteStreamOperationStart } from '../../protocol/spark-connect'
import { RelationSchema } from '../../protocol/spark-connect'
import { userError } from '../../protocol/errors/runnel-error'
import type { CellId, QueryId } from '../../protocol/ids'
import type { LaunchRecord, TriggerSpec } from '../../protocol/workers/launch-record'
import { OptionMap } from '../ports/options'
import type { OutputMode, SinkDefinition } from '../ports/sink'
import type { SourceDefinition } from '../ports/source'
import { intervalMicros, parseInterval } from '../analyzer/interval-text'
import { forEachReader } from './plan-analysis'
import { redact } from './secrets'

/** What `start()` or `toTable()` asked for, checked and with defaults filled in; nothing is written yet. */
export type StreamRequest = {
  readonly format: string
  readonly options: Readonly<Record<string, string>>
  readonly outputMode: OutputMode
  readonly name: string | null
  readonly trigger: TriggerSpec
  readonly tableName: string | null
  readonly path: string | null
  readonly functionId: string | null
  readonly partitionColumns: readonly string[]
}

export function readRequest(start: WriteStreamOperationStart, defaultFormat: string): StreamRequest {
  const destination = start.sinkDestination
  const functionId = functionIdOf(start)
  const optionPath = Object.entries(start.options).find(([key]) => key.toLowerCase() === 'path')?.[1]
  return {
    format: functionId !== null ? 'foreachBatch' : start.format === '' ? defaultFormat : start.format.toLowerCase(),
    options: start.options,
    outputMode: readOutputMode(start.outputMode),
    name: start.queryName === '' ? null : start.queryName,
    trigger: readTrigger(start),
    tableName: destination.case === 'tableName' ? destination.value : null,
    path: destination.case === 'path' ? destination.value : (optionPath ?? null),
    functionId,
    partitionColumns: start.partitioningColumnNames,
  }
}

function functionIdOf(start: WriteStreamOperationStart): string | null {
  const payload = start.foreachBatch?.function
  return payload?.case === 'pythonFunction' ? new TextDecoder().decode(payload.value.command) : null
}

/** Spark reads the mode in any case; no mode is append. */
export function readOutputMode(text: string): OutputMode {
  const mode = (text === '' ? 'append' : text).toLowerCase()
  if (mode === 'append' || mode === 'update' || mode === 'complete') return mode
  throw userError(
    'STREAMING_OUTPUT_MODE.INVALID',
    `Invalid streaming output mode: ${text}. Accepted output modes are 'Append', 'Complete', 'Update'.`,
    {
      exception: 'IllegalArgumentException',
      sqlState: '42KDE',
      parameters: { outputMode: text },
      hint: 'Write outputMode("append"), "update" or "complete".',
    },
  )
}

function readTrigger(start: WriteStreamOperationStart): TriggerSpec {
  const { trigger } = start
  switch (trigger.case) {
    case 'processingTimeInterval':
      return { kind: 'processingTime', intervalMs: triggerIntervalMs(trigger.value) }
    case 'availableNow':
      return { kind: 'availableNow' }
    case 'once':
      return { kind: 'once' }
    case 'continuousCheckpointInterval':
      throw userError('UNSUPPORTED_FEATURE.CONTINUOUS_TRIGGER', 'Continuous processing is not built yet.', {
        sqlState: '0A000',
        exception: 'UnsupportedOperationException',
        hint: 'Use trigger(processingTime="...") or trigger(availableNow=True).',
      })
    default:
      return { kind: 'processingTime', intervalMs: 0 }
  }
}

function triggerIntervalMs(text: string): number {
  const interval = parseInterval(text)
  if (interval === null) {
    const word = text.trim().split(/\s+/)[0]
    throw userError(
      'INVALID_INTERVAL_FORMAT.UNRECOGNIZED_NUMBER',
      `Error parsing '${text}' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Unrecognized number ${word}.`,
      {
        exception: 'IllegalArgumentException',
        sqlState: '22006',
        parameters: { input: `'${text}'`, number: word },
        hint: 'Write a number and a unit: "10 seconds", "1 minute".',
      },
    )
  }
  if (interval.months !== 0) {
    throw userError('_LEGACY_ERROR_TEMP_3262', `Doesn't support month or year interval: ${text}`, {
      exception: 'IllegalArgumentException',
      hint: 'Use weeks, days, hours, minutes or seconds.',
    })
  }
  if (intervalMicros(interval) < 0) {
    throw userError('', 'requirement failed: the interval of trigger should not be negative', {
      exception: 'IllegalArgumentException',
      hint: 'Write a positive interval: "10 seconds".',
    })
  }
  return intervalMicros(interval) / 1000
}

export type CheckpointChoice = { readonly path: string; readonly isTemporary: boolean }

/** Option, else `spark.sql.streaming.checkpointLocation`/<name or id>, else a temporary one where the sink allows it. */
export function chooseCheckpoint(
  request: StreamRequest,
  sink: SinkDefinition,
  conf: (key: string) => string | null,
  newId: () => string,
): CheckpointChoice {
  const written = Object.entries(request.options).find(([key]) => key.toLowerCase() === 'checkpointlocation')?.[1]
  if (written !== undefined && written !== '') return { path: written, isTemporary: false }
  const base = conf('spark.sql.streaming.checkpointLocation')
  if (base) return { path: `${base.replace(/\/$/, '')}/${request.name ?? newId()}`, isTemporary: false }
  if (sink.temporaryCheckpoint) return { path: `/tmp/temporary-${newId()}`, isTemporary: true }
  throw userError(
    '_LEGACY_ERROR_TEMP_1298',
    'checkpointLocation must be specified either through option("checkpointLocation", ...) or SparkSession.conf.set("spark.sql.streaming.checkpointLocation", ...).',
    { hint: 'Add .option("checkpointLocation", "Files/checkpoints/<a name of its own>") before start().' },
  )
}

export function launchRecord(
  request: StreamRequest,
  about: {
    queryId: QueryId
    cell: CellId | null
    checkpointPath: string
    temporaryCheckpoint: boolean
    /** Without secrets. */
    plan: Relation
    sources: LaunchRecord['sources']
    sinkOptions: Readonly<Record<string, string>>
    conf: Readonly<Record<string, string>>
    compatibility: 'workshop' | 'strict'
  },
  secrets: Map<string, string>,
): Omit<LaunchRecord, 'runNumber'> {
  return {
    version: 1,
    queryId: about.queryId,
    name: request.name,
    cell: about.cell,
    checkpointPath: about.checkpointPath,
    temporaryCheckpoint: about.temporaryCheckpoint,
    plan: toBinary(RelationSchema, about.plan),
    sink: {
      format: request.format,
      options: redactAll(about.sinkOptions, secrets),
      outputMode: request.outputMode,
      partitionColumns: request.partitionColumns,
      target: request.tableName ?? request.path,
      ...(request.functionId === null ? {} : { functionId: request.functionId }),
    },
    trigger: request.trigger,
    sources: about.sources,
    conf: about.conf,
    compatibility: about.compatibility,
  }
}

/** A copy of the plan whose reader options hold secret names instead of secrets. */
export async function withoutSecrets(
  plan: Relation,
  findSource: (format: string) => Promise<SourceDefinition | null>,
  secrets: Map<string, string>,
): Promise<Relation> {
  const copy = clone(RelationSchema, create(RelationSchema, plan))
  const readers: Read_DataSource[] = []
  forEachReader(copy, (reader) => readers.push(reader))
  for (const reader of readers) {
    const source = await findSource(reader.format ?? '')
    const stored = source?.storedOptions?.(new OptionMap(reader.options), (text) => redact(text, secrets))
    reader.options = (await stored) ?? redactAll(reader.options, secrets)
  }
  return copy
}

export function redactAll(
  options: Readonly<Record<string, string>>,
  secrets: Map<string, string>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, redact(value, secrets)]))
}
