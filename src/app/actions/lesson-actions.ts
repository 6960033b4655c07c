import type { HubInfo, ProducerConfig, ProducerPreset } from '../../protocol/workers/broker'
import { isObject } from '../../notebook/formats/ipynb'
import type { JsonObject } from '../../notebook/model/types'
import { activeQueries } from '../../monitoring/model/monitoring'
import { change, getApp, tell, textOf } from '../state/store'
import { cellsNow } from './notebook-actions'
import { runtimeOrNull } from './runtime-holder'

/** What a shipped notebook says of its stream: metadata key `runnel`. */
export type Lesson = {
  readonly clock: { readonly startMs: number; readonly speed: number } | null
  readonly hubs: readonly (Partial<ProducerConfig> & {
    readonly hub: string
    readonly preset: string
    readonly partitions?: number
  })[]
}

export function lessonOf(metadata: Readonly<Record<string, unknown>>): Lesson {
  const declared = isObject(metadata.runnel) ? metadata.runnel : {}
  const clock = isObject(declared.clock) ? declared.clock : null
  const startMs = typeof clock?.start === 'string' ? Date.parse(clock.start) : NaN
  const hubs = Array.isArray(declared.hubs) ? declared.hubs.filter(isObject) : []
  return {
    clock: Number.isFinite(startMs) ? { startMs, speed: Number(clock?.speed ?? 1) } : null,
    hubs: hubs.filter(
      (hub): hub is Lesson['hubs'][number] & JsonObject =>
        typeof hub.hub === 'string' && typeof hub.preset === 'string',
    ),
  }
}

export function currentLesson(): Lesson {
  return lessonOf(getApp().notebook.history.document.metadata)
}

/** Starts the producers the notebook declares, then lets a held lesson clock go: events begin with the first query. */
export async function onFirstQuery(): Promise<void> {
  const runtime = runtimeOrNull()
  if (runtime === null) return
  await startDeclaredProducers()
  await releaseClock()
}

/** A notebook without a lesson of its own does not wait for one. */
export async function releaseClock(): Promise<void> {
  const runtime = runtimeOrNull()
  if (runtime === null || !getApp().session.isHeldForFirstQuery) return
  change('session', (draft) => void (draft.isHeldForFirstQuery = false))
  await runtime.engine.clock({ kind: 'resume' })
}

/** Resume: producers that were on when the page was left go on as they were; the notebook's others start. */
export async function resumeProducers(): Promise<void> {
  const broker = runtimeOrNull()?.broker
  if (broker === undefined) return
  for (const { producer, interruptedProducer } of await broker.hubs()) {
    if (producer === null && interruptedProducer) await broker.startProducer(interruptedProducer)
  }
  await startDeclaredProducers()
}

export async function startDeclaredProducers(): Promise<void> {
  // A producer that was just started by hand keeps its settings.
  await refreshHubs()
  const running = new Set(
    getApp()
      .explorer.hubs.filter((hub) => hub.producer !== null)
      .map((hub) => hub.name),
  )
  for (const declared of currentLesson().hubs) {
    if (!running.has(declared.hub)) await startProducer(declared.hub, declared.preset, declared, declared.partitions)
  }
}

export async function startProducer(
  hub: string,
  preset: string,
  overrides: Partial<ProducerConfig> = {},
  partitions = 4,
): Promise<void> {
  const broker = runtimeOrNull()?.broker
  if (broker === undefined) return
  try {
    const presets = await loadPresets()
    const known = presets.find((candidate) => candidate.id === preset)
    if (known === undefined) throw new Error(`There is no producer preset called ${preset}.`)
    if (!(await broker.hubs()).some((info) => info.name === hub)) await broker.createHub(hub, partitions)
    const { seed, eventsPerSecond, lateShare, outOfOrderShare, malformedShare, maxEvents, numKeys } = {
      ...known.defaults,
      ...overrides,
    }
    await broker.startProducer({
      hub,
      preset,
      seed,
      eventsPerSecond,
      lateShare,
      outOfOrderShare,
      malformedShare,
      maxEvents,
      numKeys,
    })
    await refreshHubs()
  } catch (thrown) {
    tell('error', `The producer of ${hub} could not start: ${textOf(thrown)}`)
  }
}

export async function stopProducer(hub: string): Promise<void> {
  await runtimeOrNull()?.broker.stopProducer(hub)
  await refreshHubs()
}

export async function stopAllProducers(): Promise<void> {
  const stopped = await runtimeOrNull()?.broker.stopAllProducers()
  await refreshHubs()
  if (stopped !== undefined) tell('info', stopped === 1 ? '1 producer stopped.' : `${stopped} producers stopped.`)
}

export async function refreshHubs(): Promise<void> {
  const broker = runtimeOrNull()?.broker
  if (broker === undefined) return
  const hubs = await broker.hubs()
  change('explorer', (draft) => void (draft.hubs = hubs as never))
}

export async function loadPresets(): Promise<readonly ProducerPreset[]> {
  const known = getApp().explorer.presets
  if (known.length > 0) return known
  const presets = (await runtimeOrNull()?.broker.presets()) ?? []
  change('explorer', (draft) => void (draft.presets = presets as never))
  return presets
}

/** True while Run all may still choose a preset for an empty hub by itself (B07). */
let choosesPresets = false
let forcedPreset: string | null = null

/** `npm run execute --producer`: this preset for every empty hub, whatever its fields. */
export function forcePreset(preset: string): void {
  forcedPreset = preset
}

export async function beforeRunAll(): Promise<void> {
  choosesPresets = forcedPreset !== null || getApp().session.compatibility === 'workshop'
  try {
    await loadPresets()
  } catch (thrown) {
    tell('error', `The sample producers could not be read: ${textOf(thrown)}`)
  }
}

/** Hubs a running query reads that have no events, no producer and none declared: the strip offers samples. */
export function emptyHubsOf(query: string, hubs: readonly HubInfo[]): string[] {
  const view = getApp().monitoring.queries[query]
  if (view === undefined) return []
  const declared = new Set(currentLesson().hubs.map((hub) => hub.hub))
  const labels = (view.flow?.sources ?? [])
    .filter((source) => source.kind === 'hub' && source.sent === 0)
    .map((source) => source.label)
  return labels.filter((label) => !declared.has(label) && hubs.find((hub) => hub.name === label)?.producer == null)
}

/** Hubs the learner said to fill by hand: no strip, no preset. */
const ownHubs = new Set<string>()

export function sendMyOwn(hub: string): void {
  ownHubs.add(hub)
  change('explorer', (draft) => void (draft.hubs = [...draft.hubs]))
}

export function isOwnHub(hub: string): boolean {
  return ownHubs.has(hub)
}

/** In workshop mode Run all takes the preset whose fields fit the notebook's `from_json` schema, and says so. */
export async function choosePresets(): Promise<void> {
  if (!choosesPresets) return
  const code = cellsNow()
    .filter((cell) => cell.kind === 'code')
    .map((cell) => cell.source)
    .join('\n')
  if (sendsItself(code) && forcedPreset === null) return
  const { hubs, presets } = getApp().explorer
  for (const { info } of activeQueries(getApp().monitoring)) {
    for (const hub of emptyHubsOf(info.id, hubs)) {
      const preset = isOwnHub(hub)
        ? null
        : forcedPreset !== null
          ? (presets.find(({ id }) => id === forcedPreset) ?? null)
          : matchingPreset(code, presets)
      if (preset === null) continue
      ownHubs.add(hub)
      await startProducer(hub, preset.id)
      tell(
        'info',
        `Hub ${hub} was empty: "${preset.title}" sends into it, because its fields match your from_json schema.`,
      )
    }
  }
}

export function sendsItself(code: string): boolean {
  return /\.send_batch\s*\(|\.send_event\s*\(/.test(code)
}

/** The preset that shares most field names with the code, at least two; null when none does. */
export function matchingPreset(code: string, presets: readonly ProducerPreset[]): ProducerPreset | null {
  const named = new Set([...code.matchAll(/StructField\(\s*["'](\w+)["']/g)].map((match) => match[1].toLowerCase()))
  for (const ddl of code.matchAll(
    /["']((?:\s*\w+\s+(?:STRING|INT|BIGINT|LONG|DOUBLE|FLOAT|TIMESTAMP|DATE|BOOLEAN|ARRAY<|STRUCT<|DECIMAL)[^,"']*,?)+)["']/gi,
  )) {
    for (const field of ddl[1].split(',')) named.add(field.trim().split(/\s+/)[0].toLowerCase())
  }
  const scored = presets.map((preset) => ({
    preset,
    score: preset.fields.filter((field) => named.has(field.toLowerCase())).length,
  }))
  const best = scored.sort((a, b) => b.score - a.score)[0]
  return best !== undefined && best.score >= 2 ? best.preset : null
}
