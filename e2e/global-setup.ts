import { join } from 'node:path'
import { close, createPageServer, listen } from '../src/cli/serve'

/** Serves the built page, or the one in `RUNNEL_PAGE`, on a free port; specs find its address in `RUNNEL_URL`. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const server = createPageServer({ folder: process.env['RUNNEL_PAGE'] ?? join(import.meta.dirname, '../dist/page') })
  const port = await listen(server, 0)
  process.env['RUNNEL_URL'] = `http://localhost:${port}/`
  return () => close(server)
}
