import { getApp, useApp } from '../state/store'
import type { AppState } from '../state/store'
import { NOTHING_MADE, noteMade } from './made'
import type { Made, Seen } from './made'

const KEY = 'runnel.made'

/** Call once the first look at the workspace is done: what stands there then was not made now. */
export function trackPossessions(): void {
  useApp.subscribe((state, before) => {
    if (state.explorer === before.explorer && state.monitoring === before.monitoring) return
    if (
      state.explorer.tables === before.explorer.tables &&
      state.explorer.hubs === before.explorer.hubs &&
      state.monitoring.order === before.monitoring.order
    )
      return
    const { path, history } = state.notebook
    if (path === null || state.session.isReadOnly) return
    const known = read()[path] ?? NOTHING_MADE
    const cells = new Set<string>(history.document.cells.map(({ id }) => id))
    const next = noteMade(known, seenIn(before), seenIn(state), cells)
    if (next !== known) write({ ...read(), [path]: next })
  })
}

export function madeByNotebook(): Made {
  const { path } = getApp().notebook
  return (path === null ? undefined : read()[path]) ?? NOTHING_MADE
}

export function forgetMade(path: string): void {
  const all = read()
  write(Object.fromEntries(Object.entries(all).filter(([other]) => other !== path)))
}

export function seenIn({ explorer, monitoring }: AppState): Seen {
  return {
    queries: monitoring.order.map((id) => monitoring.queries[id].info),
    tables: explorer.tables.map(({ name }) => name),
    hubs: explorer.hubs.map(({ name }) => name),
  }
}

function read(): Record<string, Made> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, Made>
  } catch {
    // A list that cannot be read is no list: Start over then takes away less.
    return {}
  }
}

function write(made: Record<string, Made>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(made))
  } catch {
    // localStorage is full or forbidden: Start over then knows only what this page saw run.
  }
}
