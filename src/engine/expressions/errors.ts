import type { DataType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import type { ExceptionName, RunnelError } from '../../protocol/errors/runnel-error'
import { quoteIdentifier, sqlName } from '../types/type-names'
import { CONDITIONS } from './conditions'
import type { Condition } from './conditions'

export const DOC_ROOT = 'https://spark.apache.org/docs/latest'
export const ANSI_CONF = '"spark.sql.ansi.enabled"'

type Details = { readonly exception?: ExceptionName; readonly hint?: string }

/** Spark's error with its own words; `parameters` fill the `<name>` places of the text. */
export function sparkError(
  condition: Condition,
  parameters: Readonly<Record<string, string>>,
  { exception = 'AnalysisException', hint }: Details = {},
): RunnelError {
  const [sqlState, text] = CONDITIONS[condition]
  const message = text.replace(/<(\w+)>/g, (place, name: string) => parameters[name] ?? place)
  return userError(condition, message, { sqlState, parameters, exception, ...(hint === undefined ? {} : { hint }) })
}

/** `"(a + b)"`: an expression as messages quote it. */
export function quoteSql(sql: string): string {
  return `"${sql}"`
}

/** `"ARRAY<INT>"`: a type as messages quote it. */
export function quoteType(type: DataType): string {
  return `"${sqlName(type)}"`
}

/** `` `a`.`b` ``: name parts as messages quote them. */
export function quoteParts(parts: readonly string[]): string {
  return parts.map(quoteIdentifier).join('.')
}

export const ORDINALS = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
  'eleventh',
  'twelfth',
  'thirteenth',
  'fourteenth',
  'fifteenth',
  'sixteenth',
]

/** `required` is already quoted: `"STRING"` or `("NUMERIC" or "INTERVAL")`. */
export function unexpectedInputType(
  call: string,
  position: number,
  required: string,
  input: { readonly sql: string; readonly type: DataType },
): RunnelError {
  return sparkError(
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
    {
      sqlExpr: quoteSql(call),
      paramIndex: ORDINALS[position] ?? `${position + 1}th`,
      requiredType: required,
      inputSql: quoteSql(input.sql),
      inputType: quoteType(input.type),
    },
    { hint: `Cast ${input.sql} to ${required.replaceAll('"', '')} first.` },
  )
}

export function wrongNumArgs(functionName: string, expected: string, actual: number): RunnelError {
  return sparkError(
    'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
    {
      functionName: quoteIdentifier(functionName),
      expectedNum: expected,
      actualNum: String(actual),
      docroot: DOC_ROOT,
    },
    { hint: `${functionName}() takes ${expected} argument(s) here.` },
  )
}

export function divideByZero(): RunnelError {
  return sparkError(
    'DIVIDE_BY_ZERO',
    { config: ANSI_CONF },
    {
      exception: 'ArithmeticException',
      hint: 'Guard the division: try_divide(a, b), or when(b != 0, a / b).',
    },
  )
}

export function remainderByZero(): RunnelError {
  return sparkError(
    'REMAINDER_BY_ZERO',
    { config: ANSI_CONF },
    {
      exception: 'ArithmeticException',
      hint: 'Guard the remainder: try_mod(a, b), or when(b != 0, a % b).',
    },
  )
}

/** `message` is Java's, for example `long overflow`; `alternative` names the try_ function, or is empty. */
export function arithmeticOverflow(message: string, alternative = ''): RunnelError {
  const text = alternative === '' ? '' : ` Use '${alternative}' to tolerate overflow and return NULL instead.`
  return sparkError(
    'ARITHMETIC_OVERFLOW',
    { message, alternative: text, config: ANSI_CONF },
    {
      exception: 'ArithmeticException',
      hint: alternative === '' ? 'Cast to a wider type first.' : `Cast to a wider type, or use ${alternative}.`,
    },
  )
}
