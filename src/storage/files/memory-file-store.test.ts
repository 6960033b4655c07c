import { test } from 'vitest'
import { FILE_STORE_CASES } from './file-store.contract'
import { MemoryFileStore } from './memory-file-store'

for (const { name, run } of FILE_STORE_CASES) {
  test(`in memory: ${name}`, async () => {
    const store = new MemoryFileStore()
    await run({ store, other: store, limitFreeBytes: async (bytes) => store.setQuota(store.usedBytes + bytes) })
  })
}
