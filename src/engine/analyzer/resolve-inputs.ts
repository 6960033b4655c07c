import { create, toBinary } from '@bufbuild/protobuf'
import type { StructType } from '../../protocol/columns'
import { internalError } from '../../protocol/errors/runnel-error'
import type { Read, Relation, SQL } from '../../protocol/spark-connect'
import { RelationSchema } from '../../protocol/spark-connect'
import type { LeafInput, ResolvedInputs } from '../plan/node'
import type { Catalog, CatalogEntry } from '../ports/catalog'
import { parseDdl } from '../types/type-ddl'
import { schemaFromJson } from '../types/type-json'
import { parseIdentifier } from './identifiers'
import { dataSourceNotFound, notAStreamingView, tableOrViewNotFound } from './input-errors'
import { isStreamingRelation, mapInputs } from './relation-tree'

/** What a data source is asked for its schema. `options` already holds the path. */
export type LeafRequest = {
  readonly format: string
  readonly options: Readonly<Record<string, string>>
  readonly userSchema: StructType | null
  readonly isStreaming: boolean
  readonly paths: readonly string[]
  /** Set when the catalog resolved a table name. */
  readonly table: { readonly name: string; readonly schema: StructType } | null
}

export interface LeafSchemas {
  /** null for a format nobody registered. Throws `PATH_NOT_FOUND` and the source's own errors for bad options. */
  schemaOf(request: LeafRequest): Promise<StructType | null>
}

export type ResolveSettings = {
  /** Format of `load()` without `format(...)`: `spark.sql.sources.default`. */
  readonly defaultFormat?: string
  /** SQL text to a relation; absent, SQL is refused by analysis. */
  readonly parseSql?: (sql: SQL) => Relation
  /** For the hint of an unknown format. */
  readonly knownFormats?: readonly string[]
}

/**
 * Phase one of analysis: views are inlined, table names become data sources with a path, every leaf gets its schema.
 * Equal leaves (same DataFrame, same message) share one key, so a self-union reads one source.
 */
export async function resolveInputs(
  relation: Relation,
  catalog: Catalog,
  leafSchemas: LeafSchemas,
  settings: ResolveSettings = {},
): Promise<ResolvedInputs> {
  const leaves = new Map<Relation, LeafInput>()
  const byKey = new Map<string, Promise<LeafInput>>()
  const resolve = async (current: Relation): Promise<Relation> => {
    const kind = current.relType
    if (kind.case === 'sql' && settings.parseSql !== undefined)
      return resolve(withId(settings.parseSql(kind.value), current))
    if (kind.case !== 'read') return mapInputs(current, resolve)
    const read = kind.value
    const entry = await entryOf(read, catalog)
    if (entry?.kind === 'view') return resolve(inlinedView(current, read, entry))
    const key = leafKey(current)
    let leaf = byKey.get(key)
    if (leaf === undefined) {
      leaf = leafOf(read, key, entry, leafSchemas, settings)
      byKey.set(key, leaf)
    }
    leaves.set(current, await leaf)
    return current
  }
  return { relation: await resolve(relation), leaves }
}

type ViewEntry = Extract<CatalogEntry, { kind: 'view' }>
type TableEntry = Extract<CatalogEntry, { kind: 'table' }>

/** What a table name stands for; null for a read without a name. */
async function entryOf(read: Read, catalog: Catalog): Promise<CatalogEntry | null> {
  if (read.readType.case !== 'namedTable') return null
  const identifier = parseIdentifier(read.readType.value.unparsedIdentifier)
  const entry = await catalog.lookup(identifier)
  if (entry === null) throw tableOrViewNotFound(identifier, await catalog.similar(identifier))
  return entry
}

/** The view's relation under the view's name. */
function inlinedView(relation: Relation, read: Read, { name, relation: input }: ViewEntry): Relation {
  if (read.isStreaming && !isStreamingRelation(input)) throw notAStreamingView(name)
  return withId(create(RelationSchema, { relType: { case: 'subqueryAlias', value: { alias: name, input } } }), relation)
}

async function leafOf(
  read: Read,
  key: string,
  entry: TableEntry | null,
  leafSchemas: LeafSchemas,
  settings: ResolveSettings,
): Promise<LeafInput> {
  const { readType, isStreaming } = read
  if (readType.case === 'namedTable' && entry !== null) {
    const options = { ...entry.options, ...readType.value.options, path: entry.path }
    const table = { name: entry.name, schema: entry.schema }
    const request: LeafRequest = {
      format: entry.format,
      options,
      userSchema: null,
      isStreaming,
      paths: [entry.path],
      table,
    }
    const schema = await leafSchemas.schemaOf(request)
    if (schema === null) throw dataSourceNotFound(entry.format, settings.knownFormats)
    return {
      format: entry.format,
      options,
      schema,
      userSchema: null,
      isStreaming,
      label: entry.name,
      key,
      qualifier: entry.name.split('.'),
    }
  }
  if (readType.case !== 'dataSource') throw internalError('a read of nothing')
  const source = readType.value
  const format = source.format || settings.defaultFormat || 'parquet'
  const userSchema = source.schema ? schemaOfText(source.schema) : null
  const options = { ...source.options, ...pathOptions(source.paths) }
  const schema = await leafSchemas.schemaOf({
    format,
    options,
    userSchema,
    isStreaming,
    paths: source.paths,
    table: null,
  })
  if (schema === null) throw dataSourceNotFound(format, settings.knownFormats)
  return {
    format,
    options,
    schema,
    userSchema,
    isStreaming,
    label: source.paths.join(', ') || optionPath(options) || format,
    key,
  }
}

function pathOptions(paths: readonly string[]): Record<string, string> {
  if (paths.length === 0) return {}
  return paths.length === 1 ? { path: paths[0] } : { paths: JSON.stringify(paths) }
}

function optionPath(options: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(options).find(([name]) => name.toLowerCase() === 'path')?.[1]
}

export function schemaOfText(text: string): StructType {
  return text.trimStart().startsWith('{') ? schemaFromJson(text) : parseDdl(text)
}

function withId(relation: Relation, from: Relation): Relation {
  return from.common === undefined ? relation : { ...relation, common: from.common }
}

/** Plan id and content, so that equal ids of two kernels never meet; a hash, because options may hold secrets. */
function leafKey(relation: Relation): string {
  const bytes = toBinary(RelationSchema, relation)
  let low = 0x811c9dc5
  let high = 0x1b873593
  for (const byte of bytes) {
    low = Math.imul(low ^ byte, 0x01000193)
    high = Math.imul(high ^ byte, 0x85ebca6b) ^ (high >>> 13)
  }
  return `${relation.common?.planId ?? 'none'}-${bytes.length}-${(low >>> 0).toString(16)}${(high >>> 0).toString(16)}`
}
