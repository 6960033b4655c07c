import * as client from '../../client'
import { userError } from '../../protocol/errors/runnel-error'
import type { MimeBundle } from '../../protocol/workers/kernel'
import { textOfValue } from './inspect'
import type { Tasks } from './tasks'

export type NameParts = {
  readonly session: client.SparkSession
  readonly tasks: Tasks
  readonly tick: () => void
  readonly write: (name: 'stdout' | 'stderr', text: string) => void
  readonly sleep: (durationMs: number) => Promise<void>
  readonly display: (value: unknown) => Promise<void>
  readonly displayData: (data: MimeBundle) => void
  /** A timer's function threw. */
  readonly failed: (thrown: unknown) => void
}

/**
 * The names of a notebook: what cells declare become own properties, what we give them is there from the start. A name nobody
 * defined is looked for in the prototype, which says so.
 */
export function cellNames(parts: NameParts): Record<string, unknown> {
  const undefinedNames = new Proxy(Object.create(null) as object, {
    get: (_, name) => {
      throw new ReferenceError(`${String(name)} is not defined`)
    },
    has: () => false,
    set: (_, name, value, receiver) =>
      Reflect.defineProperty(receiver as object, name, { value, writable: true, enumerable: true, configurable: true }),
  })
  const names = Object.create(undefinedNames) as Record<string, unknown>
  return Object.assign(names, { ...apiNames(parts), ...machineNames(parts) })
}

/** What `import ... from 'runnel'` gives, and the names that need no import. */
function apiNames({ session, sleep, display, displayData }: NameParts): Record<string, unknown> {
  const { functions } = client
  return {
    ...client,
    spark: session,
    F: functions,
    col: functions.col.bind(functions),
    lit: functions.lit.bind(functions),
    expr: functions.expr.bind(functions),
    sleep,
    display,
    displayHTML: (html: string) => displayData({ 'text/html': html, 'text/plain': html }),
  }
}

function machineNames(parts: NameParts): Record<string, unknown> {
  return {
    $tick: parts.tick,
    $import: (specifier: string) => {
      if (specifier === 'runnel') return apiNames(parts)
      throw userError('MODULE_NOT_FOUND', `Module '${specifier}' not found.`, {
        hint: "Runnel works offline: cells can import from 'runnel' only, and everything in it is there without an import too.",
      })
    },
    console: cellConsole(parts),
    ...timers(parts),
  }
}

function cellConsole({ write, display }: NameParts): object {
  const print =
    (name: 'stdout' | 'stderr') =>
    (...values: readonly unknown[]) =>
      write(name, `${values.map(textOfValue).join(' ')}\n`)
  const counts = new Map<string, number>()
  const starts = new Map<string, number>()
  return {
    log: print('stdout'),
    info: print('stdout'),
    debug: print('stdout'),
    dir: print('stdout'),
    trace: print('stdout'),
    warn: print('stderr'),
    error: print('stderr'),
    assert: (isTrue: unknown, ...values: readonly unknown[]) => {
      if (!isTrue) print('stderr')('Assertion failed:', ...values)
    },
    table: (value: unknown) => void display(value),
    count: (label = 'default') => {
      counts.set(label, (counts.get(label) ?? 0) + 1)
      print('stdout')(`${label}: ${counts.get(label)}`)
    },
    time: (label = 'default') => void starts.set(label, performance.now()),
    timeEnd: (label = 'default') => {
      const start = starts.get(label)
      if (start !== undefined) print('stdout')(`${label}: ${(performance.now() - start).toFixed(1)} ms`)
      starts.delete(label)
    },
    group: print('stdout'),
    groupEnd: () => undefined,
  }
}

/** Timers in session time: a paused clock holds them, a fast one hurries them. */
function timers({ session, tasks, failed }: NameParts): Record<string, unknown> {
  const running = new Map<number, () => void>()
  let nextId = 1
  const start = (work: (...args: unknown[]) => void, delayMs: number, args: unknown[], repeats: boolean): number => {
    const id = nextId++
    let isOver = false
    running.set(id, () => (isOver = true))
    const call = tasks.bound(() => work(...args))
    const round = async () => {
      do {
        await session.connection.sleep(Math.max(0, delayMs))
        if (isOver) return
        call()
      } while (repeats)
    }
    void round()
      .catch(failed)
      .finally(() => running.delete(id))
    return id
  }
  const clear = (id: number) => running.get(id)?.()
  return {
    setTimeout: (work: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
      start(work, delayMs, args, false),
    setInterval: (work: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
      start(work, delayMs, args, true),
    clearTimeout: clear,
    clearInterval: clear,
    queueMicrotask: (work: () => void) => queueMicrotask(tasks.bound(work)),
  }
}
