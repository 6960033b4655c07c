import { RunnelError, userError } from '../../protocol/errors/runnel-error'
import type { StreamingQueryProgress, StreamingQueryStatus } from '../../protocol/workers/progress'
import type { ExecuteResult } from '../../protocol/workers/kernel-requests'
import type { Connection, Json } from '../connection'

/** How often progress is looked for, in session time; the engine keeps the last 100. */
const PROGRESS_POLL_MS = 250

/** A query that runs, or ran. */
export class StreamingQuery {
  readonly #connection: Connection
  /** Stays over restarts: it belongs to the checkpoint. */
  readonly id: string
  /** New with each start. */
  readonly runId: string
  readonly name: string | null

  /** @internal */
  constructor(connection: Connection, id: string, runId: string, name: string | null) {
    this.#connection = connection
    this.id = id
    this.runId = runId
    this.name = name
  }

  get isActive(): boolean {
    return this.#status().isActive
  }
  get status(): StreamingQueryStatus {
    const { message, isDataAvailable, isTriggerActive } = this.#status()
    return { message, isDataAvailable, isTriggerActive }
  }
  /** The newest progress, or null before the first batch. */
  get lastProgress(): StreamingQueryProgress | null {
    return this.#progress({ lastProgress: true }).at(-1) ?? null
  }
  /** The newest progresses, oldest first. */
  get recentProgress(): StreamingQueryProgress[] {
    return this.#progress({ recentProgress: true })
  }

  /**
   * Every progress from now on, one a batch, until the query ends: `for await (const progress of query.progress())`.
   * Leaving the loop leaves the query running; a query that fails ends the loop with its error.
   */
  async *progress(): AsyncGenerator<StreamingQueryProgress, void, undefined> {
    const seen = new Set<string>()
    for (;;) {
      // Asked before the progress: what it says last is not lost.
      const { isActive } = this.#status()
      for (const each of this.recentProgress) {
        const key = `${each.batchId}@${each.timestamp}`
        if (seen.has(key)) continue
        seen.add(key)
        yield each
      }
      if (!isActive) {
        const failure = this.exception()
        if (failure !== null) throw failure
        return
      }
      await this.#connection.sleep(PROGRESS_POLL_MS)
    }
  }

  /** Waits until the query ends, at most `timeoutMs` of session time; true when it has. A failed query rejects with its error. */
  async awaitTermination(timeoutMs?: number): Promise<boolean> {
    if (timeoutMs !== undefined && !(timeoutMs > 0)) throw notPositive(timeoutMs)
    const command = timeoutMs === undefined ? {} : { timeoutMs: String(Math.floor(timeoutMs)) }
    const answer = await this.#ask({ awaitTermination: command })
    return answer.kind === 'streamTerminated' ? answer.terminated : true
  }
  /** Waits until everything the sources have now is written. */
  async processAllAvailable(): Promise<void> {
    await this.#ask({ processAllAvailable: true })
  }
  /** Ends the query; its checkpoint says where a new start goes on. */
  async stop(): Promise<void> {
    await this.#ask({ stop: true })
  }
  /** Why the query failed, or null. */
  exception(): Error | null {
    const answer = this.#askNow({ exception: true })
    if (answer.kind !== 'streamException' || answer.exception === null) return null
    const { message, errorClass } = answer.exception
    const prefix = `[${errorClass}] `
    return new RunnelError({
      condition: errorClass ?? '',
      message: errorClass !== null && message.startsWith(prefix) ? message.slice(prefix.length) : message,
      parameters: {},
      sqlState: null,
      domain: 'user',
      exception: 'StreamingQueryException',
      hint: null,
      contexts: [],
    })
  }
  /** Prints the plan of the last batch. */
  explain(extended = false): void {
    const answer = this.#askNow({ explain: { extended } })
    if (answer.kind === 'text') this.#connection.print(`${answer.text}\n`)
  }

  #status(): StreamingQueryStatus & { readonly isActive: boolean } {
    const answer = this.#askNow({ status: true })
    if (answer.kind !== 'streamStatus') throw new Error(`status answered with ${answer.kind}`)
    return answer.status
  }
  #progress(command: Json): StreamingQueryProgress[] {
    const answer = this.#askNow(command)
    if (answer.kind !== 'streamProgress') throw new Error(`progress answered with ${answer.kind}`)
    return answer.progress.map((text) => JSON.parse(text) as StreamingQueryProgress)
  }
  #plan(command: Json): Json {
    return { command: { streamingQueryCommand: { queryId: { id: this.id, runId: this.runId }, ...command } } }
  }
  #ask(command: Json): Promise<ExecuteResult> {
    return this.#connection.execute(this.#plan(command))
  }
  #askNow(command: Json): ExecuteResult {
    return this.#connection.executeNow(this.#plan(command))
  }
}

/** `spark.streams` */
export class StreamingQueryManager {
  readonly #connection: Connection

  /** @internal */
  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Queries of this notebook that run now. */
  get active(): StreamingQuery[] {
    return this.#queries({ active: true })
  }
  get(id: string): StreamingQuery | null {
    return this.#queries({ getQuery: id })[0] ?? null
  }
  /** Waits until any query ends. */
  async awaitAnyTermination(timeoutMs?: number): Promise<boolean> {
    if (timeoutMs !== undefined && !(timeoutMs >= 0)) throw notPositive(timeoutMs)
    const command = timeoutMs === undefined ? {} : { timeoutMs: String(Math.floor(timeoutMs)) }
    const answer = await this.#connection.execute(manager({ awaitAnyTermination: command }))
    return answer.kind === 'streamTerminated' ? answer.terminated : true
  }
  /** Forgets queries that ended, so that `awaitAnyTermination` waits for the next one. */
  resetTerminated(): void {
    this.#connection.executeNow(manager({ resetTerminated: true }))
  }

  #queries(command: Json): StreamingQuery[] {
    const answer = this.#connection.executeNow(manager(command))
    if (answer.kind !== 'streams') throw new Error(`streams answered with ${answer.kind}`)
    return answer.queries.map(({ id, runId, name }) => new StreamingQuery(this.#connection, id, runId, name))
  }
}

function manager(command: Json): Json {
  return { command: { streamingQueryManagerCommand: command } }
}

function notPositive(timeoutMs: number) {
  return userError('VALUE_NOT_POSITIVE', `Value for \`timeout\` must be positive, got '${timeoutMs}'.`, {
    exception: 'IllegalArgumentException',
    parameters: { arg_name: 'timeout', arg_value: String(timeoutMs) },
  })
}
