import type { Column } from '../../protocol/columns'
import type { BatchInsight, EventTimeRows, FilterInsight, LateRows, ParseInsight } from '../../protocol/workers/insight'
import type { PlanProbe } from '../expressions/bound'

/** Counts of one micro-batch that explain an empty result (B28): operators report here, a batch of columns at a time. */
export class BatchInsightCollector implements PlanProbe {
  readonly #filters = new Map<string, FilterInsight>()
  readonly #parses = new Map<string, { numRows: number; fields: Map<string, number> }>()
  #numOutputRows = 0

  filtered(condition: string, numInputRows: number, numOutputRows: number): void {
    const known = this.#filters.get(condition)
    this.#filters.set(condition, {
      condition,
      numInputRows: (known?.numInputRows ?? 0) + numInputRows,
      numOutputRows: (known?.numOutputRows ?? 0) + numOutputRows,
    })
  }

  parsed(name: string, column: Column): void {
    const known = this.#parses.get(name) ?? { numRows: 0, fields: new Map<string, number>() }
    known.numRows += column.length
    if (column.layout === 'struct') {
      const { fields } = column.type
      column.children.forEach((child, index) => {
        const numNulls = nullsOf(child, column.validity)
        known.fields.set(fields[index].name, (known.fields.get(fields[index].name) ?? 0) + numNulls)
      })
    }
    this.#parses.set(name, known)
  }

  delivered(numRows: number): void {
    this.#numOutputRows += numRows
  }

  finish(late: LateRows | null, eventTimes: EventTimeRows | null = null): BatchInsight {
    const parses = [...this.#parses].map(([column, { numRows, fields }]): ParseInsight => ({
      column,
      numRows,
      fields: [...fields].map(([name, numNulls]) => ({ name, numNulls })),
    }))
    return {
      numOutputRows: this.#numOutputRows,
      filters: [...this.#filters.values()],
      parses,
      ...(late === null ? {} : { late }),
      ...(eventTimes === null ? {} : { eventTimes }),
    }
  }
}

/** Rows without a value, also where the struct around them is NULL. */
function nullsOf(child: Column, outer: Uint8Array | null): number {
  const { length, validity, layout } = child
  if (layout === 'void') return length
  if (validity === null && outer === null) return 0
  let valid = 0
  if (outer === null) for (let row = 0; row < length; row++) valid += validity![row]
  else if (validity === null) for (let row = 0; row < length; row++) valid += outer[row]
  else for (let row = 0; row < length; row++) valid += validity[row] & outer[row]
  return length - valid
}
