import { afterAll, beforeAll, expect, test } from 'vitest'
import { cdp } from 'vitest/browser'
import { FILE_STORE_CASES } from '../files/file-store.contract'
import type { ContractMessage } from './opfs-contract.page'
import ContractWorker from './opfs-contract.page?worker'

const results = new Map<string, string | null>()
let worker: Worker

/** What the provider's debugger session offers; vitest leaves its type open. */
type Debugger = { send(method: string, params: Record<string, unknown>): Promise<unknown> }

async function limitFreeBytes(bytes: number | null): Promise<void> {
  const origin = location.origin
  const { usage = 0 } = await navigator.storage.estimate()
  await (cdp() as unknown as Debugger).send(
    'Storage.overrideQuotaForOrigin',
    bytes === null ? { origin } : { origin, quotaSize: usage + bytes },
  )
}

beforeAll(async () => {
  worker = new ContractWorker()
  await new Promise<void>((resolve, reject) => {
    worker.addEventListener('error', (event) => reject(new Error(event.message)))
    worker.addEventListener('message', (event: MessageEvent<ContractMessage>) => {
      const message = event.data
      if ('result' in message) results.set(message.result.name, message.result.error)
      else if ('done' in message) resolve()
      else limitFreeBytes(message.limitFreeBytes).then(() => worker.postMessage({ id: message.id }), reject)
    })
    worker.postMessage({ run: true })
  })
}, 60_000)

afterAll(() => worker.terminate())

for (const { name } of FILE_STORE_CASES) {
  test(`in OPFS: ${name}`, () => {
    expect(results.get(name)).toBeNull()
  })
}
