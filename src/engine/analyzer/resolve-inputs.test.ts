import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import type { Relation } from '../../protocol/spark-connect'
import { RelationSchema, SetOperation_SetOpType } from '../../protocol/spark-connect'
import { closePlan, openClosedPlan } from '../plan/close-plan'
import { compilePlan } from '../plan/compile'
import type { Catalog, CatalogEntry } from '../ports/catalog'
import { alias, attribute, call } from './expression-tree'
import { analyze } from './analyze'
import { pathNotFound } from './input-errors'
import type { LeafRequest } from './resolve-inputs'
import { resolveInputs } from './resolve-inputs'
import {
  dataSource,
  emptyCatalog,
  int,
  localRows,
  namedTable,
  noSources,
  planOf,
  relation,
  rowsOf,
  schemaOf,
  select,
  testBindContext,
  where,
} from '../../testing/plan-builder'

const bronze = schemaOf('id BIGINT, kind STRING')
const table: CatalogEntry = {
  kind: 'table',
  name: 'bronze_events',
  format: 'delta',
  path: 'Tables/bronze_events',
  schema: bronze,
  options: {},
}

function catalogOf(entries: Record<string, CatalogEntry>, names: string[] = []): Catalog {
  return {
    lookup: (identifier) => Promise.resolve(entries[identifier.join('.')] ?? null),
    similar: () => Promise.resolve(names),
  }
}

const view = (viewRelation: Relation): CatalogEntry => ({ kind: 'view', name: 'v', relation: viewRelation })

describe('resolveInputs', () => {
  it('turns a table name into a data source with its path and asks for the schema once per distinct leaf', async () => {
    const asked: LeafRequest[] = []
    const leaves = { schemaOf: (request: LeafRequest) => (asked.push(request), Promise.resolve(bronze)) }
    const inputs = await resolveInputs(namedTable('bronze_events', true), catalogOf({ bronze_events: table }), leaves)
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({
      format: 'delta',
      isStreaming: true,
      options: { path: 'Tables/bronze_events' },
      table: { name: 'bronze_events' },
    })
    const [leaf] = inputs.leaves.values()
    expect(leaf).toMatchObject({ label: 'bronze_events', isStreaming: true, schema: bronze })
  })

  it('refuses a missing table with the words of Spark and proposes names that exist', async () => {
    const missing = resolveInputs(namedTable('lakehouse.bronse'), catalogOf({}, ['bronze_events']), noSources)
    await expect(missing).rejects.toMatchObject({
      condition: 'TABLE_OR_VIEW_NOT_FOUND',
      shape: {
        message: expect.stringContaining('The table or view `lakehouse`.`bronse` cannot be found.') as string,
        hint: 'Did you mean bronze_events?',
        sqlState: '42P01',
      },
    })
  })

  it('refuses an unknown format by its name', async () => {
    await expect(resolveInputs(dataSource('nope'), emptyCatalog, noSources)).rejects.toMatchObject({
      condition: 'DATA_SOURCE_NOT_FOUND',
      shape: {
        message:
          'Failed to find the data source: nope. Make sure the provider name is correct and the package is properly registered and compatible with your Spark version.',
      },
    })
  })

  it('lets the error of a source pass, such as a missing path', async () => {
    const leaves = { schemaOf: () => Promise.reject(pathNotFound('Files/none')) }
    await expect(resolveInputs(dataSource('json'), emptyCatalog, leaves)).rejects.toMatchObject({
      condition: 'PATH_NOT_FOUND',
    })
  })

  it('inlines a view under its name, so that v.column resolves', async () => {
    const catalog = catalogOf({ v: view(localRows('a INT', [[1], [2]])) })
    const plan = select(where(namedTable('v'), call('>', attribute('a'), int(1))), 'a')
    const qualified = relation({
      case: 'project',
      value: {
        input: namedTable('v'),
        expressions: [
          {
            ...attribute('a'),
            exprType: {
              case: 'unresolvedAttribute',
              value: { $typeName: 'spark.connect.Expression.UnresolvedAttribute', unparsedIdentifier: 'v.a' },
            },
          },
        ],
      },
    })
    expect(await rowsOf(await planOf(plan, noSources, catalog))).toEqual([{ a: 2 }])
    expect(await rowsOf(await planOf(qualified, noSources, catalog))).toEqual([{ a: 1 }, { a: 2 }])
  })

  it('inlines views of views', async () => {
    const catalog = catalogOf({ inner: view(localRows('a INT', [[7]])), v: view(namedTable('inner')) })
    expect(await rowsOf(await planOf(namedTable('v'), noSources, catalog))).toEqual([{ a: 7 }])
  })

  it('refuses readStream.table of a batch view as Spark does', async () => {
    const catalog = catalogOf({ v: view(localRows('a INT', [])) })
    await expect(resolveInputs(namedTable('v', true), catalog, noSources)).rejects.toMatchObject({
      condition: '_LEGACY_ERROR_TEMP_1008',
      shape: {
        message:
          'v is not a temp view of streaming logical plan, please use batch API such as `DataFrameReader.table` to read it.',
      },
    })
  })

  it('reads a view of a stream as a stream', async () => {
    const catalog = catalogOf({ v: view(dataSource('rate', {}, true)) })
    const plan = await planOf(namedTable('v', true), { schemaOf: () => Promise.resolve(bronze) }, catalog)
    expect(plan.isStreaming).toBe(true)
  })
})

describe('closePlan', () => {
  it('survives bytes and needs no catalog: same schema, same leaves, same keys', async () => {
    const leaves = { schemaOf: () => Promise.resolve(bronze) }
    const source = namedTable('bronze_events', true)
    const plan = relation({
      case: 'setOp',
      value: {
        leftInput: select(source, 'id', alias(attribute('kind'), 'k')),
        rightInput: select(source, 'id', 'kind'),
        setOpType: SetOperation_SetOpType.UNION,
        isAll: true,
      },
    })
    const inputs = await resolveInputs(plan, catalogOf({ bronze_events: table }), leaves)
    const closed = fromBinary(RelationSchema, toBinary(RelationSchema, closePlan(inputs)))
    expect(
      JSON.stringify(closed, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
    ).not.toContain('namedTable')
    const reopened = openClosedPlan(closed)
    const [before, after] = [analyze(inputs, testBindContext), analyze(reopened, testBindContext)].map(
      (node) => compilePlan(node).leaves,
    )
    expect(after).toHaveLength(1)
    expect(after).toEqual(before)
    expect(analyze(reopened, testBindContext).schema).toEqual(analyze(inputs, testBindContext).schema)
  })

  it('keeps the schema the user gave apart from the pinned one', async () => {
    const leaves = { schemaOf: ({ userSchema }: LeafRequest) => Promise.resolve(userSchema ?? bronze) }
    const read = relation({
      case: 'read',
      value: {
        isStreaming: true,
        readType: { case: 'dataSource', value: { format: 'json', schema: 'a INT', options: { path: 'Files/in' } } },
      },
    })
    for (const source of [read, dataSource('rate', {}, true)]) {
      const inputs = await resolveInputs(source, emptyCatalog, leaves)
      const [leaf] = openClosedPlan(closePlan(inputs)).leaves.values()
      expect(leaf).toEqual([...inputs.leaves.values()][0])
    }
  })
})
