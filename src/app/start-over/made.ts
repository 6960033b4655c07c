import type { QueryInfo } from '../../protocol/workers/engine'

/** What a notebook made in the workspace: what Start over takes away (B18). Names, ids and folders, in order of appearance. */
export type Made = {
  readonly queries: readonly string[]
  readonly checkpoints: readonly string[]
  readonly tables: readonly string[]
  readonly hubs: readonly string[]
}

/** What the page sees of the workspace at one moment. */
export type Seen = {
  readonly queries: readonly Pick<QueryInfo, 'id' | 'cell' | 'checkpointPath' | 'target'>[]
  readonly tables: readonly string[]
  readonly hubs: readonly string[]
}

export const NOTHING_MADE: Made = { queries: [], checkpoints: [], tables: [], hubs: [] }

/**
 * Tables and hubs that appear while the notebook is open are its own; so are queries its cells started, with their
 * checkpoints and the tables they write. What stood there before belongs to others. Returns `made` itself when nothing is new.
 */
export function noteMade(made: Made, before: Seen, now: Seen, cells: ReadonlySet<string>): Made {
  const own = now.queries.filter(({ cell }) => cell !== null && cells.has(cell))
  const targets = now.tables.filter((name) => own.some(({ target }) => target === name))
  const next: Made = {
    queries: added(
      made.queries,
      own.map(({ id }) => id),
    ),
    checkpoints: added(
      made.checkpoints,
      own.map(({ checkpointPath }) => checkpointPath),
    ),
    tables: added(made.tables, [...now.tables.filter((name) => !before.tables.includes(name)), ...targets]),
    hubs: added(
      made.hubs,
      now.hubs.filter((name) => !before.hubs.includes(name)),
    ),
  }
  return (Object.keys(next) as (keyof Made)[]).every((key) => next[key] === made[key]) ? made : next
}

/** What is listed before it goes, in the words of the dialog. Empty: there is nothing to take away. */
export function partingList(
  made: Made,
  now: Seen & { readonly numRunning: number; readonly numProducers: number },
): string[] {
  const tables = made.tables.filter((name) => now.tables.includes(name))
  const hubs = made.hubs.filter((name) => now.hubs.includes(name))
  const lines: string[] = []
  if (now.numRunning > 0) lines.push(`Running: ${count(now.numRunning, 'stream')}`)
  if (now.numProducers > 0) lines.push(`Sending: ${count(now.numProducers, 'producer')}`)
  if (tables.length > 0) lines.push(`${count(tables.length, 'table')}: ${tables.join(', ')}`)
  if (made.checkpoints.length > 0)
    lines.push(`${count(made.checkpoints.length, 'checkpoint')}: ${made.checkpoints.map(shortPath).join(', ')}`)
  if (hubs.length > 0) lines.push(`${count(hubs.length, 'hub')} with the events in it: ${hubs.join(', ')}`)
  return lines
}

function added(known: readonly string[], found: readonly string[]): readonly string[] {
  const fresh = [...new Set(found)].filter((item) => !known.includes(item))
  return fresh.length === 0 ? known : [...known, ...fresh]
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function shortPath(path: string): string {
  return path.replace(/^\/lakehouse\/default\//, '')
}
