import { describe, expect, it } from 'vitest'
import type { ErrorShape } from '../../protocol/errors/runnel-error'
import { errorPlace } from './error-place'

const error = (change: Partial<ErrorShape>): ErrorShape => ({
  condition: 'PARSE_SYNTAX_ERROR',
  message: '',
  parameters: {},
  sqlState: null,
  domain: 'user',
  exception: 'ParseException',
  hint: null,
  contexts: [],
  ...change,
})
const marked = (source: string, change: Partial<ErrorShape>) => {
  const place = errorPlace(source, error(change))
  return place === null ? null : [place.line, source.split('\n')[place.line - 1].slice(place.from, place.to)]
}

describe('the place of an error in its cell', () => {
  it('is where the SQL says, behind a magic too', () => {
    const cell = '%%sql\nSELECT a,\n  count(*) FORM t'
    const context = { fragment: `     ${cell.slice(5)}`, startIndex: 32, stopIndex: 32 }
    expect(marked(cell, { contexts: [context] })).toEqual([3, 't'])
    expect(
      marked('SELECT x FRM t', { contexts: [{ fragment: 'SELECT x FRM t', startIndex: 9, stopIndex: 11 }] }),
    ).toEqual([1, 'FRM'])
  })

  it('is in the string that holds the statement, else the line of the code', () => {
    const cell = 'x = 1\nspark.sql("SELECT x FRM t").show()  '
    const context = { fragment: 'SELECT x FRM t', startIndex: 9, stopIndex: 11 }
    expect(marked(cell, { contexts: [context], place: { cell: 'c', line: 2 } })).toEqual([2, 'FRM'])
    const other = { ...context, fragment: 'SELECT y FRM t' }
    expect(marked(cell, { contexts: [other], place: { cell: 'c', line: 2 } })).toEqual([
      2,
      'spark.sql("SELECT x FRM t").show()',
    ])
    expect(marked(cell, { place: { cell: 'c', line: 9 } })).toBeNull()
  })

  it('is what the error of a SQL cell names, when that stands once', () => {
    const cast = { condition: 'CAST_INVALID_INPUT', parameters: { expression: "'a'" } }
    expect(marked("SELECT transform(xs, x -> x + 'a')", cast)).toEqual([1, "'a'"])
    expect(marked("SELECT 'a', x + 'a'", cast)).toBeNull()
    const column = { condition: 'UNRESOLVED_COLUMN.WITH_SUGGESTION', parameters: { objectName: '`no_such`' } }
    expect(marked('SELECT a,\n  no_such FROM t', column)).toEqual([2, 'no_such'])
    const type = { condition: 'DATATYPE_MISMATCH.X', parameters: { sqlExpr: '"filter(xs, lambdafunction())"' } }
    expect(marked('SELECT filter(xs, x -> x + 1)', type)).toEqual([1, 'filter'])
    expect(errorPlace('x', null)).toBeNull()
  })
})
