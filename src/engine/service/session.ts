import type { StructType } from '../../protocol/columns'
import type { Batch } from '../../protocol/columns'
import type { SessionId } from '../../protocol/ids'
import type { Relation } from '../../protocol/spark-connect'
import type { KernelCallbacks } from '../ports/workspace'
import type { Compatibility } from './leniency'
import type { SessionConf } from './session-conf'

/** One notebook's Spark session: its conf, its views, what its memory sinks collected, its kernel. */
export type Session = {
  readonly id: SessionId
  compatibility: Compatibility
  readonly conf: SessionConf
  /** Schema of names without one. */
  database: string
  /** By `viewKey`: temporary ones by their lower-case name. */
  readonly views: Map<string, SessionView>
  /** Tables of memory sinks by lower-case query name. */
  readonly memoryTables: Map<string, MemoryTable>
  kernel: KernelCallbacks | null
  /** Connection-string secrets by name; never written. */
  readonly secrets: Map<string, string>
  /** Leniencies already told, so that a notice appears once per cell. */
  readonly told: Set<string>
}

/** A closed relation, as analysed when the view was made. Permanent views live in the session too: a workspace keeps tables. */
export type SessionView = {
  readonly name: string
  readonly relation: Relation
  readonly scope: 'temporary' | 'permanent' | 'global'
}

export type MemoryTable = {
  readonly schema: StructType
  batches: Batch[]
  /** A batch at or below this id was already added. */
  lastBatchId: number
  /** Rows that left again, oldest first, because only the newest are shown (`display(stream)`). */
  numDropped?: number
}

/** Sets a configuration; the notebook's mode follows its key, whoever sets it. */
export function setSessionConf(session: Session, key: string, value: string): void {
  session.conf.set(key, value)
  if (key === 'runnel.compatibility') session.compatibility = value === 'strict' ? 'strict' : 'workshop'
}
