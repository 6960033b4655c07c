import type { JsonValue } from '@bufbuild/protobuf'
import { percentile } from '../case'
import type { BenchCase } from '../case'
import { breakdown, triggerDurations } from '../triggers'
import { readHub, toDelta } from '../workspace'
import { bodiesOf, eventTexts } from './event-data'
import { EVENT_DDL } from './windowed-aggregate'
import { overBodies } from './windowed-pipeline'

const ROWS_PER_TRIGGER = 10_000
const WARM_UP_TRIGGERS = 10
const TRIGGERS = 40
const HUB = 'events'

/**
 * The pipeline of `windowed-pipeline` in append mode into a Delta table: hub -> from_json -> filter -> watermark -> window, closed
 * windows appended, with offsets, state version, data file, log entry and commit durable in OPFS. The page's own workers do it; the
 * rate is rows over `triggerExecution`, the first ten triggers left out.
 */
export const benchCase: BenchCase = {
  name: 'windowed-to-delta',
  goal: null,
  async run() {
    const body: JsonValue = {
      cast: { expr: { unresolvedAttribute: { unparsedIdentifier: 'body' } }, typeStr: 'string' },
    }
    const input: JsonValue = {
      project: {
        input: readHub(HUB, ROWS_PER_TRIGGER),
        expressions: [{ alias: { name: ['value'], expr: body } }],
      },
    }
    const durations = await triggerDurations({
      rowsPerTrigger: ROWS_PER_TRIGGER,
      numWarmUp: WARM_UP_TRIGGERS,
      numTriggers: TRIGGERS,
      fill: async ({ broker, append }) => {
        await broker.createHub(HUB, 1)
        const texts = eventTexts((WARM_UP_TRIGGERS + TRIGGERS) * ROWS_PER_TRIGGER)
        for (let start = 0; start < texts.length; start += ROWS_PER_TRIGGER) {
          const { length, bytes, offsets } = bodiesOf(texts.slice(start, start + ROWS_PER_TRIGGER))
          await append(HUB, { numRows: length, values: bytes, valueOffsets: offsets, partition: 0 })
        }
      },
      start: toDelta('windows', overBodies(EVENT_DDL, input)),
    })
    const total = durations.map((duration) => duration.triggerExecution)
    const totalMs = total.reduce((sum, ms) => sum + ms, 0)
    return {
      ours: (TRIGGERS * ROWS_PER_TRIGGER) / totalMs / 1000,
      unit: 'Mrows/s',
      peer: null,
      ratio: null,
      detail: `p50 ${percentile(total, 50)}, p99 ${percentile(total, 99)} ms, ${TRIGGERS} triggers of ${ROWS_PER_TRIGGER} rows; p50 ms: ${breakdown(durations)}`,
    }
  },
}
