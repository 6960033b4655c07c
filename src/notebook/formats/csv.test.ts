import { expect, it } from 'vitest'
import { csvOf } from './csv'

it('quotes what would break a line apart, and tells NULL from an empty text', () => {
  expect(
    csvOf(
      ['id', 'note'],
      [
        ['1', 'a,b'],
        ['2', 'say "hi"\nagain'],
        ['3', null],
        ['4', ''],
      ],
    ),
  ).toBe('id,note\r\n1,"a,b"\r\n2,"say ""hi""\nagain"\r\n3,\r\n4,""\r\n')
})
