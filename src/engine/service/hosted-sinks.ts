import type { Batch, StructType } from '../../protocol/columns'
import type { ErrorShape } from '../../protocol/errors/runnel-error'
import { errorShape, fromShape, fullMessage, internalError, userError } from '../../protocol/errors/runnel-error'
import type { BatchId, FunctionId } from '../../protocol/ids'
import type { EngineEvent } from '../../protocol/workers/engine'
import { newestRows } from '../batch/newest-rows'
import { consoleText } from '../show-string/console-text'
import type { QueryRun } from './query-run'
import type { Session } from './session'

/** Sinks that live in the engine worker: memory tables, console text, live functions. */
export class HostedSinks {
  readonly #emit: (event: EngineEvent) => void

  constructor(emit: (event: EngineEvent) => void) {
    this.#emit = emit
  }

  /** The table of a memory sink; a new start of the same name begins empty, as in Spark. `schema` null: taken from the first batch. */
  openMemory(session: Session, name: string, schema: StructType | null): Promise<void> {
    session.memoryTables.set(name.toLowerCase(), {
      schema: schema ?? { kind: 'struct', fields: [] },
      batches: [],
      lastBatchId: -1,
    })
    return Promise.resolve()
  }

  async write(
    session: Session,
    run: QueryRun,
    kind: string,
    batchId: BatchId,
    schema: StructType,
    batches: Batch[],
    signal: AbortSignal,
  ): Promise<void> {
    switch (kind) {
      case 'memory':
        return this.#writeMemory(session, run, batchId, schema, batches)
      case 'console':
        return this.#writeConsole(run, batchId, schema, batches)
      case 'foreachBatch':
        return this.#callForeachBatch(session, run, batchId, schema, batches, signal)
      default:
        throw userError('UNSUPPORTED_FEATURE.HOSTED_SINK', `The ${kind} sink is not built yet.`, {
          sqlState: '0A000',
          hint: 'Use foreachBatch, console, memory or Delta.',
        })
    }
  }

  #writeMemory(session: Session, run: QueryRun, batchId: BatchId, schema: StructType, batches: Batch[]): void {
    const name = run.launch.name
    if (name === null) throw internalError('A memory sink without a query name got past start()')
    const key = name.toLowerCase()
    const known = session.memoryTables.get(key)
    if (known && batchId <= known.lastBatchId) return
    const replace = run.launch.sink.outputMode === 'complete'
    const all = replace ? batches : [...(known?.batches ?? []), ...batches]
    const kept = newestRows(all, Number(run.launch.sink.options['runnel.keepRows'] ?? Infinity))
    session.memoryTables.set(key, {
      schema,
      batches: kept.batches,
      lastBatchId: batchId,
      numDropped: (replace ? 0 : (known?.numDropped ?? 0)) + kept.numDropped,
    })
  }

  #writeConsole(run: QueryRun, batchId: BatchId, schema: StructType, batches: Batch[]): void {
    const option = (key: string) =>
      Object.entries(run.launch.sink.options).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]
    const text = consoleText(batchId, schema, batches, {
      numRows: Number(option('numRows') ?? 20),
      truncate: (option('truncate') ?? 'true').toLowerCase() === 'true',
      timeZone: run.launch.conf['spark.sql.session.timeZone'] ?? 'UTC',
    })
    this.#emit({ kind: 'console', query: run.launch.queryId, cell: run.launch.cell, text })
  }

  async #callForeachBatch(
    session: Session,
    run: QueryRun,
    batchId: BatchId,
    schema: StructType,
    batches: Batch[],
    signal: AbortSignal,
  ) {
    const functionId = run.launch.sink.functionId
    if (functionId === undefined || !session.kernel) {
      throw userError(
        'FUNCTION_NOT_DEFINED',
        'The foreachBatch function of this query is gone: Python was restarted.',
        {
          hint: 'Run the cell that defines the function and starts the query.',
        },
      )
    }
    const call = session.kernel.invoke(
      {
        kind: 'foreachBatch',
        functionId: functionId as FunctionId,
        batchId,
        schema,
        batches,
        queryId: run.launch.queryId,
        runId: run.runId,
      },
      0,
      signal,
    )
    await call.catch((thrown: unknown) => {
      throw signal.aborted ? thrown : userFunctionFailed(errorShape(thrown))
    })
  }
}

/** Spark's words around an error of the user's function; the Python traceback is its reason. */
function userFunctionFailed(cause: ErrorShape) {
  if (cause.domain !== 'user' || cause.condition === 'OPERATION_CANCELED') return fromShape(cause)
  // The kernel gives a traceback as the message of what Python raised, and Spark's own errors as they are.
  const isTraceback = cause.message.startsWith('Traceback')
  const told = isTraceback
    ? cause.message
    : `pyspark.errors.exceptions.captured.${cause.exception}: ${fullMessage(cause)}`
  const reason = `An exception was raised by the Python Proxy. Return Message: ${told}\n`
  return userError(
    'FOREACH_BATCH_USER_FUNCTION_ERROR',
    `An error occurred in the user provided function in foreach batch sink. Reason: ${reason}`,
    {
      sqlState: '39000',
      exception: 'PythonException',
      parameters: { reason },
      hint:
        cause.hint ??
        'The last line of the traceback says what went wrong; fix the function and start the query again.',
      ...(cause.place ? { place: cause.place } : {}),
      ...(cause.fix ? { fix: cause.fix } : {}),
      cause,
    },
  )
}
