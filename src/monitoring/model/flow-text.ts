import type { FlowNumbers } from '../../protocol/workers/engine'
import { formatCount, formatMinutes, plural } from '../../ui/format'

/** A place that rows pass: what it is, its name, and its figures now. */
export type FlowStop = {
  readonly kind: FlowNumbers['sources'][number]['kind'] | 'query' | 'target'
  readonly name: string
  readonly figures: string
}

const KIND_WORDS: Readonly<Record<FlowStop['kind'], string>> = {
  hub: 'hub ',
  table: 'table ',
  files: 'files ',
  rate: '',
  other: '',
  query: '',
  target: '',
}

/** Sources, the query, and what it writes, in the order in which rows pass them (B02). Session time in epoch milliseconds. */
export function flowStops(flow: FlowNumbers, title: string, nowMs: number, isRunning: boolean): FlowStop[] {
  const sources = flow.sources.map(({ kind, label, sent, waiting }): FlowStop => {
    const figures = [
      sent === null ? null : kind === 'hub' ? `${formatCount(sent)} sent` : plural(sent, 'row'),
      waiting === null ? null : `${formatCount(waiting)} waiting`,
    ]
    return { kind, name: label, figures: figures.filter((text) => text !== null).join(' · ') }
  })
  const batch = flow.batchId === null ? 'no batch yet' : `batch ${formatCount(flow.batchId)}`
  const next = flow.nextTriggerMs === null ? '' : ` · next trigger in ${formatMinutes(flow.nextTriggerMs - nowMs)}`
  const query: FlowStop = { kind: 'query', name: title, figures: batch + (isRunning ? next : ' · stopped') }
  if (flow.target === null) return [...sources, query]
  const rows = flow.targetRows === null ? '' : plural(flow.targetRows, 'row')
  return [...sources, query, { kind: 'target', name: flow.target, figures: rows }]
}

/** What stands before the name: "hub " of "hub clicks". */
export function kindWord(stop: FlowStop): string {
  return KIND_WORDS[stop.kind]
}

/** What stands between two stops. */
export function joint(before: FlowStop, { kind }: FlowStop): string {
  return kind === 'query' || kind === 'target' || before.kind === 'query' ? ' → ' : ' + '
}

/** "hub clicks 1,240 sent · 60 waiting → bronze batch 3 · next trigger in 0:23 → bronze_events 1,180 rows" */
export function flowText(stops: readonly FlowStop[]): string {
  return stops
    .map((stop, index) => {
      const text = [kindWord(stop) + stop.name, stop.figures].filter((part) => part !== '').join(' ')
      return index === 0 ? text : joint(stops[index - 1], stop) + text
    })
    .join('')
}
