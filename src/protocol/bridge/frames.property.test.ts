import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeFrame, encodeFrame } from './frames'

const typedArrays = fc.oneof(
  fc.uint8Array(),
  fc.int8Array(),
  fc.int16Array(),
  fc.int32Array(),
  fc.bigInt64Array(),
  fc.float32Array(),
  fc.float64Array(),
)
const values = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double({ noDefaultInfinity: false }),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt(),
    typedArrays,
  ),
  node: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('node'), { maxKeys: 4 }).map((entries) => ({ ...entries })),
  ),
})).node

test('whatever crosses the bridge arrives as it was sent', () => {
  fc.assert(
    fc.property(values, (value) => {
      // JSON has no negative zero; plans and options never hold one.
      expect(decodeFrame(encodeFrame(value))).toEqual(withoutNegativeZero(value))
    }),
  )
})

test('NaN and the infinities are not lost', () => {
  expect(decodeFrame(encodeFrame([NaN, Infinity, -Infinity]))).toEqual([NaN, Infinity, -Infinity])
})

test('a view into a larger buffer crosses as the part it shows', () => {
  const whole = Int32Array.from([1, 2, 3, 4])
  expect(decodeFrame(encodeFrame(whole.subarray(1, 3)))).toEqual(Int32Array.from([2, 3]))
})

test('a value of another kind is refused by name', () => {
  expect(() => encodeFrame(new DataView(new ArrayBuffer(1)))).toThrow('A DataView cannot cross the bridge')
})

function withoutNegativeZero(value: unknown): unknown {
  if (Object.is(value, -0)) return 0
  if (Array.isArray(value)) return value.map(withoutNegativeZero)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutNegativeZero(item)]))
}
