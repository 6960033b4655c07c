import { expect, it } from 'vitest'
import { parseAnsi, stripAnsi } from './ansi'

const ESC = '\u001b'

it('splits coloured text into spans', () => {
  expect(parseAnsi(`a${ESC}[1;31mb${ESC}[0mc`)).toEqual([
    { text: 'a', color: null, isBold: false },
    { text: 'b', color: 'red', isBold: true },
    { text: 'c', color: null, isBold: false },
  ])
})

it('reads bright colours and drops cursor codes', () => {
  expect(parseAnsi(`${ESC}[92mok${ESC}[39m${ESC}[2K!`)).toEqual([
    { text: 'ok', color: 'green', isBold: false },
    { text: '!', color: null, isBold: false },
  ])
  expect(stripAnsi(`${ESC}[92mok${ESC}[0m`)).toBe('ok')
})
