import { expect, test } from 'vitest'
import { RunnelError } from '../protocol/errors/runnel-error'
import { mountFix, noticeText, resolvePath, tableFolder } from './paths'

test.each([
  ['Tables/bronze', '/lakehouse/default/Tables/bronze', null],
  ['/lakehouse/default/Tables/bronze/', '/lakehouse/default/Tables/bronze', null],
  ['Files/raw/events', '/lakehouse/default/Files/raw/events', null],
  ['files/raw', '/lakehouse/default/Files/raw', null],
  ['/lakehouse/default/Files/x', '/lakehouse/default/Files/x', null],
  ['raw/events', '/lakehouse/default/Files/raw/events', null],
  ['Files/a/../b//c', '/lakehouse/default/Files/b/c', null],
  ['Files/../../../x', '/lakehouse/default/Files/x', null],
  ['/delta/checkpoints/bronze', '/fs/delta/checkpoints/bronze', 'mount'],
  ['/mnt/lake/x', '/fs/mnt/lake/x', 'mount'],
  ['/tmp/ck', '/fs/tmp/ck', 'mount'],
  ['dbfs:/delta/x', '/fs/delta/x', 'mount'],
  ['file:/tmp/x', '/fs/tmp/x', 'mount'],
  ['file:///tmp/x', '/fs/tmp/x', 'mount'],
  ['hdfs://namenode:8020/data', '/fs/data', 'mount'],
  ['/fs/delta/x', '/fs/delta/x', null],
  ['abfss://raw@acct.dfs.core.windows.net/in/x', '/cloud/abfss/acct/raw/in/x', 'cloud'],
  ['wasbs://raw@acct.blob.core.windows.net/', '/cloud/wasbs/acct/raw', 'cloud'],
  ['s3a://bucket/p/q', '/cloud/s3/bucket/p/q', 'cloud'],
  ['gs://bucket/p', '/cloud/gs/bucket/p', 'cloud'],
  ['abfss://ws@onelake.dfs.fabric.microsoft.com/lake.Lakehouse/Tables/x', '/lakehouse/default/Tables/x', null],
])('%s lives at %s', (written, path, notice) => {
  expect(resolvePath(written)).toEqual({ path, notice })
})

test('table names become folders under Tables', () => {
  expect(tableFolder(['bronze'])).toBe('/lakehouse/default/Tables/bronze')
  expect(tableFolder(['lakehouse', 'bronze'])).toBe('/lakehouse/default/Tables/bronze')
  expect(tableFolder(['sales', 'orders'])).toBe('/lakehouse/default/Tables/sales/orders')
  expect(tableFolder(['a/b'])).toBe('/lakehouse/default/Tables/a%2Fb')
})

test('a path nobody can map is refused with what would work', () => {
  expect(() => resolvePath('abfss://no-account/x')).toThrow(RunnelError)
  expect(() => resolvePath('https://example.org/x')).toThrow('is not one Runnel can map')
  expect(() => resolvePath('abfss://raw@{storage_account}.dfs.core.windows.net/x')).toThrow(
    'Illegal character in authority at index 8: abfss://raw@{storage_account}.dfs.core.windows.net',
  )
  expect(() => resolvePath('')).toThrow('Can not create a Path from an empty string')
})

test('a notice says what to write on Fabric', () => {
  expect(noticeText('mount', '/mnt/x')).toContain('On Fabric write "Files/..."')
  for (const written of ['/delta/x', 'dbfs:/delta/x', 'file:///delta/x'])
    expect(mountFix(written, resolvePath(written).path)).toMatchObject({ from: written, to: 'Files/delta/x' })
})
