import { create, toBinary } from '@bufbuild/protobuf'
import type { Batch, StructType } from '../../protocol/columns'
import { operationCanceled } from '../../protocol/bridge/kernel-end'
import type { OperationId } from '../../protocol/ids'
import type { Relation } from '../../protocol/spark-connect'
import { RelationSchema } from '../../protocol/spark-connect'
import { internalError } from '../../protocol/errors/runnel-error'
import type { BatchRun, StreamHostApi } from '../../protocol/workers/stream'
import type { StreamWorkers } from '../ports/workspace'

/** A batch query that does not see the cancel flag within this time loses its worker. */
const CANCEL_GRACE_MS = 250

/** Runs closed batch plans in a spare stream worker, so that the engine worker stays free to answer. */
export class BatchRunner {
  readonly #workers: StreamWorkers
  readonly #afterRealMs: (delayMs: number) => Promise<void>

  constructor(workers: StreamWorkers, afterRealMs: (delayMs: number) => Promise<void>) {
    this.#workers = workers
    this.#afterRealMs = afterRealMs
  }

  async run(
    relation: Relation,
    options: {
      operation: OperationId
      conf: Readonly<Record<string, string>>
      secrets: Readonly<Record<string, string>>
      limitRows?: number
      write?: BatchRun['write']
      sink?: BatchRun['sink']
    },
    signal: AbortSignal,
  ): Promise<{ schema: StructType; batches: Batch[] }> {
    if (signal.aborted) throw operationCanceled()
    const worker = await this.#workers.take(BATCH_HOST)
    let isOver = false
    const canceled = new Promise<never>((_, reject) => {
      const cancel = () => {
        worker.cancel()
        void this.#afterRealMs(CANCEL_GRACE_MS).then(() => {
          if (isOver) return
          worker.terminate()
          reject(operationCanceled())
        })
      }
      if (signal.aborted) cancel()
      signal.addEventListener('abort', cancel, { once: true })
    })
    const run = worker.runBatch({
      operation: options.operation,
      plan: toBinary(RelationSchema, create(RelationSchema, relation)),
      conf: options.conf,
      secrets: options.secrets,
      limitRows: options.limitRows ?? null,
      ...(options.write ? { write: options.write } : {}),
      ...(options.sink ? { sink: options.sink } : {}),
    })
    try {
      const result = await Promise.race([run, canceled])
      isOver = true
      worker.release()
      return result
    } catch (thrown) {
      isOver = true
      if (signal.aborted) {
        worker.terminate()
        throw operationCanceled()
      }
      worker.release()
      throw thrown
    }
  }
}

function notInBatch(): never {
  throw internalError('A batch query asked its host for something only streams need')
}

/** A batch query has no triggers, steps or hosted sinks. */
const BATCH_HOST: StreamHostApi = {
  awaitTrigger: notInBatch,
  triggerDone: notInBatch,
  progress: notInBatch,
  status: notInBatch,
  afterStep: notInBatch,
  writeHosted: notInBatch,
}
