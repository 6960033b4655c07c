import { beforeAll, describe, expect, test } from 'vitest'
import { startKernel } from '../../testing/test-kernel'
import type { TestKernel } from '../../testing/test-kernel'

let python: TestKernel

beforeAll(async () => {
  python = await startKernel()
  await python.run(`
import pyspark.sql.functions as F
from pyspark.sql.functions import col
df = spark.readStream.format("rate").load()
ran = []
class Shop:
    """A shop."""
    open_hours = 8
    def sell(self, item, price=1):
        """Sells one item."""
        ran.append("sell")
        return self
    @property
    def stock(self):
        ran.append("stock")
        return []
    def __dir__(self):
        ran.append("dir")
        return ["stolen"]
    def __getattr__(self, name):
        ran.append(name)
        return 1
shop = Shop()
shop.owner = "Ada"
`)
}, 60_000)

/** The code with the cursor at its end, or at \`|\`. */
async function at(marked: string) {
  const offset = marked.includes('|') ? marked.indexOf('|') : marked.length
  return python.kernel.complete(marked.replace('|', ''), offset)
}
const labels = async (marked: string) => (await at(marked)).labels

describe('names', () => {
  test('of the notebook, of Python and its keywords', async () => {
    expect(await labels('sho')).toEqual(['shop'])
    expect(await labels('x = [prin')).toEqual(['print'])
    expect(await labels('whi')).toEqual(['while'])
    expect(await labels('x = 12')).toEqual([])
  })
  test('of a module behind from ... import', async () => {
    expect(await labels('from pyspark.sql.functions import col, explo')).toEqual(['explode', 'explode_outer'])
    expect(await labels('from notebookutils import no')).toEqual(expect.arrayContaining(['notebook']))
    expect(await labels('from os.nothing import x')).toEqual([])
  })
})

describe('behind a dot', () => {
  test('stand the attributes of the object, its private ones only when asked for', async () => {
    expect(await labels('spark.rea')).toEqual(['read', 'readStream'])
    expect(await labels('F.expl')).toEqual(['explode', 'explode_outer'])
    expect(await labels('df.id')).toEqual(['id'])
    expect(await labels('shop.')).toEqual(expect.arrayContaining(['open_hours', 'owner', 'sell', 'stock']))
    expect((await labels('shop.')).some((name) => name.startsWith('_'))).toBe(false)
    expect(await labels('shop.__cl')).toEqual(['__class__'])
  })
  test('names the cell imports are known before it runs', async () => {
    expect(await labels('from pyspark.sql import functions as funs, Window\nfuns.posexp')).toEqual([
      'posexplode',
      'posexplode_outer',
    ])
    expect(await labels('import delta.tables as dt\ndt.DeltaTable.forN')).toEqual(['forName'])
    expect(await labels('import os.path as p\np.joi')).toEqual([])
  })
  test('what a property or a call gives is known without running it', async () => {
    expect(await labels('spark.readStream.for')).toEqual(['format'])
    expect(await labels('spark.readStream.format("rate")\n  .option("a", ")")  # (\n  .lo')).toEqual(['load'])
    expect(await labels('(spark.read.format("delta")\n    .load("x")\n    .withW')).toEqual(['withWatermark'])
    expect(await labels('df.writeStream.format("memory").start().awa')).toEqual(['awaitTermination'])
    expect(await labels('df.groupBy(col("value")).cou')).toEqual(['count'])
    expect(await labels('col("a").ali')).toEqual(['alias'])
    expect(await labels('F.upper("a").ali')).toEqual(['alias'])
    expect(await labels('df["value"].ca')).toEqual(['cast'])
    expect(await labels('"a b".spl')).toEqual(['split', 'splitlines'])
    expect(await labels('shop.stock.app')).toEqual([])
    expect(await labels('nothing().x')).toEqual([])
  })
  test('nothing of the notebook ran', async () => {
    for (const code of ['shop.', 'shop.stock.', 'shop.sell().', 'Shop().', 'shop.owner.up', 'shop.other.x'])
      await at(code)
    await python.kernel.describe('shop.stock', 10)
    await python.run('print(ran)')
    expect(python.text()).toBe('[]\n')
  })
})

describe('in strings', () => {
  test('stand options of the format, and formats', async () => {
    expect(await at('spark.readStream.format("rate").option("row')).toEqual({
      from: 40,
      labels: ['rowsPerSecond'],
      kinds: ['option'],
    })
    expect(await labels("spark.readStream.format('kafka').option('kafka.boo")).toEqual(['kafka.bootstrap.servers'])
    expect(await labels('df.writeStream.outputMode("append").option("che|", 1)')).toEqual(['checkpointLocation'])
    expect(await labels('spark.readStream.format("ev')).toEqual(['eventhubs'])
  })
  test('and comments stands nothing else', async () => {
    expect(await labels('x = "sho')).toEqual([])
    expect(await labels('# sho')).toEqual([])
    expect(await labels('"""\nsho')).toEqual([])
    expect(await labels('x = "a" + sho')).toEqual(['shop'])
  })
})

test('Spark is known in a notebook that ran nothing', async () => {
  const fresh = await startKernel()
  const complete = async (code: string) => (await fresh.kernel.complete(code, code.length)).labels
  expect(await complete('spark.readStream.for')).toEqual(['format'])
  expect(await complete('spark.sql("x").writeStream.trig')).toEqual(['trigger'])
}, 60_000)

test('a name has its signature and doc; functions of Spark give the name the engine knows', async () => {
  const describe = (code: string) => python.kernel.describe(code, code.length)
  expect(await describe('shop.sell')).toEqual({
    signature: 'sell(item, price=1)',
    doc: 'Sells one item.',
    function: null,
  })
  expect(await describe('F.substring')).toMatchObject({ function: 'substring', doc: null })
  expect((await describe('F.substring'))?.signature).toMatch(/^substring\(/)
  expect((await describe('spark.table'))?.signature).toBe('table(tableName)')
  expect(await describe('unknown')).toBeNull()
})
