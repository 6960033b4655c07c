import { FILE_STORE_CASES } from '../files/file-store.contract'
import { OpfsFileStore } from './opfs-file-store'

/**
 * Runs the file-store contract over real OPFS; for a dedicated worker of a real browser. The page around it answers
 * `{ limitFreeBytes }` messages, since only the browser's debugger can set a quota.
 *
 * In: `{ run: true }`. Out: `{ limitFreeBytes: number | null, id }`, answered by `{ id }`; `{ result: { name, error } }` a case;
 * `{ done: true }`.
 */
export type ContractMessage =
  | { readonly limitFreeBytes: number | null; readonly id: number }
  | { readonly result: { readonly name: string; readonly error: string | null } }
  | { readonly done: true }

function serveContract(port: Pick<Worker, 'postMessage' | 'addEventListener'>): void {
  const waiting = new Map<number, () => void>()
  const post = (message: ContractMessage) => port.postMessage(message)
  const limitFreeBytes = (bytes: number): Promise<void> =>
    new Promise((resolve) => {
      const id = waiting.size + 1
      waiting.set(id, resolve)
      post({ limitFreeBytes: Number.isFinite(bytes) ? bytes : null, id })
    })
  port.addEventListener('message', (event: MessageEvent<{ run?: true; id?: number }>) => {
    if (event.data.id !== undefined) waiting.get(event.data.id)?.()
    if (event.data.run) void runAll(post, limitFreeBytes)
  })
}

async function runAll(
  post: (message: ContractMessage) => void,
  limitFreeBytes: (bytes: number) => Promise<void>,
): Promise<void> {
  for (const { name, run } of FILE_STORE_CASES) {
    let error: string | null = null
    try {
      const root = await navigator.storage.getDirectory()
      const folder = await root.getDirectoryHandle(`contract-${crypto.randomUUID()}`, { create: true })
      const workspace = folder.name
      const store = new OpfsFileStore(folder, { workspace, keepReady: 2 })
      const other = new OpfsFileStore(folder, { workspace })
      await run({ store, other, limitFreeBytes })
      await store.close()
      await other.close()
      for await (const left of folder.keys())
        if (left.startsWith('.tmp-')) throw new Error(`temporary file ${left} stayed`)
      await root.removeEntry(folder.name, { recursive: true })
    } catch (thrown) {
      error = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
    }
    post({ result: { name, error } })
  }
  post({ done: true })
}

serveContract(self as unknown as Worker)
