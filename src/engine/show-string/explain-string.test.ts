import { describe, expect, it } from 'vitest'
import { Join_JoinType } from '../../protocol/spark-connect'
import { alias, attribute, call } from '../analyzer/expression-tree'
import { dataSource, int, planOf, relation, schemaOf, select, where } from '../../testing/plan-builder'
import { explainString } from './explain-string'

const leaves = { schemaOf: () => Promise.resolve(schemaOf('id INT, kind STRING, size INT')) }

describe('explainString', () => {
  it('shows what runs, leaves with the columns that are really read', async () => {
    const plan = await planOf(
      select(
        where(dataSource('rate', {}, true), call('>', attribute('size'), int(1))),
        'id',
        alias(call('+', attribute('id'), int(1)), 'next'),
      ),
      leaves,
    )
    expect(explainString(plan, 'simple')).toBe(
      [
        '== Physical Plan ==',
        'Project [id, next (computed)]',
        '+- Filter (size > 1)',
        '   +- StreamingScan rate rate [id, size]',
        '',
      ].join('\n'),
    )
  })

  it('adds the analysed tree with types in the longer modes', async () => {
    const text = explainString(await planOf(select(dataSource('memory'), 'id'), leaves), 'extended')
    expect(text).toContain(
      '== Analyzed Logical Plan ==\nid: int\nProject [id]\n+- Scan memory memory [id, kind, size]\n',
    )
    expect(text).toContain('== Physical Plan ==\nProject [id]\n+- Scan memory memory [id]\n')
  })

  it('draws both inputs of a join under each other', async () => {
    const join = relation({
      case: 'join',
      value: {
        left: dataSource('memory', {}, false, 1n),
        right: dataSource('memory', {}, false, 2n),
        joinType: Join_JoinType.INNER,
        usingColumns: ['id'],
      },
    })
    expect(explainString(await planOf(join, leaves))).toContain('+- HashJoin inner [id = id]\n   :- Scan memory memory')
  })
})
