import { fromBinary } from '@bufbuild/protobuf'
import { internalError } from '../protocol/errors/runnel-error'
import { RelationSchema } from '../protocol/spark-connect'
import type { AfterStep } from '../protocol/workers/engine'
import type { Remote } from '../protocol/workers/remote'
import { wrap } from '../protocol/workers/remote'
import type {
  QueryEnd,
  QueryStart,
  StreamHostApi,
  StreamWorkerApi,
  StreamWorkerConfig,
} from '../protocol/workers/stream'
import { createDeltaTables } from '../delta/tables'
import { analyze } from '../engine/analyzer/analyze'
import { MicroBatchExecution } from '../engine/execution/micro-batch'
import { openClosedPlan } from '../engine/plan/close-plan'
import { bucketScale } from '../engine/execution/event-time-buckets'
import { StatefulQuery } from '../engine/execution/stateful-query'
import { compilePlan } from '../engine/plan/compile'
import type { StreamingTarget } from '../engine/plan/compile'
import type { CompiledPlan } from '../engine/plan/compiled'
import type { Broker } from '../engine/ports/broker'
import type { Clock } from '../engine/ports/clock'
import type { FileStore } from '../engine/ports/file-store'
import { concurrentUpdate, FileCheckpoint, lockCheckpoint } from '../storage/checkpoint/file-checkpoint'
import { stateFilesOf } from '../storage/checkpoint/state-files'
import { brokerOverPort } from './broker-port'
import { followingClock } from './clock-copies'
import { cancelFlag } from './cancel-flag'
import { filesOverPort } from './file-port'
import { handOver } from './hand-over'
import { LeafReader } from './leaf-reader'
import { queryHost } from './query-host'
import { platformRandom } from './random'
import { openStreamSink } from './stream-sink'
import { runBatchPlan } from './batch-runtime'
import { nap, sessionTime } from './session-time'

export type StreamPlatform = {
  /** The workspace's files, opened again in this worker. Files in memory come over a port instead. */
  openFiles(config: Pick<StreamWorkerConfig, 'storage' | 'workspace'>): Promise<FileStore>
}

/** What a booted stream worker works with. */
export type StreamWorkspace = {
  readonly files: FileStore
  readonly clock: Clock
  readonly broker: Broker
  readonly host: Remote<StreamHostApi>
  readonly tables: ReturnType<typeof createDeltaTables>
  isCanceled(): boolean
  /** Whether the engine worker wants to be asked at this step. */
  isWatched(step: AfterStep): boolean
}

/** A worker that was killed lets go of its locks a moment later. */
const LOCK_PATIENCE_MS = 2_000
const LOCK_RETRY_MS = 50

/** The stream worker: one streaming query, or one batch query after another. */
export function streamRuntime(platform: StreamPlatform): StreamWorkerApi {
  let workspace: StreamWorkspace | null = null
  let execution: MicroBatchExecution | null = null
  let stopRequested = false
  const booted = (): StreamWorkspace => {
    if (workspace === null) throw internalError('The stream worker was used before it was booted')
    return workspace
  }
  return {
    async boot(config, hostPort, brokerPort) {
      const files = config.files === undefined ? await platform.openFiles(config) : filesOverPort(config.files)
      const clock = sessionTime(followingClock(config.clock))
      const cancel = cancelFlag(config.cancel)
      workspace = {
        files,
        clock,
        broker: brokerOverPort(brokerPort),
        host: wrap<StreamHostApi>(hostPort),
        tables: createDeltaTables({ files, clock, random: platformRandom }),
        isCanceled: () => cancel.isSet(),
        isWatched: (step) => cancel.isWatched(step),
      }
    },
    async runQuery(start) {
      stopRequested = false
      try {
        return await withLockedCheckpoint(booted(), start, () => {
          execution = openExecution(booted(), start)
          if (stopRequested) execution.stop()
          return execution.run()
        })
      } finally {
        execution = null
      }
    },
    stop() {
      stopRequested = true
      execution?.stop()
    },
    processAllAvailable: () => execution?.processAllAvailable() ?? Promise.resolve(),
    runBatch: async (run) => {
      const { schema, batches } = await runBatchPlan(booted(), run)
      return { schema, batches: handOver(batches) }
    },
  }
}

/** Holds the checkpoint for the whole run, and removes it afterwards when it was only temporary. */
async function withLockedCheckpoint(
  { files }: StreamWorkspace,
  { launch }: QueryStart,
  run: () => Promise<QueryEnd>,
): Promise<QueryEnd> {
  const path = launch.checkpointPath
  let lock = await lockCheckpoint(files, path)
  for (let waitedMs = 0; lock === null && waitedMs < LOCK_PATIENCE_MS; waitedMs += LOCK_RETRY_MS) {
    await nap(LOCK_RETRY_MS)
    lock = await lockCheckpoint(files, path)
  }
  if (lock === null) {
    const latest = await new FileCheckpoint(files, path).latestOffsets()
    return { kind: 'failed', error: concurrentUpdate(latest === null ? 0 : latest.batchId + 1).shape }
  }
  try {
    const end = await run()
    if (launch.temporaryCheckpoint && end.kind !== 'failed') await files.remove(path)
    return end
  } finally {
    lock.release()
  }
}

function openExecution(workspace: StreamWorkspace, start: QueryStart): MicroBatchExecution {
  const { launch, runId, secrets } = start
  const { clock } = workspace
  const checkpoint = new FileCheckpoint(workspace.files, launch.checkpointPath)
  const stateful = new StatefulQuery(
    stateFilesOf(workspace.files, launch.checkpointPath),
    () => clock.realNowMs(),
    launch.facts === undefined ? null : bucketScale(launch.facts),
  )
  const plan = compileClosed(launch.plan, launch.conf, { outputMode: launch.sink.outputMode, stateful })
  const leaves = new LeafReader(workspace, secrets, launch.conf)
  return new MicroBatchExecution({
    id: launch.queryId,
    runId,
    name: launch.name,
    plan,
    trigger: launch.trigger,
    conf: launch.conf,
    clock,
    checkpoint,
    host: queryHost(workspace.host, start.parkAfter, (step) => workspace.isWatched(step)),
    openSources: () => leaves.openStreams(plan, (source) => checkpoint.sourcePath(source)),
    openSink: () => openStreamSink(workspace, launch, secrets, plan.schema),
    readStatic: (leaf) => leaves.readStatic(leaf),
    isCanceled: () => workspace.isCanceled(),
    stateful: stateful.isEmpty ? null : stateful,
  })
}

/** Analysis is deterministic: the closed plan gives the tree that `start()` saw, and its notices were raised there. */
export function compileClosed(
  plan: Uint8Array,
  conf: Readonly<Record<string, string>>,
  streaming: StreamingTarget,
): CompiledPlan {
  const inputs = openClosedPlan(fromBinary(RelationSchema, plan))
  return compilePlan(analyze(inputs, { conf, isStreaming: true, lenient: () => undefined }), streaming)
}
