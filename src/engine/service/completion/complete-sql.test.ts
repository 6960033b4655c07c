import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RunnelError } from '../../../protocol/errors/runnel-error'
import type { CompletionKind } from '../../../protocol/workers/language'
import type { InProcessEngine } from '../../../testing/in-process-engine'
import { SESSION, inProcessEngine } from '../../../testing/in-process-engine'

let engine: InProcessEngine

async function sql(query: string): Promise<void> {
  await engine.execute({ command: { sqlCommand: { input: { common: { planId: '1' }, sql: { query } } } } })
}

beforeAll(async () => {
  engine = await inProcessEngine()
  await sql('CREATE TABLE events (id INT, eventTime TIMESTAMP, agent STRUCT<platform: STRING, `os-version`: STRING>)')
  await sql('CREATE TABLE users (id INT, `full-name` STRING)')
  await sql('CREATE SCHEMA sales')
  await sql('CREATE TABLE sales.orders (orderId BIGINT)')
  await sql('CREATE TEMP VIEW recent AS SELECT id AS recentId, upper(agent.platform) AS platform FROM events')
})
afterAll(() => engine.close())

/** The text with the cursor at `|`. */
async function at(marked: string) {
  const offset = marked.indexOf('|')
  return engine.api.completeSql(SESSION, marked.replace('|', ''), offset)
}

async function labels(marked: string, ...kinds: CompletionKind[]): Promise<string[]> {
  const { items } = await at(marked)
  return items.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind)).map(({ label }) => label)
}

describe('tables', () => {
  test('behind FROM stand tables, views and schemas, and no keyword that cannot follow', async () => {
    expect(await labels('SELECT * FROM |')).toEqual(['events', 'users', 'recent', 'default', 'sales'])
    expect(await labels('SELECT * FROM events e JOIN u|')).toContain('users')
  })
  test('a schema in front narrows to its tables', async () => {
    expect(await labels('SELECT * FROM sales.|')).toEqual(['orders'])
    expect(await labels('SELECT * FROM default.ev|')).toEqual(['events', 'users'])
  })
  test('statements that change or describe a table name one', async () => {
    for (const start of ['INSERT INTO ', 'DROP TABLE ', 'DROP TABLE IF EXISTS ', 'DESCRIBE ', 'DESCRIBE HISTORY '])
      expect(await labels(`${start}|`, 'table'), start).toEqual(['events', 'users'])
    expect(await labels('CREATE TABLE |', 'table')).toEqual([])
  })
  test('tables of another query of the statement are out of scope', async () => {
    expect(await labels('SELECT | FROM users WHERE id IN (SELECT id FROM events)', 'column')).toEqual([
      'id',
      'full-name',
    ])
    expect(await labels('WITH a AS (SELECT | FROM events) SELECT * FROM users', 'alias')).toEqual(['events'])
    expect(
      await labels('SELECT * FROM users u WHERE EXISTS (SELECT 1 FROM events e WHERE |)', 'alias').then((names) =>
        names.sort(),
      ),
    ).toEqual(['e', 'u'])
  })
  test('a common table expression is a table of its statement', async () => {
    expect(await labels('WITH big AS (SELECT 1 AS n) SELECT * FROM |')).toContain('big')
    expect(await labels('WITH big AS (SELECT 1 AS n) SELECT | FROM big', 'column')).toEqual(['n'])
    expect(
      await labels('WITH big (m) AS (SELECT 1 AS n), b AS (SELECT m + 1 AS k FROM big) SELECT | FROM b', 'column'),
    ).toEqual(['k'])
  })
})

describe('columns', () => {
  test('come from the tables in scope', async () => {
    expect(await labels('SELECT | FROM events', 'column')).toEqual(['id', 'eventTime', 'agent'])
    expect(await labels('SELECT * FROM EVENTS WHERE ev|', 'column')).toContain('eventTime')
  })
  test('behind an alias and a dot stand the columns of that relation alone', async () => {
    expect(await labels('SELECT e.| FROM events e JOIN users u ON e.id = u.id')).toEqual(['id', 'eventTime', 'agent'])
    expect(await labels('SELECT * FROM events e JOIN users u ON e.id = u.|')).toEqual(['id', 'full-name'])
    expect(await labels('SELECT sales.orders.| FROM sales.orders')).toEqual(['orderId'])
    expect(await labels('SELECT nothing.| FROM events')).toEqual([])
  })
  test('a name that two relations have is written with its relation', async () => {
    const { items } = await at('SELECT i| FROM events e JOIN users u')
    const inserts = items.filter(({ kind }) => kind === 'column').map(({ insert }) => insert)
    expect(inserts).toEqual(['e.id', 'eventTime', 'agent', 'u.id', '`full-name`'])
  })
  test('fields of a struct follow its column', async () => {
    const { items } = await at('SELECT agent.| FROM events')
    expect(items.map(({ insert, detail }) => [insert, detail])).toEqual([
      ['platform', 'string'],
      ['`os-version`', 'string'],
    ])
    expect(await labels('SELECT e.agent.pl| FROM events e')).toEqual(['platform', 'os-version'])
  })
  test('views, subqueries and lateral views give theirs', async () => {
    expect(await labels('SELECT | FROM recent', 'column')).toEqual(['recentId', 'platform'])
    expect(await labels('SELECT x.| FROM (SELECT id + 1 AS next FROM events) x')).toEqual(['next'])
    expect(await labels('SELECT | FROM events LATERAL VIEW explode(array(1)) t AS one', 'column')).toContain('one')
  })
  test('stand in GROUP BY, with the names of the select list', async () => {
    const found = await labels('SELECT upper(agent.platform) AS system, count(*) FROM events GROUP BY |', 'column')
    expect(found).toEqual(['id', 'eventTime', 'agent', 'system'])
    expect(await labels('SELECT 1 FROM events GROUP BY |', 'keyword')).toEqual(expect.arrayContaining(['ALL', 'CUBE']))
  })
  test('before a FROM those of every table are proposed, with the table beside them', async () => {
    const { items } = await at('SELECT eve|')
    expect(items.find(({ label }) => label === 'eventTime')).toMatchObject({ detail: 'timestamp · events' })
  })
})

describe('words', () => {
  test('functions bring signature and doc from their registry entry', async () => {
    const { items } = await at('SELECT sub| FROM events')
    const found = items.find(({ label }) => label === 'substring')
    expect(found).toMatchObject({ kind: 'function', insert: 'substring', takesArguments: true })
    expect(found?.detail).toMatch(/^substring\(.+\[, .+\]\)$/)
    expect(found?.doc).toMatch(/^Part /)
    const names = items.filter(({ kind }) => kind === 'function').map(({ label }) => label)
    expect(names).toEqual(expect.arrayContaining(['count', 'explode', 'row_number', 'transform', 'window']))
  })
  test('keywords are what the grammar awaits, in the letters of the statement', async () => {
    expect(await labels('|')).toContain('SELECT')
    expect(await labels('SELECT id FROM events |')).toEqual(expect.arrayContaining(['WHERE', 'GROUP BY', 'LEFT JOIN']))
    expect(await labels('select id from events gr|')).toContain('group by')
    expect(await labels('SELECT id FROM events WHERE |', 'keyword')).not.toContain('WHERE')
  })
  test('only the statement at the cursor counts', async () => {
    expect(await labels('SELECT 1 FROM users; SELECT | FROM events; SELECT 2', 'column')).toContain('eventTime')
    expect(await labels('SELECT 1 FROM users; SELECT | FROM events', 'column')).not.toContain('full-name')
  })
})

describe('places', () => {
  test('nothing inside a string, a comment or a number', async () => {
    for (const text of [
      "SELECT 'eve|",
      "SELECT 'eve| x' FROM events",
      'SELECT "a|" FROM events',
      'SELECT 1 -- eve|',
      'SELECT /* eve| */ 1',
      'SELECT /* eve|',
      'SELECT 12|',
    ])
      expect((await at(text)).items, text).toEqual([])
  })
  test('the word being written is replaced, backquotes included', async () => {
    expect(await at('SELECT ev| FROM events')).toMatchObject({ from: 7, to: 9 })
    expect(await at('SELECT `fu|` FROM users')).toMatchObject({ from: 7, to: 11 })
    expect(await at('SELECT `fu| FROM users')).toMatchObject({ from: 7, to: 10 })
  })
  test('asking raises no notice and leaves the session as it was', async () => {
    const before = engine.events.filter(({ kind }) => kind === 'notice').length
    await at('WITH w AS (SELECT * FROM delta.`/mnt/nowhere`) SELECT | FROM w')
    expect(engine.events.filter(({ kind }) => kind === 'notice').length).toBe(before)
    expect(engine.session().told.size).toBe(0)
  })
})

test('parse errors stand at their place, in the words of Spark', async () => {
  expect(await engine.api.checkSql(SESSION, 'SELECT 1')).toEqual([])
  expect(await engine.api.checkSql(SESSION, '  -- nothing yet')).toEqual([])
  const text = 'SELECT id\nFROM events WHERE WHERE id = 1 id'
  const [problem] = await engine.api.checkSql(SESSION, text)
  expect(problem.message).toMatch(/^\[PARSE_SYNTAX_ERROR\] Syntax error at or near 'id'/)
  expect(text.slice(problem.start, problem.end)).toBe('id')
  const [unfinished] = await engine.api.checkSql(SESSION, 'SELECT id +  ')
  expect([unfinished.start, unfinished.end]).toEqual([10, 11])
})

test('every documented function is one that SQL knows', async () => {
  for (const { name, doc, signature } of await engine.api.functionDocs()) {
    expect(doc.length, name).toBeGreaterThan(1)
    expect(signature.startsWith(`${name}(`), name).toBe(true)
  }
  const unknown = []
  for (const { name, kind } of await engine.api.functionDocs()) {
    if (kind === 'scalar' || kind === 'aggregate') continue
    const failure = await sql(`SELECT ${name}()`).catch((thrown: unknown) => thrown)
    if (failure instanceof RunnelError && failure.shape.condition === 'UNRESOLVED_ROUTINE') unknown.push(name)
  }
  expect(unknown).toEqual([])
})
