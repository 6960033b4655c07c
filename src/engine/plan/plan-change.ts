import type { PlanChange } from '../../protocol/workers/engine'
import type { PlanFacts } from '../../protocol/workers/insight'

/**
 * What Spark does with a checkpoint whose plan is not the one that made it (B16): it compares sources, stateful operators and
 * the types of their state, and nothing else. Null when the two plans are the same.
 */
export function planChange(before: PlanFacts, now: PlanFacts): PlanChange | null {
  if (before.fingerprint === now.fingerprint) return null
  return (
    changedSources(before, now) ??
    changedOperators(before, now) ??
    refusedState(before, now) ??
    changedKeys(before, now) ??
    changedWindow(before, now) ??
    changedWatermark(before, now) ??
    renamedState(before, now) ?? {
      verdict: 'accepts',
      sentence:
        now.stateful.length === 0
          ? 'The plan has changed; Spark accepts that: new rows go through the new plan, rows already written stay as they are.'
          : 'The plan around the state has changed; Spark accepts that: the state stays, new rows go through the new plan.',
    }
  )
}

function changedSources(before: PlanFacts, now: PlanFacts): PlanChange | null {
  if (before.sources.length !== now.sources.length) {
    return {
      verdict: 'refuses',
      sentence: `The checkpoint knows ${count(before.sources.length, 'source')}, the plan has ${now.sources.length}: Spark refuses. Use a new checkpoint.`,
    }
  }
  const at = before.sources.findIndex((source, index) => source.format !== now.sources[index].format)
  if (at === -1) return movedFolder(before, now)
  return {
    verdict: 'refuses',
    sentence: `Source ${before.sources[at].format} → ${now.sources[at].format}: Spark fails, because it reads the old offsets as the new source's. Use a new checkpoint.`,
  }
}

/** A source of files looks its last batch up again when it starts, and those files must lie in its folder. */
function movedFolder(before: PlanFacts, now: PlanFacts): PlanChange | null {
  for (const [index, { folder: was }] of before.sources.entries()) {
    const is = now.sources[index].folder
    if (was === undefined || is === undefined || was === is) continue
    return {
      verdict: 'refuses',
      sentence: `Source folder ${was} → ${is}: the checkpoint lists files of the old folder, and Spark refuses: Wrong basePath. Use a new checkpoint.`,
    }
  }
  return null
}

function changedOperators(before: PlanFacts, now: PlanFacts): PlanChange | null {
  if (before.stateful.join() === now.stateful.join()) return null
  const named = (facts: PlanFacts) => (facts.stateful.length === 0 ? 'none' : facts.stateful.join(', '))
  // Without operators there is no metadata of them to compare: Spark looks for the state of the last batch and finds none.
  const condition =
    before.stateful.length === 0 ? 'CANNOT_LOAD_STATE_STORE' : 'STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA'
  return {
    verdict: 'refuses',
    sentence: `Operators with state: ${named(before)} → ${named(now)}. Spark refuses: ${condition}. Use a new checkpoint.`,
  }
}

/** Spark compares the types in the state, by position; names and what the values mean it does not know. */
function refusedState(before: PlanFacts, now: PlanFacts): PlanChange | null {
  for (const [index, was] of (before.state ?? []).entries()) {
    const is = now.state?.at(index)
    if (is === undefined) return null
    const differing = (['key', 'value'] as const).find((part) => !fits(was[`${part}Types`], is[`${part}Types`]))
    if (differing === undefined) continue
    return {
      verdict: 'refuses',
      sentence: `State of ${was.names.join(', ')} → ${is.names.join(', ')}: the ${differing}s in the state have another schema, and Spark refuses: STATE_STORE_${differing.toUpperCase()}_SCHEMA_NOT_COMPATIBLE. Use a new checkpoint.`,
    }
  }
  return null
}

/** Same types at the same places; what could be NULL may become NOT NULL, not the other way round. */
function fits(was: readonly string[], is: readonly string[]): boolean {
  return was.length === is.length && was.every((type, at) => type === is[at] || is[at] === `${type} not null`)
}

function renamedState(before: PlanFacts, now: PlanFacts): PlanChange | null {
  const names = (facts: PlanFacts) => (facts.state ?? []).map((one) => one.names.join(', ')).join('; ')
  if (before.state === undefined || now.state === undefined || names(before) === names(now)) return null
  return {
    verdict: 'unchecked',
    sentence: `State of ${names(before)} → ${names(now)}: with the same types Spark accepts without checking, and takes the old values for the new ones.`,
  }
}

function changedKeys(before: PlanFacts, now: PlanFacts): PlanChange | null {
  const keys = (facts: PlanFacts) => (facts.groupKeys ?? []).join(', ')
  if (before.groupKeys === null || now.groupKeys === null) return null
  const windowCame = (before.window === null) !== (now.window === null)
  if (before.groupKeys.length === now.groupKeys.length && !windowCame) {
    if (keys(before) === keys(now)) return null
    return {
      verdict: 'unchecked',
      sentence: `Grouped by ${keys(before)} → ${keys(now)}: with the same types Spark accepts without checking, and old groups stay in the state under the new name.`,
    }
  }
  const all = (facts: PlanFacts) =>
    [...(facts.window === null ? [] : ['window']), ...(facts.groupKeys ?? [])].join(', ')
  return {
    verdict: 'refuses',
    sentence: `Grouped by ${all(before) || 'nothing'} → ${all(now) || 'nothing'}: the keys in the state have another schema, and Spark refuses: STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE. Use a new checkpoint.`,
  }
}

function changedWindow(before: PlanFacts, now: PlanFacts): PlanChange | null {
  if (before.window === null || now.window === null) return null
  const { durationMs, slideMs, startMs } = now.window
  const was = before.window
  if (was.durationMs === durationMs && was.slideMs === slideMs && was.startMs === startMs) return null
  const what =
    was.durationMs !== durationMs
      ? `window ${lengthText(was.durationMs)} → ${lengthText(durationMs)}`
      : was.slideMs !== slideMs
        ? `slide ${lengthText(was.slideMs)} → ${lengthText(slideMs)}`
        : `window start ${lengthText(was.startMs)} → ${lengthText(startMs)}`
  return { verdict: 'unchecked', sentence: `${what}: Spark accepts without checking; old windows stay in the state.` }
}

function changedWatermark(before: PlanFacts, now: PlanFacts): PlanChange | null {
  const was = before.watermark
  const is = now.watermark
  if (was?.column === is?.column && was?.delayMs === is?.delayMs) return null
  const text = (facts: PlanFacts['watermark']) =>
    facts === null ? 'none' : `${facts.column}, ${lengthText(facts.delayMs)}`
  return {
    verdict: 'accepts',
    sentence: `Watermark ${text(was)} → ${text(is)}: Spark accepts that; the watermark never goes back, so a longer delay counts for new events alone.`,
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** 300000 -> "5 minutes"; "5 → 1 minute" would leave the unit of the first open. */
export function lengthText(lengthMs: number): string {
  for (const [unit, unitMs] of [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1_000],
  ] as const) {
    if (lengthMs >= unitMs && lengthMs % unitMs === 0) return count(lengthMs / unitMs, unit)
  }
  return `${lengthMs} ms`
}
