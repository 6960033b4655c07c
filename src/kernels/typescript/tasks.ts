import type { CellId } from '../../protocol/ids'

/** What code runs for: a cell, or a callback of the engine that a cell defined. */
export type Task = {
  readonly cell: CellId | null
  /** Shown to people in stack traces. */
  readonly cellNumber: number
  /** The callback it stands in; 0 = none. */
  readonly callback: number
  /** Starts every line the task prints. */
  readonly prefix: string
  readonly abort: AbortController
  /** Engine calls a cell's end waits for: rows to show or write, whether or not the cell awaited them. */
  readonly open: Set<Promise<unknown>>
}

export function taskOf(cell: CellId | null, cellNumber: number, callback = 0, prefix = ''): Task {
  return { cell, cellNumber, callback, prefix, abort: new AbortController(), open: new Set() }
}

/** Thrown into code that Interrupt stops. */
export class Interrupted extends Error {
  override readonly name = 'KeyboardInterrupt'
  constructor() {
    super('Interrupted.')
  }
}

/**
 * The task whose code runs now, kept over every `await` of compiled cells: their `async` functions are generators that `awaiter`
 * steps, so what a cell left running still prints under it, and its engine calls still name their callback.
 */
export class Tasks {
  #current: Task = taskOf(null, 0)
  readonly #checkInterrupt: (task: Task) => void

  constructor(checkInterrupt: (task: Task) => void) {
    this.#checkInterrupt = checkInterrupt
  }

  get current(): Task {
    return this.#current
  }

  run<T>(task: Task, work: () => T): T {
    const before = this.#current
    this.#current = task
    try {
      return work()
    } finally {
      this.#current = before
    }
  }

  /** A function that later runs as part of the task that made it. */
  bound<A extends unknown[]>(work: (...args: A) => void): (...args: A) => void {
    const task = this.#current
    return (...args) => this.run(task, () => work(...args))
  }

  /** TypeScript's helper for `async` functions, with its signature. */
  readonly awaiter = (
    thisArg: unknown,
    args: unknown[] | undefined,
    _promise: unknown,
    body: (...args: unknown[]) => Generator<unknown, unknown, unknown>,
  ): Promise<unknown> => {
    const task = this.#current
    const generator = body.apply(thisArg, args ?? [])
    return new Promise((resolve, reject: (reason: Error) => void) => {
      const step = (advance: () => IteratorResult<unknown, unknown>) => {
        try {
          const { done, value } = this.run(task, advance)
          if (done) resolve(value)
          else Promise.resolve(value).then(next, fail)
        } catch (thrown) {
          reject(thrown as Error)
        }
      }
      const next = (value: unknown) =>
        step(() => {
          try {
            this.#checkInterrupt(task)
          } catch (interrupted) {
            return generator.throw(interrupted)
          }
          return generator.next(value)
        })
      const fail = (reason: unknown) => step(() => generator.throw(reason))
      step(() => generator.next())
    })
  }
}
