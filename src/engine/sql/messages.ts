import { create } from '@bufbuild/protobuf'
import type { DataType } from '../../protocol/columns'
import type {
  Expression,
  Expression_Literal,
  Expression_SortOrder,
  Relation,
  SubqueryExpression_SubqueryType,
} from '../../protocol/spark-connect'
import {
  ExpressionSchema,
  Expression_Cast_EvalMode,
  Expression_LiteralSchema,
  Expression_SortOrderSchema,
  Expression_SortOrder_NullOrdering,
  Expression_SortOrder_SortDirection,
  RelationSchema,
  SubqueryExpressionSchema,
} from '../../protocol/spark-connect'
import { typeToConnect } from '../types/connect-types'
import { quoteIfNeeded } from '../types/type-names'

/** Short makers of the Connect messages that the parser builds. */

export function attribute(parts: readonly string[]): Expression {
  return create(ExpressionSchema, {
    exprType: { case: 'unresolvedAttribute', value: { unparsedIdentifier: parts.map(quoteIfNeeded).join('.') } },
  })
}

export function call(functionName: string, ...args: Expression[]): Expression {
  return create(ExpressionSchema, {
    exprType: { case: 'unresolvedFunction', value: { functionName, arguments: args } },
  })
}

export function distinctCall(functionName: string, args: Expression[]): Expression {
  return create(ExpressionSchema, {
    exprType: { case: 'unresolvedFunction', value: { functionName, arguments: args, isDistinct: true } },
  })
}

export function star(target?: readonly string[]): Expression {
  return create(ExpressionSchema, {
    exprType: {
      case: 'unresolvedStar',
      value: target === undefined ? {} : { unparsedTarget: `${target.map(quoteIfNeeded).join('.')}.*` },
    },
  })
}

export function alias(expr: Expression, ...name: string[]): Expression {
  return create(ExpressionSchema, { exprType: { case: 'alias', value: { expr, name } } })
}

export function literal(literalType: Expression_Literal['literalType'], type?: DataType): Expression {
  return create(ExpressionSchema, {
    exprType: {
      case: 'literal',
      value: create(Expression_LiteralSchema, {
        literalType,
        ...(type === undefined ? {} : { dataType: typeToConnect(type) }),
      }),
    },
  })
}

export const stringLiteral = (value: string): Expression => literal({ case: 'string', value })
export const integerLiteral = (value: number): Expression => literal({ case: 'integer', value })
export const nullLiteral = (): Expression => literal({ case: 'null', value: typeToConnect({ kind: 'void' }) })

export function cast(expr: Expression, type: DataType, isTry = false): Expression {
  return create(ExpressionSchema, {
    exprType: {
      case: 'cast',
      value: {
        expr,
        castToType: { case: 'type', value: typeToConnect(type) },
        ...(isTry ? { evalMode: Expression_Cast_EvalMode.TRY } : {}),
      },
    },
  })
}

export function extract(child: Expression, extraction: Expression): Expression {
  return create(ExpressionSchema, { exprType: { case: 'unresolvedExtractValue', value: { child, extraction } } })
}

export function lambda(body: Expression, names: readonly string[]): Expression {
  return create(ExpressionSchema, {
    exprType: {
      case: 'lambdaFunction',
      value: { function: body, arguments: names.map((name) => ({ nameParts: [name] })) },
    },
  })
}

export function namedArgument(key: string, value: Expression): Expression {
  return create(ExpressionSchema, { exprType: { case: 'namedArgumentExpression', value: { key, value } } })
}

export function subquery(
  planId: bigint,
  subqueryType: SubqueryExpression_SubqueryType,
  inSubqueryValues: Expression[] = [],
): Expression {
  return create(ExpressionSchema, {
    exprType: {
      case: 'subqueryExpression',
      value: create(SubqueryExpressionSchema, { planId, subqueryType, inSubqueryValues }),
    },
  })
}

export function sortOrder(child: Expression, descending = false, nullsFirst = !descending): Expression_SortOrder {
  return create(Expression_SortOrderSchema, {
    child,
    direction: descending
      ? Expression_SortOrder_SortDirection.DESCENDING
      : Expression_SortOrder_SortDirection.ASCENDING,
    nullOrdering: nullsFirst
      ? Expression_SortOrder_NullOrdering.SORT_NULLS_FIRST
      : Expression_SortOrder_NullOrdering.SORT_NULLS_LAST,
  })
}

export function relation(relType: Relation['relType'], planId?: bigint): Relation {
  return create(RelationSchema, { relType, ...(planId === undefined ? {} : { common: { planId } }) })
}

export function sortOrderExpression(order: Expression_SortOrder): Expression {
  return create(ExpressionSchema, { exprType: { case: 'sortOrder', value: order } })
}
