import { median, percentile } from './case'

export type StepTimes = Readonly<Record<string, { readonly p50: number; readonly p99: number }>>

/** What a dedicated worker alone has. */
type Access = {
  write(bytes: Uint8Array, options: { at: number }): number
  getSize(): number
  truncate(size: number): void
  flush(): void
  close(): void
}
type WorkerFile = FileSystemFileHandle & {
  createSyncAccessHandle(): Promise<Access>
  move(name: string): Promise<void>
}

/** `rounds` times each primitive call of a small durable write, as milliseconds by step. */
export async function measureSteps(rounds: number): Promise<StepTimes> {
  const root = await navigator.storage.getDirectory()
  const name = `bench-steps-${crypto.randomUUID()}`
  const folder = await root.getDirectoryHandle(name, { create: true })
  const times = new Map<string, number[]>()
  const timed = async <T>(step: string, work: () => T | Promise<T>): Promise<T> => {
    const start = performance.now()
    const pending = work()
    const result = pending instanceof Promise ? ((await pending) as T) : pending
    const list = times.get(step)
    const tookMs = performance.now() - start
    if (list === undefined) times.set(step, [tookMs])
    else list.push(tookMs)
    return result
  }
  const bytes = new Uint8Array(500)
  for (let n = 0; n < rounds; n++) {
    await timed('task turn', nextTask)
    await timed('lock request + release', () => navigator.locks.request(`bench:${n}`, async () => undefined))
    await timed('getFileHandle, absent', () => folder.getFileHandle(`absent-${n}`).catch(() => null))
    const file = (await timed('getFileHandle, create', () =>
      folder.getFileHandle(`tmp-${n}`, { create: true }),
    )) as WorkerFile
    const access = await timed('createSyncAccessHandle', () => file.createSyncAccessHandle())
    await timed('first write', () => access.write(bytes, { at: 0 }))
    await timed('second write', () => access.write(bytes, { at: 500 }))
    await timed('getSize', () => access.getSize())
    await timed('truncate', () => access.truncate(0))
    await timed('write after truncate', () => access.write(bytes, { at: 0 }))
    await timed('flush', () => access.flush())
    await timed('close', () => access.close())
    await timed('getFileHandle, present', () => folder.getFileHandle(`tmp-${n}`))
    await timed('getFile', () => file.getFile())
    await timed('move', () => file.move(`file-${n}`))
    if (n % 2 === 0) await timed('removeEntry', () => folder.removeEntry(`file-${n}`))
  }
  await root.removeEntry(name, { recursive: true })
  return Object.fromEntries([...times].map(([step, list]) => [step, { p50: median(list), p99: percentile(list, 99) }]))
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(0)
  })
}

export type StepsRequest = { readonly rounds: number; readonly depth: number }

/** `depth` workers below this one, the innermost measures. */
self.onmessage = ({ data }: MessageEvent<StepsRequest>) => {
  if (data.depth === 0) {
    void measureSteps(data.rounds).then((times) => self.postMessage(times))
    return
  }
  const inner = new Worker(new URL('./opfs-steps.worker.ts', import.meta.url), { type: 'module' })
  inner.onmessage = (event: MessageEvent<StepTimes>) => {
    inner.terminate()
    self.postMessage(event.data)
  }
  inner.postMessage({ ...data, depth: data.depth - 1 })
}
