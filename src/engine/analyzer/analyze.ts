import type { StructType } from '../../protocol/columns'
import { internalError, userError } from '../../protocol/errors/runnel-error'
import type { LocalRelation, Range, Relation } from '../../protocol/spark-connect'
import { arrowToBatches } from '../batch/arrow'
import { registerExpressionParser } from '../expressions/bind'
import type { BindContext } from '../expressions/bound'
import type { LeafInput, PlanNode, ResolvedInputs } from '../plan/node'
import { parseExpression } from '../sql/parse'
import { groupedRelation } from './grouped'
import { unsupportedFeature } from './analysis-errors'
import {
  deduplicateRelation,
  dropRelation,
  toDfRelation,
  toSchemaRelation,
  withColumnsRelation,
  withColumnsRenamedRelation,
} from './columns-by-name'
import { withParsedTexts } from './expression-texts'
import { filterRelation, sortRelation } from './filter-and-sort'
import { joinRelation } from './join'
import { dropMissingRelation, fillMissingRelation, replaceValuesRelation } from './missing-values'
import type { AnalysisContext } from './nodes'
import { planNode, rescope } from './nodes'
import { observeRelation } from './observe'
import { projectRelation } from './project'
import { schemaOfText } from './resolve-inputs'
import { selectOf, selectRelation } from './select'
import { scopeOf, withPlanId, withQualifier } from './scopes'
import { setOperationRelation } from './set-operation'
import { describeRelation, summaryRelation } from './statistics'
import { openSubqueries } from './subqueries'
import { withWatermarkRelation } from './watermark'

const parseText = (text: string, conf: BindContext['conf']) =>
  parseExpression(text, { timeZone: conf['spark.sql.session.timeZone'] })
registerExpressionParser(parseText)

/**
 * Phase two of analysis: pure and deterministic, so a stream worker analyses a closed plan again and gets the same tree.
 * Every name, type and Spark refusal is settled here; nothing is left to fail at a later row.
 */
export function analyze(inputs: ResolvedInputs, context: BindContext): PlanNode {
  const leafNumbers = new Map<string, number>()
  const leafNumber = (leaf: LeafInput): number => {
    const known = leafNumbers.get(leaf.key)
    if (known !== undefined) return known
    leafNumbers.set(leaf.key, leafNumbers.size)
    return leafNumbers.size - 1
  }
  const analyzeWith = (relation: Relation, analysis: AnalysisContext): PlanNode => {
    const parsed = withParsedTexts(relation, (text) => parseText(text, context.conf))
    const node = analyzeRelation(parsed, inputs, analysis, leafNumber, analyzeWith)
    const planId = relation.common?.planId
    return planId === undefined ? node : rescope(node, withPlanId(node.scope, planId))
  }
  const analysis: AnalysisContext = {
    conf: context.conf,
    isStreaming: context.isStreaming,
    lenient: (id, detail) => context.lenient(id, detail),
    analyze: (relation) => analyzeWith(relation, analysis),
  }
  return analysis.analyze(inputs.relation)
}

function analyzeRelation(
  relation: Relation,
  inputs: ResolvedInputs,
  context: AnalysisContext,
  leafNumber: (leaf: LeafInput) => number,
  analyzeWith: (relation: Relation, context: AnalysisContext) => PlanNode,
): PlanNode {
  const kind = relation.relType
  const select = selectOf(relation)
  if (select !== null) return selectRelation(select, context)
  switch (kind.case) {
    case 'read': {
      const leaf = inputs.leaves.get(relation)
      if (leaf === undefined) throw internalError('a data source reached analysis without its schema')
      return planNode(
        { kind: 'scan', leaf: leafNumber(leaf), input: leaf },
        scopeOf(leaf.schema, leaf.qualifier ?? []),
        leaf.isStreaming,
      )
    }
    case 'localRelation':
      return localRelation(kind.value)
    case 'range':
      return rangeRelation(kind.value)
    case 'project':
      return projectRelation(
        kind.value.input === undefined ? oneRow() : context.analyze(kind.value.input),
        kind.value.expressions,
        context,
      )
    case 'withColumns':
      return withColumnsRelation(kind.value, context)
    case 'withColumnsRenamed':
      return withColumnsRenamedRelation(kind.value, context)
    case 'drop':
      return dropRelation(kind.value, context)
    case 'toDf':
      return toDfRelation(kind.value, context)
    case 'toSchema':
      return toSchemaRelation(kind.value, context)
    case 'filter':
      return filterRelation(kind.value, context)
    case 'sort':
      return sortRelation(kind.value, context)
    case 'limit':
      return limitNode(context.analyze(kind.value.input!), notNegative(kind.value.limit, 'limit'), 0)
    case 'offset':
      return limitNode(context.analyze(kind.value.input!), -1, notNegative(kind.value.offset, 'offset'))
    case 'tail': {
      const input = context.analyze(kind.value.input!)
      return planNode(
        { kind: 'tail', input, limit: notNegative(kind.value.limit, 'tail') },
        input.scope,
        input.isStreaming,
      )
    }
    case 'aggregate':
      return groupedRelation(kind.value, context)
    case 'deduplicate':
      return deduplicateRelation(kind.value, context)
    case 'setOp':
      return setOperationRelation(kind.value, context)
    case 'join':
      return joinRelation(kind.value, context)
    case 'subqueryAlias': {
      const input = context.analyze(kind.value.input!)
      return rescope(input, withQualifier(input.scope, [...kind.value.qualifier, kind.value.alias]))
    }
    case 'withWatermark':
      return withWatermarkRelation(kind.value, context)
    case 'repartition':
    case 'repartitionByExpression':
    case 'hint':
      // One thread runs the plan: partitioning and join hints change neither rows nor schema.
      return context.analyze(kind.value.input!)
    case 'fillNa':
      return fillMissingRelation(kind.value, context)
    case 'dropNa':
      return dropMissingRelation(kind.value, context)
    case 'replace':
      return replaceValuesRelation(kind.value, context)
    case 'sample': {
      const { lowerBound, upperBound, withReplacement, seed } = kind.value
      const input = context.analyze(kind.value.input!)
      return planNode(
        {
          kind: 'sample',
          input,
          lower: lowerBound,
          upper: upperBound,
          withReplacement: withReplacement === true,
          seed: seed ?? 0n,
        },
        input.scope,
        input.isStreaming,
      )
    }
    case 'describe':
      return describeRelation(kind.value, context)
    case 'summary':
      return summaryRelation(kind.value, context)
    case 'collectMetrics':
      return observeRelation(kind.value, context)
    case 'withRelations': {
      const found = openSubqueries(kind.value.references, context)
      const inner: AnalysisContext = {
        ...context,
        analyze: (input) => analyzeWith(input, inner),
        subquery: (expression, binding) => found.bind(expression, binding),
      }
      const input = inner.analyze(kind.value.root!)
      const { cells } = found
      return cells.length === 0 ? input : planNode({ kind: 'subqueries', input, cells }, input.scope, input.isStreaming)
    }
    case 'showString': {
      const input = context.analyze(kind.value.input!)
      const schema: StructType = {
        kind: 'struct',
        fields: [{ name: 'show_string', type: { kind: 'string' }, nullable: false }],
      }
      const { numRows, truncate, vertical } = kind.value
      return planNode({ kind: 'show', input, numRows, truncate, vertical }, scopeOf(schema), input.isStreaming)
    }
    case undefined:
      throw internalError('a relation without a kind')
    default:
      throw unsupportedFeature(
        RELATION_NAMES[kind.case] ?? kind.case,
        'Runnel does not run this yet; on a Spark cluster the same plan works.',
      )
  }
}

/** How a user knows the relations that are refused. */
const RELATION_NAMES: Readonly<Record<string, string>> = {
  sql: 'SQL text in a DataFrame plan',
  unpivot: 'unpivot()',
  parse: 'parsing a DataFrame of CSV or JSON lines',
  cachedRemoteRelation: 'a cached remote relation',
  catalog: 'catalog functions as a DataFrame',
}

function limitNode(input: PlanNode, limit: number, offset: number): PlanNode {
  return planNode({ kind: 'limit', input, limit, offset }, input.scope, input.isStreaming)
}

function notNegative(value: number, what: string): number {
  if (value >= 0) return value
  throw userError(
    'INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE',
    `The limit like expression "${value}" is invalid. The ${what} expression must be equal to or greater than 0, but got ${value}.`,
    { sqlState: '42K0E', hint: `Give ${what}() a number of rows, 0 or more.` },
  )
}

/** `select` without a table: one row of no columns. */
function oneRow(): PlanNode {
  const schema: StructType = { kind: 'struct', fields: [] }
  return planNode({ kind: 'local', batches: [{ schema, numRows: 1, columns: [] }] }, { columns: [] }, false)
}

function localRelation(relation: LocalRelation): PlanNode {
  const declared = relation.schema === undefined || relation.schema === '' ? null : schemaOfText(relation.schema)
  const decoded =
    relation.data === undefined || relation.data.length === 0
      ? null
      : arrowToBatches(relation.data, declared ?? undefined)
  const schema = declared ?? decoded?.schema
  if (schema === undefined)
    throw userError('INVALID_PLAN_INPUT', 'A local relation needs data or a schema.', { sqlState: '56K00' })
  return planNode({ kind: 'local', batches: decoded?.batches ?? [] }, scopeOf(schema), false)
}

function rangeRelation({ start, end, step }: Range): PlanNode {
  if (step === 0n)
    throw userError('', 'requirement failed: step (0) cannot be 0', {
      exception: 'IllegalArgumentException',
      hint: 'Give range() a step other than 0.',
    })
  const schema: StructType = { kind: 'struct', fields: [{ name: 'id', type: { kind: 'long' }, nullable: false }] }
  return planNode({ kind: 'range', start: start ?? 0n, end, step }, scopeOf(schema), false)
}
