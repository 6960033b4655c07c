import { expect, test } from 'vitest'
import { AFTER_STEPS } from '../protocol/workers/engine'
import { allocateCancelFlag, cancelFlag } from './cancel-flag'

test('one step is watched, the last one named', () => {
  const memory = allocateCancelFlag()
  const [engine, worker] = [cancelFlag(memory), cancelFlag(memory)]
  expect(AFTER_STEPS.filter((step) => worker.isWatched(step))).toEqual([])
  engine.watch('trigger')
  engine.watch('data')
  expect(AFTER_STEPS.filter((step) => worker.isWatched(step))).toEqual(['data'])
  expect(worker.isSet()).toBe(false)
  engine.clear()
  expect(AFTER_STEPS.filter((step) => worker.isWatched(step))).toEqual([])
})

test('without shared memory every step is asked about', () => {
  const worker = cancelFlag(new ArrayBuffer(8))
  expect(AFTER_STEPS.every((step) => worker.isWatched(step))).toBe(true)
})
