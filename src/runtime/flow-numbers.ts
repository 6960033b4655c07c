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
      const hubs = HUB_FORMATS.has(source.format) ? hubsOf(source.label, end) : []
      return hubs.length > 0 ? hubNumbers(hubs, end, ports) : plainSource(source)
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

const HUB_FORMATS: ReadonlySet<string> = new Set(['eventhubs', 'kafka'])

/** The hubs a source reads: those of its offsets, before the first batch those of its label. A pattern names none yet. */
function hubsOf(label: string, end: unknown): string[] {
  if (typeof end === 'object' && end !== null) return Object.keys(end)
  return label.split(',').flatMap((name) => (/^[\w.-]+$/.test(name.trim()) ? [name.trim()] : []))
}

/** sent = waiting + read: events before the query's start count as read, since it will never read them. */
async function hubNumbers(hubs: readonly string[], end: unknown, ports: EnginePorts): Promise<FlowSource> {
  const broker = ports.broker('')
  const bounds = (await Promise.all(hubs.map((hub) => broker.bounds(hub)))).flat()
  const sent = bounds.reduce((sum, partition) => sum + partition.next, 0)
  const offsets = typeof end === 'object' && end !== null ? (Object.values(end) as Record<string, number>[]) : []
  const read = offsets.flatMap((byPartition) => Object.values(byPartition)).reduce((sum, next) => sum + next, 0)
  const label = hubs.join(', ')
  return { label, kind: 'hub', sent, read: Math.min(read, sent), waiting: Math.max(0, sent - read) }
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
