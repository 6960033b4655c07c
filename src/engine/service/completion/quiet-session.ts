import type { MemoryTable, Session } from '../session'

/** The session as typing may ask it: nothing is told, nothing is refused for being lenient, and no rows are copied. */
export function quietSession(session: Session): Session {
  const empty = [...session.memoryTables].map(([name, { schema }]): [string, MemoryTable] => [
    name,
    { schema, batches: [], lastBatchId: -1 },
  ])
  return { ...session, compatibility: 'workshop', told: new ToldAlready(), memoryTables: new Map(empty) }
}

class ToldAlready extends Set<string> {
  override has(): boolean {
    return true
  }
}
