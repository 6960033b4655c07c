import { describe, expect, it } from 'vitest'
import { cleanPaste } from './clean-paste'

describe('a paste', () => {
  it('loses no-break spaces and characters without width, also in strings', () => {
    expect(cleanPaste('df\u00a0= spark.read\u200b("a\u00a0b")')).toEqual({
      text: 'df = spark.read("a b")',
      numCleaned: 3,
    })
  })

  it('gets straight quotes around its literals', () => {
    expect(cleanPaste('df.option(\u201cpath\u201d, \u2018x\u2019)')).toEqual({
      text: 'df.option("path", \'x\')',
      numCleaned: 4,
    })
  })

  it('keeps curly quotes inside literals and comments', () => {
    const text = "print(\"He said \u201chi\u201d\")  # don\u2019t\n'''a \u2018b\u2019'''"
    expect(cleanPaste(text)).toEqual({ text, numCleaned: 0 })
    expect(cleanPaste('x = \u201cit\u2019s\u201d')).toEqual({ text: 'x = "it\u2019s"', numCleaned: 2 })
  })

  it('leaves a curly literal with straight quotes of its kind alone', () => {
    const text = 'x = \u201ca "b" c\u201d'
    expect(cleanPaste(text)).toEqual({ text, numCleaned: 0 })
  })

  it('straightens a quote that stands alone', () => {
    expect(cleanPaste('f(\u201cpath)')).toEqual({ text: 'f("path)', numCleaned: 1 })
  })

  it('leaves clean code as it is', () => {
    const text = "a = \"x\"  # y\nb = '\\''"
    expect(cleanPaste(text)).toEqual({ text, numCleaned: 0 })
  })
})
