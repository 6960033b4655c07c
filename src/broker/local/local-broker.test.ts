import { describe, expect, test } from 'vitest'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { START_MS, bodies, describeBroker, events } from '../broker.contract'
import { LocalBroker } from './local-broker'

describeBroker('local broker over memory files', async () => {
  const files = new MemoryFileStore()
  let nowMs = START_MS
  const open = () => new LocalBroker(files, { nowMs: () => nowMs })
  return { broker: open(), passMs: (ms) => (nowMs += ms), restart: async () => open() }
})

function localBroker(files = new MemoryFileStore()) {
  return new LocalBroker(files, { nowMs: () => START_MS })
}

describe('local broker', () => {
  test('a connection without EntityPath means the hub a producer last opened with it', async () => {
    const files = new MemoryFileStore()
    const broker = localBroker(files)
    const workshop = 'Endpoint=sb://...'
    expect(await broker.hubFor(workshop, null)).toBe('your-event-hub-name')
    expect(await broker.hubFor(workshop, 'clicks')).toBe('clicks')
    expect(await broker.hubFor('Endpoint=sb://other', 'orders')).toBe('orders')
    expect(await broker.hubFor(workshop, null)).toBe('clicks')
    expect(await localBroker(files).hubFor(workshop, null)).toBe('clicks')
  })

  test('EntityPath names the hub unless the caller names one', async () => {
    const broker = localBroker()
    expect(await broker.hubFor('Endpoint=sb://x/;EntityPath=orders', null)).toBe('orders')
    expect(await broker.hubFor('Endpoint=sb://x/;EntityPath=orders', 'clicks')).toBe('clicks')
  })

  test('the remembered connections hold nothing of the strings', async () => {
    const files = new MemoryFileStore()
    await localBroker(files).hubFor('Endpoint=sb://x/;SharedAccessKey=topsecret', 'clicks')
    expect(new TextDecoder().decode(await files.read('/hubs/connections.json'))).not.toMatch(/secret|sb:/)
  })

  test('a deleted hub is gone with its events, and its name starts at zero', async () => {
    const files = new MemoryFileStore()
    const broker = localBroker(files)
    await broker.append('clicks', events(['a'], { partition: 0 }))
    await broker.deleteHub('clicks')
    expect(await broker.hubNames()).toEqual([])
    await broker.append('clicks', events(['b'], { partition: 0 }))
    expect(bodies(await broker.read('clicks', 0, 0, 1))).toEqual(['b'])
  })

  test('a deletion that was cut short does not bring old events back', async () => {
    const files = new MemoryFileStore()
    const broker = localBroker(files)
    await broker.createHub('clicks', 2)
    await broker.append('clicks', events(['a'], { partition: 0 }))
    await files.remove('/hubs/clicks/hub.json')
    expect(await localBroker(files).bounds('clicks')).toHaveLength(4)
  })

  test('a hub keeps the partition count it was made with', async () => {
    const broker = localBroker()
    await broker.createHub('wide', 8)
    expect(await broker.partitions('wide')).toBe(8)
    await expect(broker.createHub('wide', 4)).rejects.toMatchObject({ condition: 'HUB_ALREADY_EXISTS' })
  })
})
