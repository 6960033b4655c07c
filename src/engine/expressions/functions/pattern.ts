import { BOOLEAN, INTEGER, STRING, arrayOf } from '../../types/atomic-types'
import { sparkError } from '../errors'
import { constantValue } from '../node'
import type { Node } from '../node'
import type { EvaluationContext } from '../bound'
import { int, text } from './argument-types'
import { callSql, scalarFunction } from './define'
import type { FunctionEntry } from './define'
import { javaRegex } from './java-regex'

/** LIKE as a regular expression; the escape character makes the next `%`, `_` or itself plain. */
export function likeRegex(pattern: string, escape: string, ignoreCase: boolean): RegExp {
  let body = ''
  for (let i = 0; i < pattern.length; i++) {
    let character = pattern[i]
    if (character === escape && i + 1 < pattern.length) {
      character = pattern[++i]!
      body += character.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    } else if (character === '%') body += '[\\s\\S]*'
    else if (character === '_') body += '[\\s\\S]'
    else body += character.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  }
  return new RegExp(`^${body}$`, ignoreCase ? 'iu' : 'u')
}

function like(name: 'like' | 'ilike'): FunctionEntry {
  return scalarFunction({
    name,
    args: [text, text, text],
    required: 2,
    returns: BOOLEAN,
    doc: `Whether the text matches a pattern of % and _${name === 'ilike' ? ', case not counting' : ''}.`,
    neverFails: true,
    sql: (args) =>
      name === 'like'
        ? `${args[0].sql} LIKE ${args[1].sql}${args[2] ? ` ESCAPE '${args[2].sql}'` : ''}`
        : `ilike(${args[0].sql}, ${args[1].sql})`,
    open(context, args) {
      const fixed = constantText(args[1], context)
      const regex = fixed === null ? null : likeRegex(fixed, '\\', name === 'ilike')
      return (value: string, pattern: string, escape = '\\') =>
        (escape === '\\' && regex !== null ? regex : likeRegex(pattern, escape, name === 'ilike')).test(value)
    },
  })
}

function constantText(arg: Node, context: EvaluationContext): string | null {
  return arg.isConstant ? (constantValue(arg, context) as string | null) : null
}

function search(regex: RegExp, value: string): RegExpExecArray | null {
  regex.lastIndex = 0
  return regex.exec(value)
}

function group(match: RegExpExecArray | RegExpMatchArray, index: number, functionName: string): string {
  const count = match.length - 1
  if (index < 0 || index > count) {
    throw sparkError(
      'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX',
      { parameter: '`idx`', functionName: `\`${functionName}\``, groupCount: String(count), groupIndex: String(index) },
      { exception: 'SparkRuntimeException', hint: `The pattern has ${count} groups.` },
    )
  }
  return match[index] ?? ''
}

/** `$1` and `\$` of a Java replacement as JavaScript's function replacement. */
function javaReplacement(by: string): (match: readonly (string | undefined)[]) => string {
  return (groups) =>
    by.replace(
      /\\(.)|\$(\d)|\$\{(\w+)\}/g,
      (_all, escaped: string | undefined, digit: string | undefined) =>
        escaped ?? (digit === undefined ? '' : (groups[Number(digit)] ?? '')),
    )
}

function regexpReplace(value: string, pattern: string, by: string, position = 1): string {
  const start = position - 1
  if (start > value.length) return value
  const expand = javaReplacement(by)
  const replaced = value.slice(start).replace(javaRegex(pattern), (...args: unknown[]) => {
    const groups = args.slice(
      0,
      args.findIndex((arg) => typeof arg === 'number'),
    ) as (string | undefined)[]
    return expand(groups)
  })
  return value.slice(0, start) + replaced
}

const rlikeSql = (args: readonly Node[]) => `RLIKE(${args[0].sql}, ${args[1].sql})`

export const PATTERNS: readonly FunctionEntry[] = [
  like('like'),
  like('ilike'),
  ...['rlike', 'regexp', 'regexp_like'].map((name) =>
    scalarFunction({
      name,
      args: [text, text],
      returns: BOOLEAN,
      doc: 'Whether a regular expression matches somewhere.',
      sql: (args) => (name === 'rlike' ? rlikeSql(args) : callSql(name.toUpperCase(), args)),
      row: (value: string, pattern: string) => search(javaRegex(pattern), value) !== null,
    }),
  ),
  scalarFunction({
    name: 'regexp_replace',
    args: [text, text, text, int],
    required: 3,
    returns: STRING,
    doc: 'Every match of a regular expression replaced; $1 names a group.',
    sql: (args) => `regexp_replace(${args.map((arg) => arg.sql).join(', ')}${args.length === 3 ? ', 1' : ''})`,
    row: regexpReplace,
  }),
  scalarFunction({
    name: 'regexp_extract',
    args: [text, text, int],
    required: 2,
    returns: STRING,
    doc: 'A group of the first match, empty when there is none.',
    sql: (args) => `regexp_extract(${args.map((arg) => arg.sql).join(', ')}${args.length === 2 ? ', 1' : ''})`,
    row(value: string, pattern: string, index = 1) {
      const match = search(javaRegex(pattern), value)
      if (match !== null) return group(match, index, 'regexp_extract')
      const groups = new RegExp(`${javaRegex(pattern).source}|`).exec('')!
      group(groups, index, 'regexp_extract')
      return ''
    },
  }),
  scalarFunction({
    name: 'regexp_extract_all',
    args: [text, text, int],
    required: 2,
    returns: arrayOf(STRING),
    doc: 'A group of every match.',
    sql: (args) => `regexp_extract_all(${args.map((arg) => arg.sql).join(', ')}${args.length === 2 ? ', 1' : ''})`,
    row: (value: string, pattern: string, index = 1) =>
      [...value.matchAll(javaRegex(pattern))].map((match) => group(match, index, 'regexp_extract_all')),
  }),
  scalarFunction({
    name: 'regexp_count',
    args: [text, text],
    returns: INTEGER,
    doc: 'Number of matches.',
    row: (value: string, pattern: string) => [...value.matchAll(javaRegex(pattern))].length,
  }),
  scalarFunction({
    name: 'regexp_substr',
    args: [text, text],
    returns: STRING,
    nullable: true,
    doc: 'The first match, NULL without one.',
    row: (value: string, pattern: string) => search(javaRegex(pattern), value)?.[0] ?? null,
  }),
  scalarFunction({
    name: 'regexp_instr',
    args: [text, text, int],
    required: 2,
    returns: INTEGER,
    doc: 'Position of the first match from 1, or 0.',
    sql: (args) => `regexp_instr(${args.map((arg) => arg.sql).join(', ')}${args.length === 2 ? ', 0' : ''})`,
    row: (value: string, pattern: string) => (search(javaRegex(pattern), value)?.index ?? -1) + 1,
  }),
]
