import { describe, expect, it } from 'vitest'
import { Aggregate_GroupType, SetOperation_SetOpType } from '../../protocol/spark-connect'
import { alias, attribute, call } from '../analyzer/expression-tree'
import { batchFromRows } from '../batch/from-values'
import {
  batchesOf,
  dataSource,
  int,
  localRows,
  planOf,
  rangeOf,
  relation,
  rowsOf,
  schemaOf,
  select,
  testContext,
  where,
} from '../../testing/plan-builder'
import { runBatchQuery } from '../execution/batch-query'
import { compilePlan } from './compile'

const events = schemaOf('id INT, kind STRING, size INT')
const leaves = { schemaOf: () => Promise.resolve(events) }

describe('compilePlan', () => {
  it('reads only the columns the plan needs from a leaf', async () => {
    const plan = select(where(dataSource('memory'), call('>', attribute('size'), int(1))), 'id')
    const compiled = compilePlan(await planOf(plan, leaves))
    expect(compiled.leaves.map((leaf) => leaf.columns)).toEqual([['id', 'size']])
    const batch = batchFromRows(schemaOf('id INT, size INT'), [
      [1, 1],
      [2, 2],
    ])
    const rows = await rowsOf(await planOf(plan, leaves), () => batchesOf([batch]))
    expect(rows).toEqual([{ id: 2 }])
  })

  it('reads no column for a bare count, only row numbers', async () => {
    const counted = relation({
      case: 'aggregate',
      value: {
        input: dataSource('memory'),
        groupType: Aggregate_GroupType.GROUPBY,
        aggregateExpressions: [alias(call('count', int(1)), 'c')],
      },
    })
    const plan = await planOf(counted, leaves)
    expect(compilePlan(plan).leaves[0].columns).toEqual([])
    const rows = await rowsOf(plan, () => batchesOf([{ schema: schemaOf('id INT'), numRows: 7, columns: [] }]))
    expect(rows).toEqual([{ c: 7n }])
  })

  it('reads all columns as null, so that a source need not list them', async () => {
    expect(compilePlan(await planOf(dataSource('memory'), leaves)).leaves[0].columns).toBeNull()
  })

  it('counts two uses of one DataFrame as one leaf read twice, with the columns of both', async () => {
    const source = dataSource('memory', {}, true, 3n)
    const union = relation({
      case: 'setOp',
      value: {
        leftInput: select(source, 'id'),
        rightInput: select(source, 'size'),
        setOpType: SetOperation_SetOpType.UNION,
        isAll: true,
      },
    })
    const compiled = compilePlan(await planOf(union, leaves))
    expect(compiled.leaves).toHaveLength(1)
    expect(compiled.leaves[0]).toMatchObject({ uses: 2, columns: ['id', 'size'] })
    expect(compiled.isStreaming).toBe(true)
  })

  it('keeps two reads of one format apart when they are two DataFrames', async () => {
    const union = relation({
      case: 'setOp',
      value: {
        leftInput: dataSource('memory', {}, true, 3n),
        rightInput: dataSource('memory', {}, true, 4n),
        setOpType: SetOperation_SetOpType.UNION,
        isAll: true,
      },
    })
    expect(compilePlan(await planOf(union, leaves)).leaves).toHaveLength(2)
  })

  it('does not evaluate a column nobody reads, so its run-time error does not occur', async () => {
    const plan = select(select(rangeOf(2n), 'id', alias(call('/', attribute('id'), int(0)), 'bad')), 'id')
    expect(await rowsOf(await planOf(plan))).toEqual([{ id: 0n }, { id: 1n }])
  })

  it('raises the run-time error of a column that is read', async () => {
    const plan = await planOf(select(rangeOf(2n), call('/', attribute('id'), int(0))))
    await expect(rowsOf(plan)).rejects.toMatchObject({ condition: 'DIVIDE_BY_ZERO' })
  })

  it('yields nothing for an empty input', async () => {
    expect(await rowsOf(await planOf(select(localRows('a INT', []), 'a')))).toEqual([])
  })

  it('stops reading a leaf once a limit is full', async () => {
    let pulled = 0
    async function* endless() {
      for (;;) {
        pulled++
        yield batchFromRows(schemaOf('id INT'), [[pulled]])
      }
    }
    const plan = await planOf(
      relation({ case: 'limit', value: { input: select(dataSource('memory'), 'id'), limit: 3 } }),
      leaves,
    )
    expect(await rowsOf(plan, endless)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
    expect(pulled).toBe(3)
  })

  it('cuts a batch query at limitRows', async () => {
    const compiled = compilePlan(await planOf(rangeOf(100_000n)))
    const batches = await runBatchQuery(compiled, () => batchesOf([]), testContext, { limitRows: 9000 })
    expect(batches.reduce((sum, batch) => sum + batch.numRows, 0)).toBe(9000)
  })

  it('ends with OPERATION_CANCELED once the query is canceled', async () => {
    let batches = 0
    const canceled = { ...testContext, isCanceled: () => ++batches > 2 }
    const compiled = compilePlan(await planOf(select(rangeOf(1_000_000n), call('+', attribute('id'), int(1)))))
    await expect(runBatchQuery(compiled, () => batchesOf([]), canceled)).rejects.toMatchObject({
      condition: 'OPERATION_CANCELED',
    })
    expect(batches).toBe(3)
  })

  it('reports the metrics of observe once, beside unchanged rows', async () => {
    const observed = relation({
      case: 'collectMetrics',
      value: {
        input: rangeOf(20_000n),
        name: 'seen',
        metrics: [alias(call('count', int(1)), 'rows'), alias(call('max', attribute('id')), 'top')],
      },
    })
    const seen: [string, number][] = []
    const compiled = compilePlan(await planOf(observed))
    const batches = await runBatchQuery(compiled, () => batchesOf([]), testContext, {
      limitRows: null,
      onMetrics: (name, metrics) => seen.push([name, metrics.numRows]),
    })
    expect(batches.reduce((sum, batch) => sum + batch.numRows, 0)).toBe(20_000)
    expect(seen).toEqual([['seen', 1]])
  })
})
