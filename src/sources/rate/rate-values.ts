import type { Batch, Column, StructType } from '../../protocol/columns'
import type { RateOptions } from './options'

export const RATE_SCHEMA: StructType = {
  kind: 'struct',
  fields: [
    { name: 'timestamp', type: { kind: 'timestamp' }, nullable: true },
    { name: 'value', type: { kind: 'long' }, nullable: true },
  ],
}

/** Values made before second `seconds`: the speed climbs by equal steps through the ramp, then stays. */
export function valueAtSecond(seconds: bigint, { rowsPerSecond, rampUpTimeSeconds }: RateOptions): bigint {
  const ramp = BigInt(rampUpTimeSeconds)
  const speedStep = rowsPerSecond / (ramp + 1n)
  const climbed = seconds <= ramp ? seconds : ramp
  const inRamp = (speedStep * climbed * (climbed + 1n)) / 2n
  return seconds <= ramp ? inRamp : inRamp + (seconds - ramp) * rowsPerSecond
}

const ROWS_PER_BATCH = 10_000

/** Rows of the seconds `(start, end]`, in value order; timestamps spread evenly over them. */
export function* rateBatches(
  start: bigint,
  end: bigint,
  createdMs: number,
  options: RateOptions,
  columns: readonly string[] | null,
): Generator<Batch> {
  const first = valueAtSecond(start, options)
  const numRows = Number(valueAtSecond(end, options) - first)
  const startMs = createdMs + Number(start) * 1000
  const msPerValue = (Number(end - start) * 1000) / numRows
  const fields = RATE_SCHEMA.fields.filter((field) => columns === null || columns.includes(field.name))
  for (let from = 0; from < numRows; from += ROWS_PER_BATCH) {
    const length = Math.min(ROWS_PER_BATCH, numRows - from)
    const made = fields.map(({ name, type }): Column => {
      const values = new BigInt64Array(length)
      for (let i = 0; i < length; i++) {
        values[i] =
          name === 'value' ? first + BigInt(from + i) : BigInt(startMs + Math.round((from + i) * msPerValue)) * 1000n
      }
      return { layout: 'fixed', type, length, validity: null, values }
    })
    yield { schema: { kind: 'struct', fields }, numRows: length, columns: made }
  }
}
