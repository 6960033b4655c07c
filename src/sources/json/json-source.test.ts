import { expect, test } from 'vitest'
import { batchToRows } from '../../engine/batch/to-values'
import { OptionMap } from '../../engine/ports/options'
import type { SourceContext, StreamSource } from '../../engine/ports/source'
import { parseDdl } from '../../engine/types/type-ddl'
import { MemoryFileStore } from '../../storage/files/memory-file-store'
import { definition } from '.'

const SCHEMA = parseDdl('a INT, b STRING, _corrupt_record STRING')
const clock = { nowMs: () => 0, realNowMs: () => 0, sleep: async () => {} }

function contextOf(files: MemoryFileStore): SourceContext {
  return {
    files,
    clock,
    broker: () => {
      throw new Error('no broker here')
    },
    metadataPath: '/checkpoint/sources/0',
    conf: {},
  }
}

const put = (files: MemoryFileStore, name: string, text: string) =>
  files.write(`/fs/in/${name}`, new TextEncoder().encode(text))

async function rowsOf(stream: StreamSource, start: string | null, end: string): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const batch of stream.read(start, end, ['a', 'b'])) rows.push(...batchToRows(batch))
  return rows
}

const textOf = async (files: MemoryFileStore, path: string) => new TextDecoder().decode(await files.read(path))

test('new files come one offset at a time, and a restart reads the same ones again', async () => {
  const files = new MemoryFileStore()
  await put(files, 'f 1.json', '{"a":1,"b":"x"}\n{"a":2}\n')
  await put(files, '_hidden.json', '{"a":9}')
  const options = new OptionMap({ path: '/in', maxFilesPerTrigger: '1' })
  const stream = await definition.open!(options, SCHEMA, contextOf(files))
  expect(stream.description).toBe('FileStreamSource[file:/fs/in]')
  expect(await stream.latestOffset(null, { kind: 'default' })).toEqual({ end: '{"logOffset":0}', latest: null })
  expect(await rowsOf(stream, null, '{"logOffset":0}')).toEqual([
    { a: 1, b: 'x' },
    { a: 2, b: null },
  ])
  expect(await textOf(files, '/checkpoint/sources/0/0')).toMatch(
    /^v1\n\{"path":"file:\/\/\/fs\/in\/f%201\.json","timestamp":\d+,"batchId":0\}$/,
  )

  await put(files, 'g.json', '{"a":3}')
  await put(files, 'h.json', '{"a":4}')
  const restarted = await definition.open!(options, SCHEMA, contextOf(files))
  expect((await restarted.latestOffset('{"logOffset":0}', { kind: 'default' })).end).toBe('{"logOffset":1}')
  expect(await rowsOf(restarted, '{"logOffset":0}', '{"logOffset":1}')).toEqual([{ a: 3, b: null }])
  expect(await rowsOf(restarted, null, '{"logOffset":0}')).toHaveLength(2)
  expect((await restarted.latestOffset('{"logOffset":1}', { kind: 'all' })).end).toBe('{"logOffset":2}')
  expect((await restarted.latestOffset('{"logOffset":2}', { kind: 'all' })).end).toBe('{"logOffset":2}')
})

test('every tenth log file repeats all entries before it', async () => {
  const files = new MemoryFileStore()
  for (let i = 0; i < 12; i++) await put(files, `f${String(i).padStart(2, '0')}.json`, `{"a":${i}}`)
  const options = new OptionMap({ path: '/in', maxFilesPerTrigger: '1' })
  const stream = await definition.open!(options, SCHEMA, contextOf(files))
  for (let i = 0; i < 12; i++) await stream.latestOffset(null, { kind: 'default' })
  expect((await textOf(files, '/checkpoint/sources/0/9.compact')).split('\n')).toHaveLength(11)
  const restarted = await definition.open!(options, SCHEMA, contextOf(files))
  expect((await restarted.latestOffset(null, { kind: 'default' })).end).toBe('{"logOffset":11}')
  expect(await rowsOf(restarted, '{"logOffset":8}', '{"logOffset":10}')).toEqual([
    { a: 9, b: null },
    { a: 10, b: null },
  ])
})

test('a folder without files has no offset, and options are refused in the words of Spark', async () => {
  const files = new MemoryFileStore()
  const stream = await definition.open!(new OptionMap({ path: '/in' }), SCHEMA, contextOf(files))
  expect((await stream.latestOffset(null, { kind: 'default' })).end).toBeNull()
  const open = (options: Record<string, string>) =>
    definition.open!(new OptionMap({ path: '/in', ...options }), SCHEMA, contextOf(files))
  await expect(open({ maxFilesPerTrigger: '0' })).rejects.toThrow(
    "Invalid value '0' for option 'maxFilesPerTrigger', must be a positive integer",
  )
  await expect(open({ maxFilesPerTrigger: '1', maxBytesPerTrigger: '1' })).rejects.toThrow(
    "can't be both set at the same time",
  )
  const schema = definition.schema(new OptionMap({ path: '/in' }), null, {
    files,
    streaming: true,
    compatibility: 'strict',
    lenient: () => {},
  })
  await expect(schema).rejects.toThrow('Schema must be specified when creating a streaming source DataFrame.')
})

test('a batch read infers the schema, spreads arrays over rows, skips blank lines and keeps malformed ones', async () => {
  const files = new MemoryFileStore()
  await put(files, 'x.json', '{"b":"q","a":1}\r\n\n[{"a":2},{"a":3}]\nbad\n{"a":{"k": [1.50 ]}}')
  const options = new OptionMap({ path: '/in' })
  const context = { files, clock, broker: contextOf(files).broker }
  const inferred = await definition.schema(options, null, {
    files,
    streaming: false,
    compatibility: 'strict',
    lenient: () => {},
  })
  expect(inferred.fields.map((field) => field.name)).toEqual(['_corrupt_record', 'a', 'b'])
  const rows: unknown[] = []
  for await (const batch of definition.scan!(options, parseDdl('a STRING, _corrupt_record STRING'), null, context))
    rows.push(...batchToRows(batch))
  expect(rows).toEqual([
    { a: '1', _corrupt_record: null },
    { a: '2', _corrupt_record: null },
    { a: '3', _corrupt_record: null },
    { a: null, _corrupt_record: 'bad' },
    { a: '{"k": [1.50 ]}', _corrupt_record: null },
  ])
})
