import { expect, it } from 'vitest'
import { MAX_STREAM_CHARS, appendOutputs } from './outputs'

const out = (text: string) => ({ output_type: 'stream', name: 'stdout', text }) as const
const err = (text: string) => ({ output_type: 'stream', name: 'stderr', text }) as const

it('joins neighbouring text of one stream and keeps streams apart', () => {
  expect(appendOutputs([out('a\n')], [out('b\n'), err('c\n'), out('d\n')])).toEqual([
    out('a\nb\n'),
    err('c\n'),
    out('d\n'),
  ])
})

it('keeps only the newest text, cut at a line', () => {
  const long = 'x'.repeat(99) + '\n'
  const [output] = appendOutputs([], [out(long.repeat(MAX_STREAM_CHARS / 100 + 10))])
  if (output.output_type !== 'stream') throw new Error('not a stream')
  expect(output.text.length).toBeLessThanOrEqual(MAX_STREAM_CHARS)
  expect(output.text.startsWith('x')).toBe(true)
  expect(output.text.endsWith('x\n')).toBe(true)
})

it('lets a carriage return rewrite its line', () => {
  expect(appendOutputs([], [out('10 %\r20 %'), out('\r30 %\n')])).toEqual([out('30 %\n')])
  expect(appendOutputs([], [out('a\r\nb')])).toEqual([out('a\nb')])
})
