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
    changedKeys(before, now) ??
    changedWindow(before, now) ??
    changedWatermark(before, now) ?? {
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
  if (at === -1) return null
  return {
    verdict: 'unchecked',
    sentence: `Source ${before.sources[at].format} → ${now.sources[at].format}: Spark accepts without checking and reads the old offsets as the new source's. Use a new checkpoint.`,
  }
}

function changedOperators(before: PlanFacts, now: PlanFacts): PlanChange | null {
  if (before.stateful.join() === now.stateful.join()) return null
  const named = (facts: PlanFacts) => (facts.stateful.length === 0 ? 'none' : facts.stateful.join(', '))
  return {
    verdict: 'refuses',
    sentence: `Operators with state: ${named(before)} → ${named(now)}. Spark refuses: STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA. Use a new checkpoint.`,
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
