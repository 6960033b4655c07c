import { describe, expect, it } from 'vitest'
import { newCell } from '../model/document'
import { IDLE_RUN } from '../model/types'
import type { CellRun } from '../model/types'
import { NEW_ORIGIN, readIpynb, writeIpynb } from './ipynb'

const PLAIN = { redact: (text: string) => text, withOutputs: true }

const foreign = {
  metadata: { trident: { lakehouse: { known: [1] } }, kernelspec: { name: 'synapse_pyspark' }, zeta: null },
  nbformat: 4,
  nbformat_minor: 2,
  cells: [
    { cell_type: 'markdown', metadata: { nteract: { x: 1 } }, source: '# One\nstring', attachments: { 'a.png': {} } },
    {
      cell_type: 'code',
      source: ['a = 1\n', 'print("é")'],
      execution_count: 7,
      metadata: { microsoft: { language: 'python' }, collapsed: false },
      outputs: [
        { output_type: 'stream', name: 'stdout', text: 'é\n', extra: true },
        { output_type: 'display_data', data: { 'application/vnd.synapse.widget+json': { id: 'w' } }, metadata: {} },
      ],
      unknownKey: [1, 2],
    },
    { cell_type: 'raw', metadata: {}, source: [] },
  ],
}

describe('ipynb', () => {
  it.each([1, 2, 4, 0])('gives an untouched file back byte for byte (indent %s)', (indent) => {
    const text = JSON.stringify(foreign, null, indent) + (indent === 2 ? '\n' : '')
    const file = readIpynb(text)
    expect(writeIpynb(file.document, file.runs, file.origin, PLAIN)).toBe(text)
  })

  it('keeps unknown keys, layout and escapes when one cell changes', () => {
    const text = JSON.stringify(foreign, null, 2).replaceAll('é', '\\u00e9')
    const file = readIpynb(text)
    const [title, code, raw] = file.document.cells
    const changed = { ...file.document, cells: [title, { ...code, source: 'a = 2\nprint("é")' }, raw] }
    expect(writeIpynb(changed, file.runs, file.origin, PLAIN)).toBe(text.replace('a = 1', 'a = 2'))
  })

  it('writes the outputs and the time of a run, and reads them as old ones with no execution count', () => {
    const cell = newCell('code', 'print(1)')
    const run: CellRun = {
      ...IDLE_RUN,
      state: 'ok',
      executionCount: 3,
      durationMs: 12,
      endedAtMs: Date.UTC(2026, 10, 20, 10, 2),
      outputs: [{ output_type: 'stream', name: 'stdout', text: '1\n2\n' }],
    }
    const text = writeIpynb({ cells: [cell], metadata: {} }, new Map([[cell.id, run]]), NEW_ORIGIN, PLAIN)
    expect(JSON.parse(text).cells[0]).toEqual({
      cell_type: 'code',
      id: cell.id,
      metadata: { runnel: { endedAt: '2026-11-20T10:02:00.000Z', durationMs: 12 } },
      source: ['print(1)'],
      execution_count: 3,
      outputs: [{ name: 'stdout', output_type: 'stream', text: ['1\n', '2\n'] }],
    })
    const again = readIpynb(text)
    expect(again.runs.get(cell.id)).toMatchObject({
      executionCount: null,
      isFromBefore: true,
      endedAtMs: run.endedAtMs,
      outputs: run.outputs,
    })
  })

  it('redacts sources, text and table outputs', () => {
    const cell = newCell('code', 'k = "hidden"')
    const run: CellRun = {
      ...IDLE_RUN,
      outputs: [
        { output_type: 'stream', name: 'stdout', text: 'hidden\n' },
        {
          output_type: 'display_data',
          data: { 'application/vnd.runnel.table+json': { rows: [['hidden']] }, 'text/plain': 'hidden' },
          metadata: {},
        },
        { output_type: 'error', ename: 'E', evalue: 'hidden', traceback: ['hidden'], shape: null },
      ],
    }
    const redact = (text: string) => text.replaceAll('hidden', '<secret:eventhub-1>')
    const text = writeIpynb({ cells: [cell], metadata: {} }, new Map([[cell.id, run]]), NEW_ORIGIN, {
      redact,
      withOutputs: true,
    })
    expect(text).not.toContain('hidden')
    expect(text.match(/<secret:eventhub-1>/g)).toHaveLength(6)
  })

  it('redacts a secret in the kept outputs of a file, too', () => {
    const file = readIpynb(JSON.stringify(foreign))
    const text = writeIpynb(file.document, file.runs, file.origin, {
      redact: (part) => part.replace('é', 'X'),
      withOutputs: true,
    })
    expect(text).not.toContain('é')
  })

  it('drops code keys when a cell becomes Markdown', () => {
    const file = readIpynb(JSON.stringify(foreign))
    const cells = file.document.cells.map((cell) => ({ ...cell, kind: 'markdown' as const }))
    const written = JSON.parse(writeIpynb({ ...file.document, cells }, file.runs, file.origin, PLAIN))
    expect(written.cells[1]).not.toHaveProperty('outputs')
    expect(written.cells[1].unknownKey).toEqual([1, 2])
  })

  it('refuses what is no notebook with a sentence', () => {
    expect(() => readIpynb('hello')).toThrow('not valid JSON')
    expect(() => readIpynb('{"nbformat": 4}')).toThrow('no list of cells')
    expect(() => readIpynb('{"nbformat": 3, "cells": []}')).toThrow('nbformat 3')
  })

  it('gives cells with equal or missing ids different ids', () => {
    const cell = { id: 'same', cell_type: 'markdown', metadata: {}, source: '' }
    const ids = readIpynb(
      JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell, cell, { ...cell, id: '' }] }),
    ).document.cells.map((read) => read.id)
    expect(new Set(ids).size).toBe(3)
  })
})
