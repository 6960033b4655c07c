import { expect, test } from 'vitest'
import { NEW_ORIGIN, readIpynb, writeIpynb } from '../formats/ipynb'
import { applyCommand, newCell } from './document'
import { languageOf, withLanguage, withoutMagic } from './language'

const OPTIONS = { redact: (text: string) => text, withOutputs: true }

test('a magic on the first line says the language, else the metadata does', () => {
  expect(languageOf(newCell('code', 'x = 1'))).toBe('pyspark')
  expect(languageOf(newCell('code', '%%sql\nSELECT 1'))).toBe('sql')
  expect(languageOf(newCell('code', '%%ts\nspark'))).toBe('typescript')
  expect(languageOf(newCell('code', '%%typescript\nspark'))).toBe('typescript')
  const sparksql = { ...newCell('code', 'SELECT 1'), metadata: { microsoft: { language: 'sparksql' } } }
  expect(languageOf(sparksql)).toBe('sql')
  expect(languageOf({ ...sparksql, source: '%%pyspark\nx = 1' })).toBe('pyspark')
  expect(languageOf(newCell('markdown', '%%sql'))).toBe('markdown')
})

test('another language takes the magic away and is one step of undo', () => {
  const cell = newCell('code', '%%sql\nSELECT 1')
  const document = { cells: [cell], metadata: {} }
  const changed = applyCommand(document, { kind: 'language', id: cell.id, language: 'typescript' })
  expect(changed.cells[0]).toMatchObject({ kind: 'code', source: 'SELECT 1' })
  expect(languageOf(changed.cells[0])).toBe('typescript')
  expect(applyCommand(changed, { kind: 'language', id: cell.id, language: 'typescript' })).toBe(changed)
})

test('the text without its magic stands where it stood', () => {
  expect(withoutMagic('%%ts\nlet a')).toBe('    \nlet a')
  expect(withoutMagic('let a')).toBe('let a')
})

test('languages survive the file, with a magic for notebooks that know no metadata', () => {
  const cells = [
    withLanguage(newCell('code', 'spark.range(1)'), 'typescript'),
    withLanguage(newCell('code', 'SELECT 1'), 'sql'),
    newCell('code', '%%sql\nSELECT 2'),
    newCell('code', 'x = 1'),
  ]
  const text = writeIpynb({ cells, metadata: {} }, new Map(), NEW_ORIGIN, OPTIONS)
  const raw = JSON.parse(text) as { cells: { source: string[]; metadata: object }[] }
  expect(raw.cells.map(({ source }) => source[0])).toEqual(['%%ts\n', '%%sql\n', '%%sql\n', 'x = 1'])
  expect(raw.cells[1].metadata).toMatchObject({
    microsoft: { language: 'sparksql', language_group: 'synapse_pyspark' },
  })
  const read = readIpynb(text)
  expect(read.document.cells.map(({ source }) => source)).toEqual(cells.map(({ source }) => source))
  expect(read.document.cells.map(languageOf)).toEqual(['typescript', 'sql', 'sql', 'pyspark'])
  expect(writeIpynb(read.document, read.runs, read.origin, OPTIONS)).toBe(text)
})
