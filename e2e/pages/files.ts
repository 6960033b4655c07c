import { Buffer } from 'node:buffer'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { FileEntry } from '../../src/protocol/workers/engine'
import type { Workbench } from './workbench'

export async function listFolder(bench: Workbench, path: string): Promise<FileEntry[]> {
  return bench.evaluate<FileEntry[]>(`runnel.engine.listFiles(${JSON.stringify(path)})`)
}

export async function readBytes(bench: Workbench, path: string): Promise<Buffer> {
  const text = await bench.evaluate<string>(
    `runnel.engine.readFile(${JSON.stringify(path)}).then((bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')))`,
  )
  return Buffer.from(text, 'base64')
}

/** Files below each folder of the workspace, counted in place: `{ '/lakehouse/default/Tables/x/_delta_log': 12, ... }`. */
export function countFiles(bench: Workbench, root = '/'): Promise<Record<string, number>> {
  return bench.evaluate(`(async () => {
    const counts = {}
    const walk = async (folder) => {
      for (const entry of await runnel.engine.listFiles(folder)) {
        if (entry.isFolder) await walk(entry.path)
        else counts[folder] = (counts[folder] ?? 0) + 1
      }
    }
    await walk(${JSON.stringify(root)})
    return counts
  })()`)
}

/**
 * Copies the data files that the table's log names to a folder of this machine, and says where they are. The log is read
 * here, action by action, as any other reader of Delta would: what the engine believes plays no part.
 */
export async function copyTable(bench: Workbench, table: string, folder: string): Promise<string[]> {
  const root = `/lakehouse/default/Tables/${table}`
  const log = (await listFolder(bench, `${root}/_delta_log`))
    .filter(({ name }) => /^\d{20}\.json$/.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const live = new Set<string>()
  for (const [version, entry] of log.entries()) {
    if (Number(entry.name.slice(0, 20)) !== version) throw new Error(`The log of ${table} has no version ${version}`)
    for (const line of (await readBytes(bench, entry.path)).toString('utf8').trim().split('\n')) {
      const { add, remove } = JSON.parse(line) as { add?: { path: string }; remove?: { path: string } }
      if (add) live.add(add.path)
      if (remove) live.delete(remove.path)
    }
  }
  const copies: string[] = []
  for (const path of live) {
    const target = join(folder, table, decodeURIComponent(path))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, await readBytes(bench, `${root}/${decodeURIComponent(path)}`))
    copies.push(target)
  }
  return copies
}
