import { expect, test } from 'vitest'
import { openCallAt, parametersIn } from './open-call'

const callAt = (marked: string) => openCallAt(marked.replace('|', ''), marked.indexOf('|'))

test('the innermost open call and the argument the cursor stands in', () => {
  expect(callAt('SELECT substring(|')).toEqual({ name: 'substring', argument: 0 })
  expect(callAt('SELECT substring(a, 1|, 2)')).toEqual({ name: 'substring', argument: 1 })
  expect(callAt('SELECT concat(upper(a, b), c[1, 2], |)')).toEqual({ name: 'concat', argument: 2 })
  expect(callAt("SELECT concat('a,(', `b,(`, /* ,( */ |")).toEqual({ name: 'concat', argument: 2 })
})

test('no call outside of one, and none in plain parentheses', () => {
  expect(callAt('SELECT substring|(a)')).toBeNull()
  expect(callAt('SELECT substring(a) |')).toBeNull()
  expect(callAt('SELECT 2 * (1 + |')).toBeNull()
  expect(callAt('SELECT concat(a; SELECT |')).toBeNull()
})

test('parameters stand where the signature shows them', () => {
  const shown = (signature: string) => parametersIn(signature).map(([start, end]) => signature.slice(start, end))
  expect(shown('substring(string | binary, int[, int])')).toEqual(['string | binary', 'int', 'int'])
  expect(shown('coalesce(arg[, ...])')).toEqual(['arg', '...'])
  expect(shown('pi()')).toEqual([])
})
