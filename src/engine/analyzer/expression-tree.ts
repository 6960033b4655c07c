import { create } from '@bufbuild/protobuf'
import type { DataType, Expression } from '../../protocol/spark-connect'
import { DataTypeSchema, ExpressionSchema, Expression_LiteralSchema } from '../../protocol/spark-connect'
import { quoteIdentifier } from '../types/type-names'
import type { Scope } from '../expressions/bound'

/** Building and rewriting unresolved expressions. Messages are never changed in place: a rewritten parent is a copy. */

type ExpressionKind = Expression['exprType']

export function makeExpression(exprType: ExpressionKind): Expression {
  return create(ExpressionSchema, { exprType })
}

export function attribute(name: string, planId?: bigint): Expression {
  return create(ExpressionSchema, {
    exprType: {
      case: 'unresolvedAttribute',
      value: { unparsedIdentifier: quoteIdentifier(name), ...(planId === undefined ? {} : { planId }) },
    },
  })
}

export function call(functionName: string, ...args: Expression[]): Expression {
  return create(ExpressionSchema, {
    exprType: { case: 'unresolvedFunction', value: { functionName, arguments: args } },
  })
}

export function alias(expression: Expression, ...name: string[]): Expression {
  return create(ExpressionSchema, { exprType: { case: 'alias', value: { expr: expression, name } } })
}

export function stringLiteral(value: string): Expression {
  return literal({ case: 'string', value })
}

export function literal(
  literalType:
    | { case: 'string'; value: string }
    | { case: 'integer'; value: number }
    | { case: 'double'; value: number }
    | { case: 'boolean'; value: boolean },
): Expression {
  return create(ExpressionSchema, {
    exprType: { case: 'literal', value: create(Expression_LiteralSchema, { literalType }) },
  })
}

export function castTo(expr: Expression, typeStr: string): Expression {
  return create(ExpressionSchema, {
    exprType: { case: 'cast', value: { expr, castToType: { case: 'typeStr', value: typeStr } } },
  })
}

export function castToType(expr: Expression, type: DataType): Expression {
  return create(ExpressionSchema, {
    exprType: { case: 'cast', value: { expr, castToType: { case: 'type', value: type } } },
  })
}

export function nullLiteral(): Expression {
  const type = create(DataTypeSchema, { kind: { case: 'null', value: {} } })
  return create(ExpressionSchema, {
    exprType: { case: 'literal', value: { literalType: { case: 'null', value: type } } },
  })
}

export function extractField(child: Expression, name: string): Expression {
  return create(ExpressionSchema, {
    exprType: { case: 'unresolvedExtractValue', value: { child, extraction: stringLiteral(name) } },
  })
}

/** Synthetic plan id that only column `index` of a scope made by `addressable` has: names one column whatever its name. */
export function columnAddress(index: number): bigint {
  return FIRST_ADDRESS - BigInt(index)
}

const FIRST_ADDRESS = -1_000_000n

/** The scope with every column reachable through `columnAt`; addresses of an earlier scope are gone. */
export function addressable(scope: Scope): Scope {
  return {
    columns: scope.columns.map((column, index) => ({
      ...column,
      planIds: [...column.planIds.filter((id) => id > FIRST_ADDRESS), columnAddress(index)],
    })),
  }
}

/** Column `index` of an addressable scope. */
export function columnAt(scope: Scope, index: number): Expression {
  return attribute(scope.columns[index].field.name, columnAddress(index))
}

export function functionName(expression: Expression): string | null {
  const kind = expression.exprType
  if (kind.case === 'unresolvedFunction') return kind.value.functionName.toLowerCase()
  if (kind.case === 'callFunction') return kind.value.functionName.toLowerCase()
  return null
}

export function functionArguments(expression: Expression): readonly Expression[] {
  const kind = expression.exprType
  return kind.case === 'unresolvedFunction' || kind.case === 'callFunction' ? kind.value.arguments : []
}

/** The expression with each direct child replaced; the same object when no child changed. */
export function mapChildren(expression: Expression, map: (child: Expression) => Expression): Expression {
  const kind = expression.exprType
  const one = (child: Expression | undefined) => (child === undefined ? undefined : map(child))
  switch (kind.case) {
    case 'unresolvedFunction':
    case 'callFunction':
    case 'commonInlineUserDefinedFunction': {
      const args = kind.value.arguments.map(map)
      return same(args, kind.value.arguments) ? expression : rebuild(expression, { ...kind.value, arguments: args })
    }
    case 'alias':
    case 'cast': {
      const expr = one(kind.value.expr)
      return expr === kind.value.expr ? expression : rebuild(expression, { ...kind.value, expr })
    }
    case 'sortOrder':
    case 'directShufflePartitionId': {
      const child = one(kind.value.child)
      return child === kind.value.child ? expression : rebuild(expression, { ...kind.value, child })
    }
    case 'unresolvedExtractValue': {
      const child = one(kind.value.child)
      const extraction = one(kind.value.extraction)
      return child === kind.value.child && extraction === kind.value.extraction
        ? expression
        : rebuild(expression, { ...kind.value, child, extraction })
    }
    case 'updateFields': {
      const structExpression = one(kind.value.structExpression)
      const valueExpression = one(kind.value.valueExpression)
      return structExpression === kind.value.structExpression && valueExpression === kind.value.valueExpression
        ? expression
        : rebuild(expression, { ...kind.value, structExpression, valueExpression })
    }
    case 'lambdaFunction': {
      const lambda = one(kind.value.function)
      return lambda === kind.value.function ? expression : rebuild(expression, { ...kind.value, function: lambda })
    }
    case 'namedArgumentExpression': {
      const value = one(kind.value.value)
      return value === kind.value.value ? expression : rebuild(expression, { ...kind.value, value })
    }
    case 'subqueryExpression': {
      const inSubqueryValues = kind.value.inSubqueryValues.map(map)
      return same(inSubqueryValues, kind.value.inSubqueryValues)
        ? expression
        : rebuild(expression, { ...kind.value, inSubqueryValues })
    }
    case 'window': {
      const windowFunction = one(kind.value.windowFunction)
      const partitionSpec = kind.value.partitionSpec.map(map)
      const orderSpec = kind.value.orderSpec.map((order) => {
        const child = one(order.child)
        return child === order.child ? order : { ...order, child }
      })
      return windowFunction === kind.value.windowFunction &&
        same(partitionSpec, kind.value.partitionSpec) &&
        same(orderSpec, kind.value.orderSpec)
        ? expression
        : rebuild(expression, { ...kind.value, windowFunction, partitionSpec, orderSpec })
    }
    default:
      return expression
  }
}

function same<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index])
}

function rebuild(expression: Expression, value: object): Expression {
  return { ...expression, exprType: { case: expression.exprType.case, value } as ExpressionKind }
}
