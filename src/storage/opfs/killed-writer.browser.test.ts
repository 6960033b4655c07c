import { afterEach, expect, test } from 'vitest'
import KilledWriter from './killed-writer.page?worker'
import { openFolder } from './killed-writer.shared'

const KILLS = 25
const FOLDER = 'killed-writer'

afterEach(async () => {
  await (await navigator.storage.getDirectory()).removeEntry(FOLDER, { recursive: true }).catch(() => undefined)
})

/** Terminates a writer some moments after it has told of two numbers; gives all that it told of. */
async function liveAndDie(first: number, round: number): Promise<number[]> {
  const worker = new KilledWriter()
  const told: number[] = []
  await new Promise<void>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => {
      told.push(data)
      if (told.length === 2) setTimeout(resolve, (round * 0.7) % 9)
    }
    worker.postMessage({ folder: FOLDER, first })
  })
  worker.terminate()
  return told
}

async function filesOf(name: string): Promise<Map<number, Uint8Array>> {
  const folder = await (await openFolder(FOLDER)).getDirectoryHandle(name)
  const files = new Map<number, Uint8Array>()
  for await (const [file, handle] of folder.entries())
    files.set(Number(file), new Uint8Array(await (await (handle as FileSystemFileHandle).getFile()).arrayBuffer()))
  return files
}

async function temporaryFolders(): Promise<string[]> {
  const names: string[] = []
  for await (const name of (await openFolder(FOLDER)).keys()) if (name.startsWith('.tmp-')) names.push(name)
  return names
}

test('a writer killed at any moment leaves whole files, in order, and its leftovers go with the next writer', async () => {
  let next = 0
  const told: number[] = []
  for (let round = 0; round < KILLS; round++) {
    told.push(...(await liveAndDie(next, round)))
    const [data, log, commits] = [await filesOf('data'), await filesOf('log'), await filesOf('commits')]
    for (const [name, files] of Object.entries({ data, log, commits }))
      for (const [n, bytes] of files) {
        expect(bytes.length, `${name}/${n}`).toBe(1 + ((n * 977) % 5_000))
        expect(
          bytes.every((byte) => byte === n % 251),
          `${name}/${n}`,
        ).toBe(true)
      }
    // What was told of stands; what stands is a prefix of the steps.
    for (const n of told) expect(commits.has(n), `commits/${n}`).toBe(true)
    for (const n of commits.keys()) expect(log.has(n), `log/${n}`).toBe(true)
    for (const n of log.keys()) expect(data.has(n), `data/${n}`).toBe(true)
    next = Math.max(...data.keys()) + 1
  }
  // The last writer's own folder, and those of the writers that died while their successor was looking.
  expect((await temporaryFolders()).length).toBeLessThanOrEqual(3)
}, 60_000)
