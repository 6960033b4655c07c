import { describe, expect, it } from 'vitest'
import { newCell } from './document'
import { fragmentHome, isFragment } from './fragments'

const code = (source: string) => newCell('code', source)

describe('isFragment', () => {
  it('knows a cell that starts with a method call, comments first or not', () => {
    expect(isFragment(code('.option("mergeSchema", "true")'))).toBe(true)
    expect(isFragment(code('# shorter\n.trigger(processingTime="5 seconds")\nspark.conf.set("a", "b")'))).toBe(true)
  })

  it('knows a comment after a line-joining backslash', () => {
    expect(isFragment(code('w = df.writeStream \\\n    .option("a", "b") \\  # note\n    .table("t")'))).toBe(true)
  })

  it('knows blanks after a backslash, which Python refuses too', () => {
    expect(isFragment(code('a = 1 + \\  \n 2'))).toBe(true)
  })

  it('leaves whole cells alone', () => {
    expect(isFragment(code('w = df.writeStream \\\n    .option("a", "b") \\\n    .table("t")'))).toBe(false)
    expect(isFragment(code('path = "a\\\\ # not a comment"'))).toBe(false)
    expect(isFragment(code('# only a comment'))).toBe(false)
    expect(isFragment(code(''))).toBe(false)
    expect(isFragment(newCell('markdown', '.option("a")'))).toBe(false)
  })
})

describe('fragmentHome', () => {
  it('finds the nearest cell above that makes the same call', () => {
    const cells = [code('a.writeStream.option("x", 1)'), code('b = 2'), code('.option("mergeSchema", "true")')]
    expect(fragmentHome(cells, 2)).toBe(0)
    expect(fragmentHome([code('b = 2'), code('.option("a")')], 1)).toBe(null)
  })
})
