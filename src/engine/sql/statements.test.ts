import { describe, expect, it } from 'vitest'
import { parseStatement } from './parse'

const statement = (text: string) => parseStatement(text)

describe('parseStatement', () => {
  it('reads a query with everything around it', () => {
    const parsed = statement(`
      WITH recent AS (SELECT * FROM events VERSION AS OF 3), t (a, b) AS (VALUES (1, 'x'), (2, NULL))
      SELECT /*+ BROADCAST(t) */ DISTINCT e.k, count(*) AS n, rank() OVER w
      FROM recent e LEFT JOIN t ON e.k = t.b, delta.\`/lake/x\` d
      LATERAL VIEW OUTER explode(e.tags) x AS tag
      WHERE e.v BETWEEN 1 AND 2 AND NOT EXISTS (SELECT 1 FROM u)
      GROUP BY ALL HAVING n > 1 WINDOW w AS (PARTITION BY e.k ORDER BY n DESC)
      UNION ALL SELECT 1, 2, 3 ORDER BY 1 LIMIT 5 OFFSET 2;`)
    expect(parsed.kind).toBe('query')
  })

  it('reads CREATE TABLE with all its clauses', () => {
    expect(
      statement(`CREATE OR REPLACE TABLE db.t (id BIGINT NOT NULL COMMENT 'key', p STRUCT<a: ARRAY<INT>>, d DATE)
        USING delta PARTITIONED BY (d) LOCATION '/x' COMMENT 'c' TBLPROPERTIES ('delta.appendOnly' = true)`),
    ).toMatchObject({
      kind: 'createTable',
      table: ['db', 't'],
      orReplace: true,
      columns: [{ name: 'id', nullable: false, comment: 'key' }, { name: 'p' }, { name: 'd', type: { kind: 'date' } }],
      format: 'delta',
      partitionedBy: ['d'],
      location: '/x',
      comment: 'c',
      properties: { 'delta.appendOnly': 'true' },
      query: null,
    })
    expect(statement('create table if not exists t as select 1 a')).toMatchObject({
      kind: 'createTable',
      ifNotExists: true,
      columns: null,
    })
  })

  it('reads views, inserts and drops', () => {
    expect(statement('CREATE OR REPLACE TEMP VIEW v AS SELECT 1')).toMatchObject({
      kind: 'createView',
      scope: 'temporary',
      text: 'SELECT 1',
    })
    expect(statement("INSERT INTO t (a, b) VALUES (1, 'x')")).toMatchObject({
      kind: 'insert',
      columns: ['a', 'b'],
      isOverwrite: false,
    })
    expect(statement('insert overwrite table t select * from s')).toMatchObject({ kind: 'insert', isOverwrite: true })
    expect(statement('DROP TABLE IF EXISTS a.b')).toMatchObject({
      kind: 'dropTable',
      table: ['a', 'b'],
      ifExists: true,
    })
  })

  it('reads what asks and what sets', () => {
    expect(statement("SHOW TABLES IN lake LIKE 'e*'")).toMatchObject({ database: ['lake'], pattern: 'e*' })
    expect(statement('DESCRIBE DETAIL delta.`/x`')).toEqual({ kind: 'describeDetail', table: ['delta', '/x'] })
    expect(statement('DESC HISTORY t LIMIT 3')).toEqual({ kind: 'describeHistory', table: ['t'], limit: 3 })
    expect(statement('DESCRIBE EXTENDED t')).toMatchObject({ kind: 'describeTable', isExtended: true })
    expect(statement('DESCRIBE detail')).toMatchObject({ kind: 'describeTable', table: ['detail'] })
    expect(statement('SET spark.sql.shuffle.partitions = 8')).toEqual({
      kind: 'set',
      key: 'spark.sql.shuffle.partitions',
      value: '8',
      isVerbose: false,
    })
    expect(statement('RESET spark.x')).toEqual({ kind: 'reset', key: 'spark.x' })
    expect(statement('EXPLAIN EXTENDED SELECT 1')).toMatchObject({ mode: 'extended', statement: { kind: 'query' } })
  })

  it('reads what changes rows', () => {
    expect(statement('DELETE FROM t WHERE a = 1')).toMatchObject({ kind: 'delete', table: ['t'] })
    expect(statement('UPDATE t SET a = a + 1, b.c = 2 WHERE id > 3')).toMatchObject({
      assignments: [{ column: ['a'] }, { column: ['b', 'c'] }],
    })
    expect(
      statement(`MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.op = 'd' THEN DELETE
        WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v)`),
    ).toMatchObject({
      kind: 'merge',
      clauses: [
        { when: 'matched', action: { kind: 'delete' } },
        { action: { kind: 'update', assignments: null } },
        { when: 'notMatched', action: { kind: 'insert', assignments: [{ column: ['id'] }, { column: ['v'] }] } },
      ],
    })
    expect(statement('VACUUM t RETAIN 168 HOURS DRY RUN')).toMatchObject({ retainHours: 168, isDryRun: true })
    expect(statement('OPTIMIZE t ZORDER BY (a, b)')).toMatchObject({ zOrderBy: [['a'], ['b']] })
    expect(statement('ALTER TABLE t ADD COLUMNS (x INT, y STRING COMMENT "z")')).toMatchObject({
      action: { kind: 'addColumns', columns: [{ name: 'x' }, { comment: 'z' }] },
    })
  })
})
