import type { FlowNumbers } from '../protocol/workers/engine'
import type { EnginePorts } from '../engine/service/engine-service'
import type { QueryRun } from '../engine/service/query-run'

type FlowSource = FlowNumbers['sources'][number]

/** The live line of one query, from the hub and the table themselves, not from progress events. */
export async function flowNumbers(run: QueryRun, ports: EnginePorts): Promise<FlowNumbers> {
  const progress = run.recentProgress.at(-1)
  const sources = await Promise.all(
    run.launch.sources.map((source, index) => {
      const end = progress?.sources[index]?.endOffset
      return source.format === 'eventhubs' ? hubNumbers(source.label, end, ports) : plainSource(source)
    }),
  )
  return {
    query: run.launch.queryId,
    sources,
    batchId: run.lastBatchId,
    nextTriggerMs: run.isActive ? ports.scheduler.nextDueMs(run.launch.queryId) : null,
    target: run.launch.sink.target,
    targetRows: await targetRows(run, ports),
  }
}

/** sent = waiting + read: events before the query's start count as read, since it will never read them. */
async function hubNumbers(hub: string, end: unknown, ports: EnginePorts): Promise<FlowSource> {
  const bounds = await ports.broker('').bounds(hub)
  const sent = bounds.reduce((sum, partition) => sum + partition.next, 0)
  const readTo = typeof end === 'object' && end !== null ? (Object.values(end)[0] as Record<string, number>) : null
  const read = readTo === null ? 0 : Object.values(readTo).reduce((sum, sequence) => sum + sequence, 0)
  return { label: hub, kind: 'hub', sent, read: Math.min(read, sent), waiting: Math.max(0, sent - read) }
}

function plainSource(source: QueryRun['launch']['sources'][number]): Promise<FlowSource> {
  const kind =
    source.format === 'delta'
      ? 'table'
      : source.format === 'rate'
        ? 'rate'
        : source.format === 'json'
          ? 'files'
          : 'other'
  return Promise.resolve({ label: source.label, kind, sent: null, read: null, waiting: null })
}

async function targetRows(run: QueryRun, ports: EnginePorts): Promise<number | null> {
  const path = run.launch.sink.options['path']
  if (run.launch.sink.format !== 'delta' || path === undefined) return null
  return (await ports.tables.open(path))?.numRows ?? null
}
