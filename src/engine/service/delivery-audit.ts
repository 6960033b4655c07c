import { userError } from '../../protocol/errors/runnel-error'
import type { QueryId } from '../../protocol/ids'
import type { Batch, StructType } from '../../protocol/columns'
import type { DeliveryAudit, PlanFacts } from '../../protocol/workers/insight'
import { sliceBatch } from '../batch/slice'
import { batchToRows } from '../batch/to-values'
import type { Broker } from '../ports/broker'
import type { EngineService } from './engine-service'
import type { QueryRun } from './query-run'

/** Rows or events looked at before the engine worker lets others go on: some milliseconds of work. */
const CHUNK = 1_000

type HubEvent = {
  readonly partition: number
  readonly sequence: number
  readonly fields: Readonly<Record<string, unknown>> | null
}

/** What tells two events apart, found in hub and table alike. */
type Identity = {
  readonly text: string
  /** Table columns to read; null = all. */
  readonly columns: readonly string[] | null
  readonly ofRow: (row: Readonly<Record<string, unknown>>) => string
  /** Null when events cannot be told apart by what the table keeps. */
  readonly ofEvent: ((event: HubEvent) => string) | null
}

/**
 * Sent, in table, distinct, lost, doubled (B21): every event of the hub against every row of the table, both read in full, so
 * that the numbers are what the files say and not what progress events say.
 */
export async function auditDelivery(service: EngineService, query: QueryId): Promise<DeliveryAudit> {
  const run = service.queries.get(query)
  if (run === null) throw userError('STREAMING_QUERY_NOT_FOUND', `There is no streaming query with id ${query}.`)
  const hub = onlyHub(run)
  const broker = service.ports.broker('')
  const events = await readHub(service, broker, hub)
  const table = await openTable(service, run)
  const readTo = await committedEnds(service, run)
  const readFrom = await firstStarts(service, run)
  const identity = identityOf(table.schema, events, run.launch.facts ?? null)

  const copies = new Map<string, number>()
  let numInTable = 0
  for await (const batch of table.scan(identity.columns)) {
    for (let start = 0; start < batch.numRows; start += CHUNK) {
      const rows = batchToRows(sliceBatch(batch, start, Math.min(batch.numRows, start + CHUNK)))
      numInTable += rows.length
      for (const row of rows) {
        const key = identity.ofRow(row)
        copies.set(key, (copies.get(key) ?? 0) + 1)
      }
      await service.ports.afterRealMs(0)
    }
  }
  const read = events.filter(
    ({ partition, sequence }) => sequence < (readTo[partition] ?? 0) && sequence >= (readFrom?.[partition] ?? 0),
  )
  const leavesOut = leavesRowsOut(run.launch.facts ?? null)
  const { ofEvent } = identity
  const isComparable = ofEvent !== null && leavesOut === null && readFrom !== null
  const numDoubled = numInTable - copies.size
  return {
    numSent: events.length,
    numRead: read.length,
    numInTable,
    identity: identity.text,
    numDistinct: copies.size,
    numLost: isComparable ? read.filter((event) => !copies.has(ofEvent(event))).length : null,
    numDoubled,
    remark:
      numDoubled > 0 ? whyDoubled(run, ofEvent !== null) : isComparable ? null : whyNotComparable(leavesOut, identity),
  }
}

function onlyHub({ launch }: QueryRun): string {
  const hubs = launch.sources.filter(({ broker }) => broker !== null)
  if (hubs.length === 1 && launch.sources.length === 1) return hubs[0].label
  throw userError(
    'NOTHING_TO_COMPARE',
    'This query does not read one hub alone, so there is no count of events to compare with.',
    {
      hint: 'Look at the query that reads the hub.',
    },
  )
}

async function readHub(service: EngineService, broker: Broker, hub: string): Promise<HubEvent[]> {
  const events: HubEvent[] = []
  const decoder = new TextDecoder()
  const bounds = await broker.bounds(hub)
  for (const [partition, { begin, next }] of bounds.entries()) {
    for (let from = begin; from < next; from += CHUNK) {
      const batch = await broker.read(hub, partition, from, Math.min(next, from + CHUNK))
      for (let i = 0; i < batch.numRows; i++) {
        const body = decoder.decode(batch.values.subarray(batch.valueOffsets[i], batch.valueOffsets[i + 1]))
        events.push({ partition, sequence: batch.firstSequence + i, fields: fieldsOf(body) })
      }
      await service.ports.afterRealMs(0)
    }
  }
  return events
}

function fieldsOf(body: string): HubEvent['fields'] {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null
  } catch {
    // A malformed event is an event: it counts as sent and has no fields.
    return null
  }
}

type Rows = { readonly schema: StructType; scan(columns: readonly string[] | null): AsyncIterable<Batch> }

async function openTable(service: EngineService, run: QueryRun): Promise<Rows> {
  const { sink, name } = run.launch
  if (sink.format === 'memory' && name !== null) {
    const memory = service.session(run.session).memoryTables.get(name.toLowerCase())

    if (memory !== undefined)
      return {
        schema: memory.schema,
        scan: async function* () {
          yield* memory.batches
        },
      }
  }
  const folders = sink.format === 'delta' ? [sink.options['path'] ?? ''] : [...run.writtenFolders]
  if (folders.length !== 1) {
    throw userError(
      'NOTHING_TO_COMPARE',
      folders.length === 0
        ? `A ${sink.format} sink keeps no rows to count${sink.format === 'foreachBatch' ? ' yet: its function has written no table' : ''}.`
        : `The foreachBatch function writes ${folders.length} tables; there is no one table to count.`,
    )
  }
  const table = await service.ports.tables.open(folders[0])
  if (table === null)
    throw userError('NOTHING_TO_COMPARE', 'The table is not there yet: no batch with rows has been written.')
  return table
}

/** By partition, the sequence number after the last one that a committed batch read, as the checkpoint says. */
async function committedEnds(service: EngineService, run: QueryRun): Promise<Readonly<Record<number, number>>> {
  const { files } = service.ports
  const root = run.launch.checkpointPath
  const batches = (await files.list(`${root}/commits`)).map(({ name }) => (/^\d+$/.test(name) ? Number(name) : -1))
  const last = Math.max(-1, ...batches)
  if (last === -1) return {}
  const text = new TextDecoder().decode(await files.read(`${root}/offsets/${last}`))
  return offsetsOf(text.split('\n')[2]) ?? {}
}

/** By partition, where the first batch began: `sources/0/0`, which the hub sources write once; null when there is none. */
async function firstStarts(service: EngineService, run: QueryRun): Promise<Readonly<Record<number, number>> | null> {
  const { files } = service.ports
  const path = `${run.launch.checkpointPath}/sources/0/0`
  if ((await files.stat(path)) === null) return null
  const text = new TextDecoder().decode(await files.read(path))
  return offsetsOf(text.slice(text.indexOf('{')))
}

/** `{"hub": {"0": 12, "1": 9}}` of both hub sources. */
function offsetsOf(json: string | undefined): Record<number, number> | null {
  if (json === undefined || !json.startsWith('{')) return null
  const partitions: unknown = Object.values(JSON.parse(json) as object)[0]
  return typeof partitions === 'object' && partitions !== null ? (partitions as Record<number, number>) : null
}

const POSITIONS = ['sequencenumber', 'offset']

function identityOf(schema: StructType, events: readonly HubEvent[], facts: PlanFacts | null): Identity {
  const columns = new Map(schema.fields.map(({ name }) => [name.toLowerCase(), name]))
  const wholeRow: Identity = { text: 'the whole row', columns: null, ofRow: textOfRow, ofEvent: null }
  if (facts !== null && (facts.multipliesRows || facts.stateful.includes('aggregate'))) return wholeRow
  const partition = columns.get('partition')
  const position = POSITIONS.map((name) => columns.get(name)).find((name) => name !== undefined)
  if (partition !== undefined && position !== undefined) {
    return {
      text: `${partition} and ${position}`,
      columns: [partition, position],
      ofRow: (row) => `${String(row[partition])}/${String(row[position])}`,
      ofEvent: ({ partition: at, sequence }) => `${at}/${sequence}`,
    }
  }
  const field = distinctField(events, columns)
  if (field === null) return wholeRow
  const column = columns.get(field.toLowerCase()) ?? field
  return {
    text: column,
    columns: [column],
    ofRow: (row) => textOfValue(row[column]),
    ofEvent: ({ fields }) => textOfValue(fields?.[field]),
  }
}

/** The first field of the bodies that the table keeps and that no two events share. */
function distinctField(events: readonly HubEvent[], columns: ReadonlyMap<string, string>): string | null {
  const first = events.find(({ fields }) => fields !== null)?.fields ?? {}
  for (const field of Object.keys(first)) {
    if (!columns.has(field.toLowerCase())) continue
    const seen = new Set<string>()
    const isDistinct = events.every(({ fields }) => {
      const value = fields?.[field]
      if (typeof value !== 'string' && typeof value !== 'number') return false
      const text = String(value)
      if (seen.has(text)) return false
      seen.add(text)
      return true
    })
    if (isDistinct) return field
  }
  return null
}

function textOfRow(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}

function textOfValue(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  return JSON.stringify(value)
}

/** Why an event may be missing from the table without being lost; null = it may not. */
function leavesRowsOut(facts: PlanFacts | null): string | null {
  if (facts === null) return 'Its plan is not known any more'
  if (facts.stateful.includes('aggregate')) return 'It writes groups, not events'
  if (facts.stateful.length > 0) return 'Its plan drops or pairs events'
  if (facts.multipliesRows) return 'explode makes none or several rows of an event'
  if (facts.numFilters > 0) return 'Its filter leaves events out'
  return null
}

function whyNotComparable(leavesOut: string | null, identity: Identity): string {
  if (leavesOut !== null) return `${leavesOut}: an event that is not in the table need not be lost.`
  if (identity.ofEvent === null)
    return 'No column of the table tells two events apart, so lost events cannot be counted.'
  return 'The query began in the middle of the hub, so events before its start are not counted as lost.'
}

function whyDoubled({ launch }: QueryRun, isByEvent: boolean): string {
  switch (launch.sink.format) {
    case 'foreachBatch':
      return 'A batch that was written before the crash ran again, and the function appended its rows again. Give the write .option("txnAppId", ...) and .option("txnVersion", batch_id).'
    case 'memory':
      return 'A memory table forgets which batches it has when the query starts anew.'
    default:
      return isByEvent
        ? 'The table holds events more than once: was it written by another query too, or was the checkpoint deleted?'
        : 'Whole rows are compared: equal rows may well be different events.'
  }
}
