import { toJson } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { RunnelError, fullMessage } from '../../protocol/errors/runnel-error'
import { ExpressionSchema } from '../../protocol/spark-connect'
import { parseExpression } from './parse'

const json = (text: string) => toJson(ExpressionSchema, parseExpression(text))
const col = (name: string) => ({ unresolvedAttribute: { unparsedIdentifier: name } })
const lit = (value: number) => ({ literal: { integer: value } })
const call = (functionName: string, ...args: unknown[]) => ({
  unresolvedFunction: { functionName, arguments: args },
})

describe('parseExpression', () => {
  it('binds AND tighter than OR and comparison tighter than both', () => {
    expect(json('a > 1 or b = 2 and not c')).toEqual(
      call('or', call('>', col('a'), lit(1)), call('and', call('=', col('b'), lit(2)), call('not', col('c')))),
    )
  })

  it('reads a minus before a number as part of it, between values as subtraction', () => {
    expect(json('a -1')).toEqual(call('-', col('a'), lit(1)))
    expect(json('-1')).toEqual(lit(-1))
    expect(json('-2147483648')).toEqual(lit(-2147483648))
  })

  it('keeps table and struct names in one attribute and reaches further with brackets', () => {
    expect(json('t.`a b`.c[0].d')).toEqual({
      unresolvedExtractValue: {
        child: { unresolvedExtractValue: { child: col('t.`a b`.c'), extraction: lit(0) } },
        extraction: { literal: { string: 'd' } },
      },
    })
  })

  it('reads a lambda with one and with two names', () => {
    expect(json('transform(xs, x -> x + 1)')).toMatchObject({ unresolvedFunction: { functionName: 'transform' } })
    expect(json('aggregate(xs, 0, (acc, x) -> acc + x)')).toMatchObject({
      unresolvedFunction: { arguments: [{}, {}, { lambdaFunction: { arguments: [{ nameParts: ['acc'] }, {}] } }] },
    })
  })

  it('names the place of a mistake as Spark does', () => {
    const failed = (() => {
      try {
        parseExpression('a +\n) b')
      } catch (error) {
        return error
      }
    })()
    expect(failed).toBeInstanceOf(RunnelError)
    expect(fullMessage((failed as RunnelError).shape)).toBe(
      "[PARSE_SYNTAX_ERROR] Syntax error at or near ')'. SQLSTATE: 42601 (line 2, pos 0)\n\n== SQL ==\na +\n) b\n^^^\n",
    )
  })
})
