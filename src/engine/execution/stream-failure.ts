import { RunnelError, errorShape, fullMessage } from '../../protocol/errors/runnel-error'
import type { ErrorShape } from '../../protocol/errors/runnel-error'
import type { QueryId, RunId } from '../../protocol/ids'
import type { OffsetJson } from '../ports/source'

/** Where a query stood when it failed. Offsets are one entry a source, null = none yet. */
export type QueryPosition = {
  readonly id: QueryId
  readonly runId: RunId
  readonly name: string | null
  readonly state: 'INITIALIZING' | 'ACTIVE'
  readonly sources: readonly {
    readonly description: string
    readonly committed: OffsetJson | null
    readonly available: OffsetJson | null
  }[]
  /** `start` and `end` lines of the batch, one a use of a source. */
  readonly startOffsets: readonly (OffsetJson | null)[]
  readonly endOffsets: readonly (OffsetJson | null)[]
  readonly planText: string | null
}

/**
 * Spark's `StreamingQueryException`. `message` is what STREAM_FAILED says; the parameters hold the offsets of the batch
 * (`startOffset`, `endOffset`, like `[{"logOffset":1}]`) and the debug block (`queryDebugString`); `cause` is the error itself.
 */
export function streamFailure(thrown: unknown, position: QueryPosition): RunnelError {
  const cause = errorShape(thrown)
  const causeText = causeMessage(cause)
  const shape: ErrorShape = {
    condition: 'STREAM_FAILED',
    message: `Query [id = ${position.id}, runId = ${position.runId}] terminated with exception: ${causeText}`,
    parameters: {
      id: position.id,
      runId: position.runId,
      message: causeText,
      startOffset: offsetsText(position.startOffsets),
      endOffset: offsetsText(position.endOffsets),
      queryDebugString: debugString(position),
    },
    sqlState: 'XXKST',
    domain: cause.domain,
    exception: 'StreamingQueryException',
    hint: cause.hint,
    contexts: [],
    cause,
  }
  return new RunnelError(shape, { cause: thrown })
}

/** What Spark prints for the exception: the STREAM_FAILED line, then the debug block. */
export function streamFailureText(shape: ErrorShape): string {
  const debug = shape.parameters.queryDebugString
  return debug === undefined ? fullMessage(shape) : `${fullMessage(shape)}\n${debug}`
}

/** The words after `terminated with exception: `, also in the status line. */
export function causeMessage(cause: ErrorShape): string {
  return fullMessage(cause)
}

function offsetsText(offsets: readonly (OffsetJson | null)[]): string {
  return `[${offsets.map((offset) => offset ?? '-').join(', ')}]`
}

function debugString(position: QueryPosition): string {
  const progress = (pick: 'committed' | 'available') =>
    `{${position.sources
      .filter((source) => source[pick] !== null)
      .map((source) => `${source.description}: ${source[pick]}`)
      .join(',')}}`
  const identifier = `${position.name === null ? '' : `${position.name} `}[id = ${position.id}, runId = ${position.runId}]`
  const head =
    `=== Streaming Query ===\nIdentifier: ${identifier}\n` +
    `Current Committed Offsets: ${progress('committed')}\nCurrent Available Offsets: ${progress('available')}\n\n` +
    `Current State: ${position.state}\nThread State: RUNNABLE`
  if (position.state === 'INITIALIZING' || position.planText === null) return head
  return `${head}\n\nLogical Plan:\n${position.planText}\n`
}
