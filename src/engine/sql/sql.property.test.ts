import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RunnelError } from '../../protocol/errors/runnel-error'
import { expectedAt } from './completion'
import { parseExpression, parseStatement } from './parse'
import { tokenize } from './tokens'

const WORDS = (
  "SELECT FROM WHERE a b t ( ) , . * + - 'x' `q` 1 2.5 = < AND OR NOT CASE WHEN THEN END IN BETWEEN LIKE IS NULL GROUP BY " +
  'ORDER JOIN ON LEFT LATERAL VIEW explode AS WITH VALUES UNION ALL [ ] -> :: INTERVAL DAY CAST INT OVER PARTITION ; @ $ /* */'
).split(' ')

const sqlLike = fc.array(fc.constantFrom(...WORDS), { maxLength: 30 }).map((words) => words.join(' '))
const anyText = fc.oneof(sqlLike, fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ maxLength: 60 }))

describe('the lexer', () => {
  it('ends on any text, and its tokens lie in order within it, each as written', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { tokens } = tokenize(text)
        let end = 0
        for (const token of tokens) {
          expect(token.start).toBeGreaterThanOrEqual(end)
          expect(token.text).toBe(text.slice(token.start, token.end))
          if (token.kind !== 'end') expect(token.end).toBeGreaterThan(token.start)
          end = token.end
        }
        expect(tokens.at(-1)).toMatchObject({ kind: 'end', start: text.length })
      }),
    )
  })
})

describe('the parser', () => {
  const failureOf = (parse: () => unknown): unknown => {
    try {
      parse()
      return null
    } catch (error) {
      return error
    }
  }

  it('answers any text with a statement or with an error whose place lies in the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const failure of [failureOf(() => parseStatement(text)), failureOf(() => parseExpression(text))]) {
          if (failure === null) continue
          if (!(failure instanceof RunnelError)) throw new Error('no error of ours', { cause: failure })
          expect(failure.shape.domain).toBe('user')
          for (const { startIndex, stopIndex } of failure.shape.contexts) {
            expect(startIndex).toBeGreaterThanOrEqual(0)
            expect(startIndex).toBeLessThanOrEqual(text.length)
            expect(stopIndex).toBeGreaterThanOrEqual(startIndex)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('says what could stand at any place without failing', () => {
    fc.assert(
      fc.property(sqlLike, fc.nat(200), (text, at) => {
        const { start, prefix } = expectedAt(text, Math.min(at, text.length))
        expect(text.slice(start, start + prefix.length)).toBe(prefix)
      }),
      { numRuns: 200 },
    )
  })

  it('proposes tables behind FROM, columns behind SELECT and the clauses behind a table', () => {
    expect(expectedAt('SELECT a FROM ', 14).wants.table).toBe(true)
    expect(expectedAt('SELECT ', 7).wants.column).toBe(true)
    expect(expectedAt('SELECT e. FROM emp e', 9)).toMatchObject({
      qualifier: ['e'],
      tables: [{ name: ['emp'], alias: 'e' }],
    })
    expect(expectedAt('SELECT a FROM t W', 17)).toMatchObject({
      prefix: 'W',
      keywords: expect.arrayContaining(['WHERE', 'GROUP']),
    })
  })
})
