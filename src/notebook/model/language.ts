import type { Cell, CellLanguage, CodeLanguage, JsonObject } from './types'

const MAGIC = /^\s*%%(sql|ts|typescript|pyspark|python|spark)\b[^\n]*(\n|$)/
const OF_MAGIC: Readonly<Record<string, CodeLanguage>> = {
  sql: 'sql',
  ts: 'typescript',
  typescript: 'typescript',
  pyspark: 'pyspark',
  python: 'pyspark',
  spark: 'pyspark',
}
/** Fabric's names of languages, in a cell's metadata. */
const FABRIC_NAMES: Readonly<Record<CodeLanguage, string>> = {
  pyspark: 'python',
  sql: 'sparksql',
  typescript: 'typescript',
}

/** A magic on the first line says it; else the metadata, as Fabric keeps it; else it is PySpark. */
export function languageOf(cell: Pick<Cell, 'kind' | 'source'> & { readonly metadata?: JsonObject }): CellLanguage {
  if (cell.kind !== 'code') return cell.kind
  const magic = MAGIC.exec(cell.source)
  if (magic !== null) return OF_MAGIC[magic[1]]
  const named = fabricName(cell.metadata)
  return named === FABRIC_NAMES.sql ? 'sql' : named === FABRIC_NAMES.typescript ? 'typescript' : 'pyspark'
}

/** The cell in another language: its magic goes, its metadata says it. */
export function withLanguage(cell: Cell, language: CodeLanguage): Cell {
  const source = cell.source.replace(MAGIC, '')
  const hadName = fabricName(cell.metadata) !== null
  if (language === 'pyspark' && !hadName) return { ...cell, kind: 'code', source }
  const known = cell.metadata['microsoft']
  const microsoft = {
    ...(isObject(known) ? known : {}),
    language: FABRIC_NAMES[language],
    language_group: 'synapse_pyspark',
  }
  return { ...cell, kind: 'code', source, metadata: { ...cell.metadata, microsoft } }
}

/** The text without its magic, on the same lines and columns. */
export function withoutMagic(source: string): string {
  const magic = MAGIC.exec(source)
  if (magic === null) return source
  const line = magic[0].replace(/[^\n]/g, ' ')
  return `${line}${source.slice(magic[0].length)}`
}

/** The magic by which other notebooks know a cell whose metadata alone says its language; null when none is needed. */
export function carrierMagic(cell: Pick<Cell, 'kind' | 'source' | 'metadata'>): string | null {
  const language = languageOf(cell)
  if (MAGIC.test(cell.source)) return null
  return language === 'sql' ? '%%sql\n' : language === 'typescript' ? '%%ts\n' : null
}

function fabricName(metadata: JsonObject | undefined): string | null {
  const microsoft = metadata?.['microsoft']
  return isObject(microsoft) && typeof microsoft['language'] === 'string' ? microsoft['language'] : null
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
