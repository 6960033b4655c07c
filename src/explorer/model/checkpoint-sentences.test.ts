import { describe, expect, it } from 'vitest'
import { checkpointFile, checkpointSentence } from './checkpoint-sentences'
import type { CheckpointContext } from './checkpoint-sentences'

const at = (text: string) => Date.parse(`2026-01-15T${text}Z`)
const alone: CheckpointContext = { previousOffsets: null, offsets: null, isCommitted: false, stateRows: null }
const offsets = (time: string, watermarkMs: number, ...lines: string[]) =>
  ['v1', JSON.stringify({ batchWatermarkMs: watermarkMs, batchTimestampMs: at(time), conf: {} }), ...lines].join('\n')

function sentence(path: string, text: string, context: Partial<CheckpointContext> = {}): string | null {
  const file = checkpointFile(path)
  return file === null ? null : checkpointSentence(file, text, { ...alone, ...context })
}

describe('a file of a checkpoint in a sentence', () => {
  it('says what a batch was planned to read, and whether it was finished', () => {
    const text = offsets('10:12:00', at('10:01:10'), '{"clicks":{"0":362,"1":340}}')
    const previousOffsets = offsets('10:11:00', at('10:00:00'), '{"clicks":{"0":340,"1":340}}')
    expect(sentence('/c/offsets/12', text, { previousOffsets, isCommitted: true })).toBe(
      'Batch 12 was planned at 10:12:00 to read partition 0 from 340 to 362, with watermark 10:01:10, and was finished.',
    )
    expect(sentence('/c/offsets/12', text, { previousOffsets })).toMatch(
      /, and was \*\*not\*\* finished: it will be run again exactly so\.$/,
    )
  })

  it('reads offsets of tables, of several sources, of first and of empty batches', () => {
    const table = offsets('10:12:00', 0, '{"reservoirVersion":7,"index":-1}', '17')
    const before = offsets('10:12:00', 0, '{"reservoirVersion":6,"index":-1}', '17')
    expect(sentence('/c/offsets/3', table, { previousOffsets: before, isCommitted: true })).toBe(
      'Batch 3 was planned at 10:12:00 to read the table of source 0 from version 6 up to version 7, and was finished.',
    )
    expect(sentence('/c/offsets/3', table, { previousOffsets: table, isCommitted: true })).toContain(
      'to read no new rows,',
    )
    expect(sentence('/c/offsets/0', offsets('10:00:00', 0, '{"h":{"0":5}}'))).toContain(
      'partition 0 from its start to 5',
    )
  })

  it('says that a batch was finished and what the next one starts with', () => {
    const text = `v1\n${JSON.stringify({ nextBatchWatermarkMs: at('10:02:00') })}`
    expect(sentence('/c/commits/12', text, { offsets: offsets('10:12:00', 0, '1') })).toBe(
      'Batch 12, planned at 10:12:00, was finished: its rows are in the sink and it will not be run again. The next batch has watermark 10:02:00.',
    )
    expect(sentence('/c/commits/12', 'v1\n{}')).not.toContain('watermark')
  })

  it('knows the other files', () => {
    expect(sentence('/c/metadata', '{"id":"abc"}')).toContain('belongs to query abc')
    expect(sentence('/c/sources/0/0', '\0v1\n{"clicks":{"0":0,"1":4}}')).toContain('partition 0 at 0, partition 1 at 4')
    expect(sentence('/c/state/13.delta', '', { stateRows: { numRows: 6, numRemoved: 2 } })).toBe(
      'State after batch 12, which batch 13 loads: 6 rows came or changed in batch 12, 2 went.',
    )
    expect(sentence('/c/state/13.snapshot', '', { stateRows: { numRows: 1, numRemoved: 0 } })).toContain(
      'everything, 1 row,',
    )
    expect(sentence('/c/state/0/_metadata/metadata', '')).toContain('Operator 0 keeps state')
    expect(sentence('/lakehouse/x.csv', '')).toBeNull()
  })

  it('gives no sentence to a file that holds something else', () => {
    expect(sentence('/c/offsets/1', 'v2\n{}')).toBeNull()
    expect(sentence('/c/commits/1', '')).toBeNull()
    expect(sentence('/c/metadata', 'x')).toBeNull()
  })
})
