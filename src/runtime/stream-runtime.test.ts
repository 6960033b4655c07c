import { create, fromJson, toBinary } from '@bufbuild/protobuf'
import { afterEach, expect, test } from 'vitest'
import { batchToRows } from '../engine/batch/to-values'
import { analyze } from '../engine/analyzer/analyze'
import { resolveInputs } from '../engine/analyzer/resolve-inputs'
import { closePlan } from '../engine/plan/close-plan'
import { OptionMap } from '../engine/ports/options'
import type { Batch } from '../protocol/columns'
import { ClockWriter, allocateClock } from '../protocol/clock/session-clock'
import type { QueryId, RunId } from '../protocol/ids'
import { RelationSchema } from '../protocol/spark-connect'
import type { LaunchRecord } from '../protocol/workers/launch-record'
import type { StreamingQueryProgress } from '../protocol/workers/progress'
import { expose } from '../protocol/workers/remote'
import type { StreamHostApi, StreamWorkerApi } from '../protocol/workers/stream'
import { findSource } from '../sources'
import { lockCheckpoint } from '../storage/checkpoint/file-checkpoint'
import { MemoryFileStore } from '../storage/files/memory-file-store'
import { allocateCancelFlag, cancelFlag } from './cancel-flag'
import { serveFiles } from './file-port'
import { streamRuntime } from './stream-runtime'

const closers: (() => void)[] = []
afterEach(() => closers.splice(0).forEach((close) => close()))

/** A stream worker in this thread with real ports around it, and a host that grants every trigger at once. */
async function bootWorker(files = new MemoryFileStore()) {
  const clock = new ClockWriter(allocateClock(true))
  clock.start(Date.UTC(2026, 0, 1))
  const written: { batchId: number; rows: Record<string, unknown>[] }[] = []
  const progress: StreamingQueryProgress[] = []
  const steps: string[] = []
  let triggers = 0
  const hostApi: StreamHostApi = {
    awaitTrigger: async () => {
      if (triggers++ > 0) clock.jumpTo(clock.nowMs() + 1000)
      return { nowMs: clock.nowMs() }
    },
    triggerDone: async () => {},
    progress: (report) => void progress.push(report),
    status: () => {},
    afterStep: async (step) => void steps.push(step),
    writeHosted: async (_kind, batchId, _schema, batches: Batch[]) =>
      void written.push({ batchId, rows: batches.flatMap(batchToRows) }),
  }
  const [host, served, broker] = [new MessageChannel(), new MessageChannel(), new MessageChannel()]
  for (const { port1, port2 } of [host, served, broker]) closers.push(() => (port1.close(), port2.close()))
  expose(hostApi, host.port1)
  serveFiles(files, served.port1)
  const cancel = allocateCancelFlag()
  const api: StreamWorkerApi = streamRuntime({
    openFiles: async () => {
      throw new Error('Files come over the port')
    },
  })
  const config = { clock: memoryOf(clock), storage: 'memory' as const, workspace: 'test', cancel, files: served.port2 }
  await api.boot(config, host.port2, broker.port2)
  return { api, files, written, progress, steps, cancel: cancelFlag(cancel) }
}

const clockMemory = new WeakMap<ClockWriter, ArrayBufferLike>()
function memoryOf(clock: ClockWriter): ArrayBufferLike {
  const memory = allocateClock(true)
  new ClockWriter(memory).start(clock.nowMs())
  clockMemory.set(clock, memory)
  return memory
}
