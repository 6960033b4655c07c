import type { FlowNumbers } from '../../protocol/workers/engine'
import { formatCount, formatMinutes } from '../../ui/format'

export type FlowPart = { readonly text: string; readonly emphasis: 'plain' | 'name' | 'query' }

const KIND_WORDS = { hub: 'hub ', table: 'table ', files: 'files ', rate: '', other: '' } as const

/** "hub clicks 1,240 sent · 60 waiting → bronze batch 3 · next trigger in 0:23 → bronze_events 1,180 rows" (B02). */
export function flowParts(flow: FlowNumbers, title: string, nowMs: number, isRunning: boolean): FlowPart[] {
  const parts: FlowPart[] = []
  flow.sources.forEach((source, index) => {
    if (index > 0) parts.push(plain(' + '))
    parts.push(plain(KIND_WORDS[source.kind]), { text: source.label, emphasis: 'name' })
    const numbers = [
      source.sent === null ? null : `${formatCount(source.sent)} ${source.kind === 'hub' ? 'sent' : 'rows'}`,
      source.waiting === null ? null : `${formatCount(source.waiting)} waiting`,
    ].filter((text) => text !== null)
    if (numbers.length > 0) parts.push(plain(` ${numbers.join(' · ')}`))
  })
  const batch = flow.batchId === null ? ' no batch yet' : ` batch ${formatCount(flow.batchId)}`
  const next = flow.nextTriggerMs === null ? '' : ` · next trigger in ${formatMinutes(flow.nextTriggerMs - nowMs)}`
  parts.push(plain(' → '), { text: title, emphasis: 'query' }, plain(batch + (isRunning ? next : ' · stopped')))
  if (flow.target !== null) {
    parts.push(plain(' → '), { text: flow.target, emphasis: 'name' })
    if (flow.targetRows !== null)
      parts.push(plain(` ${formatCount(flow.targetRows)} ${flow.targetRows === 1 ? 'row' : 'rows'}`))
  }
  return parts
}

function plain(text: string): FlowPart {
  return { text, emphasis: 'plain' }
}
