import { toJson } from '@bufbuild/protobuf'
import type { Expression, Relation } from '../../protocol/spark-connect'
import { RelationSchema } from '../../protocol/spark-connect'
import type { PlanFacts, SourceFacts, WatermarkFacts, WindowFacts } from '../../protocol/workers/insight'
import { isGeneratorName } from '../analyzer/generators'
import { intervalMicros, parseInterval } from '../analyzer/interval-text'
import { inputsOfRelation } from '../analyzer/relation-tree'
import { LEAF_OPTION } from './close-plan'

/**
 * Reads off a closed streaming plan what cards and sentences need: watermark and where its column comes from, the window, the group
 * keys, the operators that keep state. Parts that do not stream are left out. Pure; secrets are out of the plan by now.
 */
export function planFacts(plan: Relation): PlanFacts {
  const relations = streamingRelations(plan)
  const ofKind = <Case extends NonNullable<Relation['relType']['case']>>(kind: Case) =>
    relations.flatMap(({ relType }) =>
      relType.case === kind ? [relType.value as Extract<Relation['relType'], { case: Case }>['value']] : [],
    )
  const watermark = ofKind('withWatermark').at(0)
  const aggregate = ofKind('aggregate').at(0)
  const keys = aggregate?.groupingExpressions ?? []
  const calls = callsOf(relations)
  return {
    watermark: watermark === undefined ? null : watermarkFacts(watermark),
    window: calls.filter(({ name }) => name === 'window').map(({ args }) => windowFacts(args))[0] ?? null,
    groupKeys:
      aggregate === undefined
        ? null
        : keys.filter((key) => callNameOf(key) !== 'window').map((key) => expressionText(key)),
    stateful: relations.flatMap(statefulKind),
    numFilters: ofKind('filter').length,
    multipliesRows: calls.some(({ name }) => isGeneratorName(name)),
    sources: ofKind('read').flatMap((read): SourceFacts[] =>
      read.readType.case === 'dataSource' && read.isStreaming
        ? [
            {
              ...sourceFacts(read.readType.value.format ?? '', read.readType.value.options),
              ...folderOf(read.readType.value),
            },
          ]
        : [],
    ),
    fingerprint: fingerprint(plan),
  }
}

const ARRIVAL_CALLS = new Set(['current_timestamp', 'now', 'localtimestamp'])
/** Columns by which sources say when an event arrived. */
const ARRIVAL_COLUMNS: Readonly<Record<string, string>> = { eventhubs: 'enqueuedtime', kafka: 'timestamp' }

/** The relation and its inputs, downstream first, as far as they stream. */
function streamingRelations(relation: Relation): Relation[] {
  const inputs = inputsOfRelation(relation)
    .map(streamingRelations)
    .filter((below) => below.length > 0)
  const isLeaf = inputs.length === 0
  if (isLeaf && !(relation.relType.case === 'read' && relation.relType.value.isStreaming)) return []
  return [relation, ...inputs.flat()]
}

function statefulKind({ relType }: Relation): PlanFacts['stateful'][number][] {
  switch (relType.case) {
    case 'aggregate':
      return ['aggregate']
    case 'deduplicate':
      return [relType.value.withinWatermark ? 'dropDuplicatesWithinWatermark' : 'dropDuplicates']
    case 'join': {
      const { left, right } = relType.value
      const streams = (side: Relation | undefined) => side !== undefined && streamingRelations(side).length > 0
      return streams(left) && streams(right) ? ['join'] : []
    }
    default:
      return []
  }
}

function watermarkFacts(watermark: Extract<Relation['relType'], { case: 'withWatermark' }>['value']): WatermarkFacts {
  const column = watermark.eventTime.replace(/^`|`$/g, '')
  return {
    column,
    delayMs: durationMs(watermark.delayThreshold) ?? 0,
    origin: watermark.input === undefined ? 'unknown' : originOf(column, watermark.input),
  }
}

/** Follows a column down to what makes it. A star passes names on; a struct's star brings fields of the body. */
function originOf(column: string, relation: Relation): WatermarkFacts['origin'] {
  const { relType } = relation
  if (relType.case === 'read') {
    const source = relType.value.readType.case === 'dataSource' ? (relType.value.readType.value.format ?? '') : ''
    if (!(source in ARRIVAL_COLUMNS)) return 'unknown'
    return ARRIVAL_COLUMNS[source] === column.toLowerCase() ? 'arrival' : 'unknown'
  }
  const [input] = inputsOfRelation(relation)
  if (input === undefined) return 'unknown'
  const defined = definitionOf(column, relation)
  if (defined === undefined) return originOf(column, input)
  if (defined === 'star of a struct') return 'body'
  const names = attributesIn(defined)
  if (callsIn(defined).some(({ name }) => ARRIVAL_CALLS.has(name))) return 'arrival'
  if (callsIn(defined).some(({ name }) => name === 'from_json' || name === 'get_json_object')) return 'body'
  if (names.length !== 1) return 'unknown'
  return names[0].includes('.') ? 'body' : originOf(names[0], input)
}

/** The expression that gives a relation's output this column; undefined = it passes the name on from its input. */
function definitionOf(column: string, { relType }: Relation): Expression | 'star of a struct' | undefined {
  const isNamed = (name: string | undefined) => name?.toLowerCase() === column.toLowerCase()
  switch (relType.case) {
    case 'withColumns':
      return relType.value.aliases.find(({ name }) => isNamed(name.at(-1)))?.expr
    case 'withColumnsRenamed': {
      const { renames, renameColumnsMap } = relType.value
      const old =
        renames.find(({ newColName }) => isNamed(newColName))?.colName ??
        Object.entries(renameColumnsMap).find(([, now]) => isNamed(now))?.[0]
      return old === undefined ? undefined : attributeNamed(old)
    }
    case 'project': {
      const { expressions } = relType.value
      for (const expression of expressions) {
        const { exprType } = expression
        if (exprType.case === 'alias' && isNamed(exprType.value.name.at(-1))) return exprType.value.expr
        if (exprType.case === 'unresolvedAttribute') {
          const parts = exprType.value.unparsedIdentifier.split('.')
          if (isNamed(parts.at(-1))) return parts.length > 1 ? expression : undefined
        }
      }
      return expressions.some(isStructStar) ? 'star of a struct' : undefined
    }
    default:
      return undefined
  }
}

function isStructStar({ exprType }: Expression): boolean {
  if (exprType.case === 'unresolvedStar') return (exprType.value.unparsedTarget ?? '') !== ''
  return exprType.case === 'unresolvedAttribute' && exprType.value.unparsedIdentifier.endsWith('.*')
}

function attributeNamed(name: string): Expression {
  return {
    exprType: { case: 'unresolvedAttribute', value: { unparsedIdentifier: name } },
  } as Expression
}

function windowFacts(args: readonly Expression[]): WindowFacts {
  const [duration, slide, start] = args.slice(1).map((arg) => durationMs(textOf(arg)))
  return { durationMs: duration ?? 0, slideMs: slide ?? duration ?? 0, startMs: start ?? 0 }
}

function durationMs(text: string | null): number | null {
  const interval = text === null ? null : parseInterval(text)
  return interval === null ? null : intervalMicros(interval) / 1000
}

function textOf({ exprType }: Expression): string | null {
  if (exprType.case !== 'literal') return null
  const { literalType } = exprType.value
  return literalType.case === 'string' ? literalType.value : null
}

const FILE_FORMATS = new Set(['json', 'csv', 'text', 'parquet', 'orc'])

function folderOf(read: { readonly format?: string; readonly paths: readonly string[] }): { folder?: string } {
  return FILE_FORMATS.has((read.format ?? '').toLowerCase()) && read.paths.length > 0 ? { folder: read.paths[0] } : {}
}

function sourceFacts(format: string, options: Readonly<Record<string, string>>): SourceFacts {
  const byName = new Map(Object.entries(options).map(([key, value]) => [key.toLowerCase(), value]))
  const position = (...names: string[]) => names.map((name) => byName.get(name)).find((value) => value !== undefined)
  const at = position('startingoffsets', 'eventhubs.startingposition', 'startingposition', 'startingversion')
  if (at === undefined) return { format, startsAt: format === 'kafka' ? 'latest' : 'earliest' }
  if (/latest/i.test(at) || /"offset"\s*:\s*"@latest"/.test(at)) return { format, startsAt: 'latest' }
  return { format, startsAt: /earliest|"offset"\s*:\s*"-1"|^0$/i.test(at) ? 'earliest' : 'given' }
}

type Call = { readonly name: string; readonly args: readonly Expression[] }

/** Calls of the relations' own expressions. */
function callsOf(relations: readonly Relation[]): Call[] {
  return relations.flatMap(({ relType }) =>
    relType.value === undefined ? [] : Object.values(relType.value).flatMap((field: unknown) => callsIn(field)),
  )
}

/** Every function call below a message, but not in the relations it holds. */
function callsIn(value: unknown): Call[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return []
  const { $typeName } = value as { $typeName?: string }
  if ($typeName === 'spark.connect.Relation') return []
  const below = Object.values(value).flatMap(callsIn)
  const call = value as { functionName?: string; arguments?: Expression[] }
  return typeof call.functionName === 'string' && Array.isArray(call.arguments)
    ? [{ name: call.functionName.toLowerCase(), args: call.arguments }, ...below]
    : below
}

function attributesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return []
  const { unparsedIdentifier } = value as { unparsedIdentifier?: string }
  if (typeof unparsedIdentifier === 'string') return [unparsedIdentifier.replaceAll('`', '')]
  return Object.values(value).flatMap(attributesIn)
}

function callNameOf(expression: Expression): string | null {
  const { exprType } = expression
  if (exprType.case === 'alias') return exprType.value.expr === undefined ? null : callNameOf(exprType.value.expr)
  return exprType.case === 'unresolvedFunction' ? exprType.value.functionName.toLowerCase() : null
}

/** `eventType`, `userAgent.platform`, `upper(city)`: enough to name a key. */
function expressionText(expression: Expression): string {
  const { exprType } = expression
  switch (exprType.case) {
    case 'unresolvedAttribute':
      return exprType.value.unparsedIdentifier.replaceAll('`', '')
    case 'alias':
      return exprType.value.name.join('.')
    case 'unresolvedFunction':
      return `${exprType.value.functionName}(${exprType.value.arguments.map(expressionText).join(', ')})`
    case 'literal':
      return textOf(expression) ?? 'a value'
    default:
      return 'an expression'
  }
}

/** Numbers of one session, lines of its text, and the key of a leaf, which holds such a number: none says what the plan does. */
const NOT_OF_THE_PLAN = new Set(['planId', 'common', 'origin', LEAF_OPTION])

function fingerprint(plan: Relation): string {
  const text = JSON.stringify(toJson(RelationSchema, plan), (key, value: unknown) =>
    NOT_OF_THE_PLAN.has(key) ? undefined : value,
  )
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return `${(hash >>> 0).toString(16).padStart(8, '0')}-${text.length}`
}
