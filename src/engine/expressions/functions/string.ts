import type { FunctionEntry } from './define'
import { scalarFunction } from './define'
import { text } from './argument-types'
import { STRING } from '../../types/atomic-types'

export const STRINGS: readonly FunctionEntry[] = [
  scalarFunction({
    name: 'upper',
    aliases: ['ucase'],
    args: [text],
    returns: STRING,
    neverFails: true,
    doc: 'Upper case.',
    row: (value: string) => value.toUpperCase(),
  }),
]
