import { quoteIdentifier } from '../../types/type-names'
import { sparkError } from '../errors'
import { distance } from '../edit-distance'
import type { Node } from '../node'
import { ARITHMETIC } from './arithmetic'
import { ARRAY_SEARCHES } from './array-search'
import { ARRAY_SETS } from './array-sets'
import { ARRAYS } from './arrays'
import { BOOLEANS } from './boolean'
import { CAST_FUNCTIONS } from './cast-functions'
import { COMPARISONS } from './comparison'
import { CONDITIONALS } from './conditional'
import { CONSTRUCTORS } from './constructors'
import { DATETIMES } from './datetime'
import { DATETIME_TEXTS } from './datetime-text'
import { checkArity } from './define'
import type { FunctionCall, FunctionEntry } from './define'
import { ENCODINGS } from './encoding'
import { FORMATS } from './format'
import { HASHES } from './hash'
import { JSONS } from './json'
import { MAPS } from './maps'
import { MATH } from './math'
import { MISC } from './misc'
import { PATTERNS } from './pattern'
import { SEQUENCES } from './sequence'
import { STRINGS } from './string'

/** Every scalar function. To add one: an entry in its family's file, and golden rows. */
export const SCALAR_FUNCTIONS: readonly FunctionEntry[] = [
  ...ARITHMETIC,
  ...BOOLEANS,
  ...CAST_FUNCTIONS,
  ...CONSTRUCTORS,
  ...ARRAYS,
  ...ARRAY_SEARCHES,
  ...ARRAY_SETS,
  ...SEQUENCES,
  ...MAPS,
  ...COMPARISONS,
  ...CONDITIONALS,
  ...DATETIMES,
  ...DATETIME_TEXTS,
  ...ENCODINGS,
  ...FORMATS,
  ...HASHES,
  ...JSONS,
  ...MATH,
  ...MISC,
  ...PATTERNS,
  ...STRINGS,
]

const BY_NAME: ReadonlyMap<string, FunctionEntry> = new Map(
  SCALAR_FUNCTIONS.flatMap((entry) => [entry.name, ...(entry.aliases ?? [])].map((name) => [name, entry] as const)),
)

export function findFunction(name: string): FunctionEntry | undefined {
  return BY_NAME.get(name.toLowerCase())
}

/** Binds a call by name. Throws UNRESOLVED_ROUTINE, WRONG_NUM_ARGS or DATATYPE_MISMATCH. */
export function bindFunction(call: FunctionCall): Node {
  const entry = findFunction(call.name)
  if (entry === undefined) throw unresolvedRoutine(call.name)
  const named = { ...call, name: call.name.toLowerCase() }
  checkArity(entry, named)
  return entry.bind(named)
}

/** Only grouping sets give these a meaning; where they do, no call of them is left to bind. */
const OF_GROUPING_SETS = new Set(['grouping', 'grouping_id'])

export function unresolvedRoutine(name: string) {
  if (OF_GROUPING_SETS.has(name.toLowerCase()))
    return sparkError('UNSUPPORTED_GROUPING_EXPRESSION', {}, { hint: 'Group by rollup, cube or grouping sets.' })
  const close = [...BY_NAME.keys()].filter((known) => known.length > 2 && distance(known, name.toLowerCase()) <= 2)
  return sparkError(
    'UNRESOLVED_ROUTINE',
    {
      routineName: name.split('.').map(quoteIdentifier).join('.'),
      searchPath: '[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]',
    },
    {
      hint: close.length > 0 ? `Did you mean ${close.slice(0, 3).join(' or ')}?` : `There is no function ${name} here.`,
    },
  )
}
