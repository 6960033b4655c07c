import type { CellId, QueryId } from '../ids'
import type { PlanFacts } from './insight'

/**
 * Everything a query needs to run again with no kernel and no catalog: the closed plan and how it was started.
 * Kept beside the checkpoint, without secrets; Resume, explain and "run on a cluster" read it.
 */
export type LaunchRecord = {
  readonly version: 1
  readonly queryId: QueryId
  readonly name: string | null
  /** 1 for the first start on this checkpoint, then 2, 3, ... */
  readonly runNumber: number
  readonly cell: CellId | null
  /** Checkpoint folder in the workspace. */
  readonly checkpointPath: string
  /** True when Spark would delete the checkpoint on stop. */
  readonly temporaryCheckpoint: boolean
  /**
   * Serialized `spark.connect.Relation` with views inlined, tables replaced by data sources (path, pinned schema), functions by id.
   * Secrets are replaced by `<secret:name>`; the values travel beside the record and are never written.
   */
  readonly plan: Uint8Array
  readonly sink: {
    readonly format: string
    readonly options: Readonly<Record<string, string>>
    readonly outputMode: 'append' | 'update' | 'complete'
    readonly partitionColumns: readonly string[]
    /** What the card shows: table name or path. */
    readonly target: string | null
    /** Set when the sink needs a live function of a kernel. */
    readonly functionId?: string
  }
  readonly trigger: TriggerSpec
  /** What the streaming sources read, in source order, for cards and flow lines. */
  readonly sources: readonly SourceLabel[]
  readonly conf: Readonly<Record<string, string>>
  readonly compatibility: 'workshop' | 'strict'
  /** Absent in records of older versions. */
  readonly facts?: PlanFacts
}

export type SourceLabel = {
  readonly format: string
  /** Hub, table or folder name. */
  readonly label: string
  readonly broker: 'local' | 'classroom' | 'azure' | null
}

export type TriggerSpec =
  | { readonly kind: 'processingTime'; readonly intervalMs: number }
  | { readonly kind: 'once' }
  | { readonly kind: 'availableNow' }
