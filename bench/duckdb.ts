import ehModule from '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url'
// Its package names no way to the blocking build for browsers, which lies beside the others.
import {
  BROWSER_RUNTIME,
  VoidLogger,
  createDuckDB,
} from '../node_modules/@duckdb/duckdb-wasm/dist/duckdb-browser-blocking'
import type { DuckDBConnection } from '../node_modules/@duckdb/duckdb-wasm/dist/duckdb-browser-blocking'
import type { Batch, StructType } from '../src/protocol/columns'
import { batchesToArrow } from '../src/engine/batch/arrow'

/**
 * DuckDB-WASM in this very worker: the blocking build, so that no query waits for a message; the `eh` module, with SIMD and
 * WebAssembly's own exceptions; one thread, as we have; tables in memory. It may not fetch extensions.
 */
export async function openDuckDb(): Promise<DuckDBConnection> {
  // Named as `mvp` too, where a browser without `eh` would look: it fails there and is not slow unseen.
  const bundle = { mainModule: ehModule, mainWorker: '' }
  const database = await createDuckDB({ mvp: bundle, eh: bundle }, new VoidLogger(), BROWSER_RUNTIME)
  await database.instantiate(() => undefined)
  database.open({ path: ':memory:' })
  const connection = database.connect()
  connection.query('SET autoinstall_known_extensions = false')
  connection.query('SET autoload_known_extensions = false')
  return connection
}

/** A table of these rows: one Arrow IPC stream, inserted whole. */
export function insertBatches(
  connection: DuckDBConnection,
  table: string,
  schema: StructType,
  batches: readonly Batch[],
): void {
  connection.insertArrowFromIPCStream(batchesToArrow(schema, batches), { name: table, create: true })
}
