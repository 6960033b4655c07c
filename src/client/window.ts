import { sortOrderOf, toColumn, flatten } from './column'
import type { ColumnOrName } from './column'
import type { Json } from './connection'

const UNBOUNDED_PRECEDING = -Infinity
const UNBOUNDED_FOLLOWING = Infinity

type Frame = { readonly kind: 'ROW' | 'RANGE'; readonly start: number; readonly end: number }

/** Which rows a function looks at beside its own: partition, order and frame. */
export class WindowSpec {
  readonly #partition: readonly ColumnOrName[]
  readonly #order: readonly ColumnOrName[]
  readonly #frame: Frame | null

  /** @internal */
  constructor(
    partition: readonly ColumnOrName[] = [],
    order: readonly ColumnOrName[] = [],
    frame: Frame | null = null,
  ) {
    this.#partition = partition
    this.#order = order
    this.#frame = frame
  }

  partitionBy(...cols: readonly (ColumnOrName | readonly ColumnOrName[])[]): WindowSpec {
    return new WindowSpec(flatten(cols), this.#order, this.#frame)
  }
  orderBy(...cols: readonly (ColumnOrName | readonly ColumnOrName[])[]): WindowSpec {
    return new WindowSpec(this.#partition, flatten(cols), this.#frame)
  }
  /** Rows from `start` to `end`, counted from the current row (0). */
  rowsBetween(start: number, end: number): WindowSpec {
    return new WindowSpec(this.#partition, this.#order, { kind: 'ROW', start, end })
  }
  /** Rows whose order value lies between the current one plus `start` and plus `end`. */
  rangeBetween(start: number, end: number): WindowSpec {
    return new WindowSpec(this.#partition, this.#order, { kind: 'RANGE', start, end })
  }

  /** @internal */
  over(windowFunction: Json): Json {
    const frame = this.#frame
    return {
      window: {
        windowFunction,
        partitionSpec: this.#partition.map((column) => toColumn(column).expression),
        orderSpec: this.#order.map(sortOrderOf),
        ...(frame === null
          ? {}
          : {
              frameSpec: {
                frameType: `FRAME_TYPE_${frame.kind}`,
                lower: boundary(frame.kind, frame.start),
                upper: boundary(frame.kind, frame.end),
              },
            }),
      },
    }
  }
}

function boundary(kind: Frame['kind'], value: number): Json {
  if (value === 0) return { currentRow: true }
  if (Math.abs(value) >= Number.MAX_SAFE_INTEGER) return { unbounded: true }
  return { value: { literal: kind === 'ROW' ? { integer: value } : { long: String(value) } } }
}

/** Starts a window specification. */
export const Window = {
  unboundedPreceding: UNBOUNDED_PRECEDING,
  unboundedFollowing: UNBOUNDED_FOLLOWING,
  currentRow: 0,
  partitionBy: (...cols: readonly (ColumnOrName | readonly ColumnOrName[])[]): WindowSpec =>
    new WindowSpec().partitionBy(...cols),
  orderBy: (...cols: readonly (ColumnOrName | readonly ColumnOrName[])[]): WindowSpec =>
    new WindowSpec().orderBy(...cols),
  rowsBetween: (start: number, end: number): WindowSpec => new WindowSpec().rowsBetween(start, end),
  rangeBetween: (start: number, end: number): WindowSpec => new WindowSpec().rangeBetween(start, end),
}
