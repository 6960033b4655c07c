import type { FileStore } from '../engine/ports/file-store'
import type { StreamSink } from '../engine/ports/sink'
import { rowText, rowsOf } from './rows'

type Published = { readonly file: string; readonly numRows: number }

/**
 * The smallest sink that is exactly once: data files nobody refers to, then one log entry a batch, written only if it is
 * absent. It keeps nothing in memory, so a killed run leaves exactly what its files say.
 */
export function transactionalSink(files: FileStore, folder: string, attempt: string): StreamSink {
  return {
    description: 'TransactionalSink',
    async stage(batchId, batches) {
      const rows = rowsOf(batches).map(rowText)
      const file = `${folder}/data/${batchId}-${attempt}.json`
      await files.write(file, new TextEncoder().encode(JSON.stringify(rows)))
      return {
        async publish() {
          const entry: Published = { file, numRows: rows.length }
          await files.writeIfAbsent(`${folder}/log/${batchId}.json`, new TextEncoder().encode(JSON.stringify(entry)))
          return { numOutputRows: rows.length }
        },
      }
    },
    async close() {},
  }
}

/** What a reader of the sink sees: the row texts of each published batch, by batch id. */
export async function publishedBatches(files: FileStore, folder: string): Promise<Map<number, string[]>> {
  const entries = (await files.list(`${folder}/log`))
    .map((entry) => Number(entry.name.replace('.json', '')))
    .sort((a, b) => a - b)
  const found = new Map<number, string[]>()
  for (const batchId of entries) {
    const entry = await readJson<Published>(files, `${folder}/log/${batchId}.json`)
    found.set(batchId, await readJson<string[]>(files, entry.file))
  }
  return found
}

async function readJson<T>(files: FileStore, path: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await files.read(path))) as T
}
