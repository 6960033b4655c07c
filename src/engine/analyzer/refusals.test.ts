import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { Aggregate_GroupType, Aggregate_PivotSchema } from '../../protocol/spark-connect'
import { dataSource, int, localRows, planOf, rangeOf, relation, schemaOf } from '../../testing/plan-builder'
import { checkStreaming } from './check-streaming'
import { alias, attribute, call } from './expression-tree'

/** What Spark runs and we do not yet: refused in the defining cell or at start, by name, never later. */

const people = localRows('dept STRING, salary INT', [['it', 1]])
const stream = { schemaOf: () => Promise.resolve(schemaOf('value BIGINT, timestamp TIMESTAMP')) }

describe('what is not built yet', () => {
  it('pivot without values is refused by name', async () => {
    const plan = relation({
      case: 'aggregate',
      value: {
        input: people,
        groupType: Aggregate_GroupType.PIVOT,
        groupingExpressions: [attribute('dept')],
        aggregateExpressions: [call('count', int(1))],
        pivot: create(Aggregate_PivotSchema, { col: attribute('salary') }),
      },
    })
    await expect(planOf(plan)).rejects.toMatchObject({
      shape: {
        sqlState: '0A000',
        message: 'The feature is not supported: pivot() without values.',
        hint: expect.any(String) as string,
      },
    })
  })

  it('unpivot is refused by name', async () => {
    const plan = relation({
      case: 'unpivot',
      value: { input: rangeOf(1n), variableColumnName: 'k', valueColumnName: 'v' },
    })
    await expect(planOf(plan)).rejects.toMatchObject({ shape: { message: 'The feature is not supported: unpivot().' } })
  })

  it('session windows are refused by name', async () => {
    const session = call('session_window', attribute('timestamp'), int(1))
    const plan = relation({
      case: 'aggregate',
      value: {
        input: dataSource('rate', {}, true),
        groupType: Aggregate_GroupType.GROUPBY,
        groupingExpressions: [session],
      },
    })
    await expect(planOf(plan, stream)).rejects.toMatchObject({
      shape: { message: 'The feature is not supported: session_window.' },
    })
  })

  it('a streaming aggregation without a watermark passes in update mode, not in append mode', async () => {
    const counted = relation({
      case: 'aggregate',
      value: {
        input: dataSource('rate', {}, true),
        groupType: Aggregate_GroupType.GROUPBY,
        groupingExpressions: [attribute('value')],
        aggregateExpressions: [alias(call('count', int(1)), 'c')],
      },
    })
    const plan = await planOf(counted, stream)
    expect(() => checkStreaming(plan, 'append')).toThrow(
      expect.objectContaining({ condition: 'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION' }) as Error,
    )
    expect(() => checkStreaming(plan, 'update')).not.toThrow()
  })

  it('a stateless stream passes', async () => {
    const plan = await planOf(dataSource('rate', {}, true), stream)
    expect(() => checkStreaming(plan, 'append')).not.toThrow()
  })
})
