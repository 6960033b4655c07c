import { expect, test } from 'vitest'
import { LocalBroker } from '../../broker/local/local-broker'
import { partitionOfKey } from '../../broker/local/key-hash'
import { batchFromRows } from '../../engine/batch/from-values'
import { OptionMap } from '../../engine/ports/options'
import { parseDdl } from '../../engine/types/type-ddl'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { definition } from '.'
import { sendEvents } from './send-events'

const HUB = 'out'
const brokerOf = () => new LocalBroker(new MemoryFileStore(), { nowMs: () => 1_000 })
const batchOf = (ddl: string, rows: unknown[][]) => batchFromRows(parseDdl(ddl), rows)
const check = (ddl: string) => definition.checkBatch!(new OptionMap({}), parseDdl(ddl), 'Append')

test('a key goes to the partition that the service chooses, a partition to itself, the rest take turns', async () => {
  const broker = brokerOf()
  const ddl = 'body STRING, partitionKey STRING, partition STRING, properties MAP<STRING, STRING>'
  const rows = [
    ['keyed', 'device-7', null, new Map([['kind', 'click']])],
    ['placed', null, '3', null],
    ['first', null, null, null],
    ['second', null, null, null],
  ]
  expect(await sendEvents(broker, HUB, [batchOf(ddl, rows)])).toBe(4)
  const bodies: string[][] = []
  for (const [partition, { next }] of (await broker.bounds(HUB)).entries()) {
    const { numRows, values, valueOffsets } = await broker.read(HUB, partition, 0, next)
    bodies.push(
      Array.from({ length: numRows }, (_, row) =>
        new TextDecoder().decode(values.subarray(valueOffsets[row], valueOffsets[row + 1])),
      ),
    )
  }
  const keyed = partitionOfKey('device-7', 4)
  expect(bodies[keyed]).toContain('keyed')
  expect(bodies[3]).toContain('placed')
  expect(bodies[0]).toContain('first')
  expect(bodies[1]).toContain('second')
  const batch = await broker.read(HUB, keyed, 0, 1)
  expect([batch.keys, batch.properties]).toEqual([['device-7'], [{ kind: 'click' }]])
})

test('columns are refused in the words of the connector', () => {
  expect(() => check('value STRING')).toThrow("Required attribute 'body' not found.")
  expect(() => check('body INT')).toThrow('body attribute type must be a String or BinaryType.')
  expect(() => check('body STRING, partition INT')).toThrow('partition attribute unsupported type int')
  expect(() => check('body STRING, properties STRING')).toThrow('properties attribute unsupported type string')
  expect(() => check('body BINARY, partitionId STRING, other INT')).not.toThrow()
})

test('a row with key and partition, without a body or with a NULL property is refused, and nothing of the batch is sent', async () => {
  const broker = brokerOf()
  const send = (ddl: string, row: unknown[]) => sendEvents(broker, HUB, [batchOf(`body STRING, ${ddl}`, [row])])
  await expect(send('partitionKey STRING, partition STRING', ['x', 'k', '1'])).rejects.toThrow(
    'Both a partitionKey (k) and partition (1) have been detected. Both can not be set.',
  )
  await expect(send('note STRING', [null, 'x'])).rejects.toThrow('body can not be null')
  await expect(send('properties MAP<STRING, STRING>', ['x', new Map([['a', null]])])).rejects.toThrow(
    'Properties cannot',
  )
  await expect(send('partition STRING', ['x', '9'])).rejects.toThrow('The partition 9 does not exist.')
  expect((await broker.bounds(HUB)).every(({ next }) => next === 0)).toBe(true)
})

test('save modes other than append are refused, and so is a string that may be a real hub', async () => {
  const schema = parseDdl('body STRING')
  expect(() => definition.checkBatch!(new OptionMap({}), schema, 'Overwrite')).toThrow(
    'Save mode Overwrite not allowed',
  )
  const real = `Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=${'x'.repeat(44)};EntityPath=h`
  const prepare = definition.prepare(new OptionMap({ 'eventhubs.connectionString': real }), {} as never)
  await expect(prepare).rejects.toThrow('This looks like a real Event Hub')
  await expect(definition.prepare(new OptionMap({}), {} as never)).rejects.toThrow('connectionString is not set')
})
