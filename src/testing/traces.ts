import fc from 'fast-check'
import type { LastWrite } from '../broker/log/killable-files'
import type { AfterStep } from '../protocol/workers/engine'
import { AFTER_STEPS } from '../protocol/workers/engine'
import type { TriggerSpec } from '../protocol/workers/launch-record'
import type { Row } from './rows'

/**
 * One life of a stream: rows come in pieces, and runs come and go. A run either works until there is nothing left, or is
 * killed: after a step, or at its n-th change of a file, with that change done, undone or (checkpoint logs only) torn.
 */
export type Trace = { readonly events: readonly TraceEvent[] }

export type TraceEvent =
  | { readonly kind: 'add'; readonly rows: readonly Row[] }
  | { readonly kind: 'run'; readonly trigger: TriggerSpec; readonly death: Death | null }

export type Death =
  | { readonly kind: 'step'; readonly step: AfterStep; readonly batchesBefore: number }
  | { readonly kind: 'write'; readonly writesBefore: number; readonly lastWrite: LastWrite }

export const TRIGGERS: readonly TriggerSpec[] = [
  { kind: 'processingTime', intervalMs: 0 },
  { kind: 'processingTime', intervalMs: 1000 },
  { kind: 'once' },
  { kind: 'availableNow' },
]

/** Traces whose rows come from `row`; shrinks toward few rows, few runs and no deaths. */
export function traces(
  row: fc.Arbitrary<Row>,
  limits: { maxRows?: number; maxEvents?: number } = {},
): fc.Arbitrary<Trace> {
  const add = fc.record({ kind: fc.constant('add' as const), rows: fc.array(row, { maxLength: limits.maxRows ?? 10 }) })
  const death: fc.Arbitrary<Death> = fc.oneof(
    fc.record({ kind: fc.constant('step' as const), step: fc.constantFrom(...AFTER_STEPS), batchesBefore: fc.nat(2) }),
    fc.record({
      kind: fc.constant('write' as const),
      writesBefore: fc.nat(14),
      lastWrite: fc.constantFrom<LastWrite>('nothing', 'whole'),
    }),
  )
  const run = fc.record({
    kind: fc.constant('run' as const),
    trigger: fc.constantFrom(...TRIGGERS),
    death: fc.option(death, { nil: null }),
  })
  return fc.array(fc.oneof(add, run), { maxLength: limits.maxEvents ?? 16 }).map((events) => ({ events }))
}
