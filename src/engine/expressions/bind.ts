// What the analyzer binds with, under one roof.
export { bindAggregate } from './bind-aggregate'
export { bindExpression, bindSortOrder, registerExpressionParser } from './bind-expression'
export { expandStar } from './expand-star'
export { aggregateCallOf, containsAggregate } from './is-aggregate'
