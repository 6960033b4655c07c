import type { FunctionDoc, FunctionKind } from '../../../protocol/workers/language'
import { AGGREGATES } from '../../expressions/aggregates/registry'
import { SCALAR_FUNCTIONS } from '../../expressions/functions/registry'

type Documented = {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly arity: readonly [min: number, max: number]
  readonly parameters?: readonly string[]
  readonly doc: string
}

let all: readonly FunctionDoc[] | null = null

/** Every function SQL knows, by name, aliases as entries of their own; operators are left out. */
export function functionDocs(): readonly FunctionDoc[] {
  all ??= [
    ...docsOf(SCALAR_FUNCTIONS, 'scalar'),
    ...docsOf(AGGREGATES, 'aggregate'),
    ...docsOf(GENERATORS, 'generator'),
    ...docsOf(WINDOW_FUNCTIONS, 'window'),
    ...docsOf(WITH_LAMBDAS, 'scalar'),
    ...docsOf(GROUPINGS, 'scalar'),
  ]
    .filter(isFirst())
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return all
}

function docsOf(entries: readonly Documented[], kind: FunctionKind): FunctionDoc[] {
  return entries.flatMap((entry) =>
    [entry.name, ...(entry.aliases ?? [])]
      .filter((name) => /^[a-z]\w*$/.test(name) && !OPERATORS.has(name))
      .map((name) => ({
        name,
        kind,
        signature: signatureOf(name, entry),
        doc: entry.doc,
        takesArguments: entry.arity[1] > 0,
      })),
  )
}

function isFirst(): (doc: FunctionDoc) => boolean {
  const seen = new Set<string>()
  return ({ name }) => !seen.has(name) && seen.add(name).size > 0
}

/** `substring(string | binary, int[, int])`; what the entry does not say is `arg`. */
export function signatureOf(name: string, { arity: [min, max], parameters = [] }: Omit<Documented, 'doc'>): string {
  const isOpen = max === Infinity
  const count = Math.max(min, isOpen ? Math.max(1, parameters.length) : max)
  const shown = Array.from({ length: count }, (_, i) => typeText(parameters[Math.min(i, parameters.length - 1)]))
  const needed = shown.slice(0, min).join(', ')
  const rest = [...shown.slice(min), ...(isOpen ? ['...'] : [])]
  const optional = rest.reduceRight((inner, one, i) => `[${i > 0 || min > 0 ? ', ' : ''}${one}${inner}]`, '')
  return `${name}(${needed}${optional})`
}

/** `("STRING" or "BINARY")` to `string | binary`. */
function typeText(required: string | undefined): string {
  if (required === undefined) return 'arg'
  return required.replace(/[()"]/g, '').replaceAll(' or ', ' | ').toLowerCase()
}

/** Entries of the registry that are written as operators. */
const OPERATORS = new Set(['and', 'or', 'not', 'in', 'between', 'case', 'when'])

/** What the analyzer expands before any registry is asked. */
const GENERATORS: readonly Documented[] = [
  {
    name: 'explode',
    arity: [1, 1],
    parameters: ['array | map'],
    doc: 'One row for each element; none for NULL or an empty one.',
  },
  {
    name: 'explode_outer',
    arity: [1, 1],
    parameters: ['array | map'],
    doc: 'One row for each element; one row of NULL when there is none.',
  },
  {
    name: 'posexplode',
    arity: [1, 1],
    parameters: ['array | map'],
    doc: 'One row for each element, with its position from 0.',
  },
  {
    name: 'posexplode_outer',
    arity: [1, 1],
    parameters: ['array | map'],
    doc: 'As posexplode; one row of NULLs when there is no element.',
  },
  {
    name: 'inline',
    arity: [1, 1],
    parameters: ['array<struct>'],
    doc: 'One row for each struct, one column for each field.',
  },
  {
    name: 'inline_outer',
    arity: [1, 1],
    parameters: ['array<struct>'],
    doc: 'As inline; one row of NULLs when there is no struct.',
  },
  { name: 'stack', arity: [2, Infinity], parameters: ['int', 'any'], doc: 'The values spread over so many rows.' },
]

const WINDOW_FUNCTIONS: readonly Documented[] = [
  {
    name: 'row_number',
    arity: [0, 0],
    doc: 'Position of the row in its partition, from 1. Needs OVER (... ORDER BY ...).',
  },
  { name: 'rank', arity: [0, 0], doc: 'Position with gaps after ties, from 1. Needs OVER (... ORDER BY ...).' },
  {
    name: 'dense_rank',
    arity: [0, 0],
    doc: 'Position without gaps after ties, from 1. Needs OVER (... ORDER BY ...).',
  },
  { name: 'percent_rank', arity: [0, 0], doc: 'Rank from 0 to 1. Needs OVER (... ORDER BY ...).' },
  { name: 'cume_dist', arity: [0, 0], doc: 'Share of rows up to this one. Needs OVER (... ORDER BY ...).' },
  {
    name: 'ntile',
    arity: [0, 1],
    parameters: ['int'],
    doc: 'Number of the bucket, from 1. Needs OVER (... ORDER BY ...).',
  },
  {
    name: 'lag',
    arity: [1, 3],
    parameters: ['any', 'int', 'any'],
    doc: 'Value some rows before (1), or the default. Needs OVER (... ORDER BY ...).',
  },
  {
    name: 'lead',
    arity: [1, 3],
    parameters: ['any', 'int', 'any'],
    doc: 'Value some rows after (1), or the default. Needs OVER (... ORDER BY ...).',
  },
  {
    name: 'nth_value',
    arity: [2, 2],
    parameters: ['any', 'int'],
    doc: 'Value of the n-th row of the frame, from 1. Needs OVER (...).',
  },
]

const WITH_LAMBDAS: readonly Documented[] = [
  {
    name: 'transform',
    arity: [2, 2],
    parameters: ['array', 'x -> value'],
    doc: 'The array with every element changed; (x, i) -> gets the position too.',
  },
  {
    name: 'filter',
    arity: [2, 2],
    parameters: ['array', 'x -> boolean'],
    doc: 'Elements for which the condition holds.',
  },
  {
    name: 'exists',
    arity: [2, 2],
    parameters: ['array', 'x -> boolean'],
    doc: 'Whether the condition holds for an element.',
  },
  {
    name: 'forall',
    arity: [2, 2],
    parameters: ['array', 'x -> boolean'],
    doc: 'Whether the condition holds for every element.',
  },
  {
    name: 'aggregate',
    aliases: ['reduce'],
    arity: [3, 4],
    parameters: ['array', 'any', '(state, x) -> state', 'state -> value'],
    doc: 'The elements folded into one value.',
  },
  {
    name: 'zip_with',
    arity: [3, 3],
    parameters: ['array', 'array', '(x, y) -> value'],
    doc: 'Two arrays joined element by element.',
  },
  {
    name: 'map_filter',
    arity: [2, 2],
    parameters: ['map', '(k, v) -> boolean'],
    doc: 'Entries for which the condition holds.',
  },
  { name: 'transform_keys', arity: [2, 2], parameters: ['map', '(k, v) -> key'], doc: 'The map with changed keys.' },
  {
    name: 'transform_values',
    arity: [2, 2],
    parameters: ['map', '(k, v) -> value'],
    doc: 'The map with changed values.',
  },
]

const GROUPINGS: readonly Documented[] = [
  {
    name: 'window',
    arity: [2, 4],
    parameters: ['timestamp', 'duration', 'duration', 'duration'],
    doc: 'The time windows of a row: length, slide, start offset. A group key.',
  },
]
