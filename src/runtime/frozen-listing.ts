import type { FileInfo, FileStore } from '../engine/ports/file-store'

/** The same files, but what a folder holds is asked once: files that come later are not seen, one that goes is missed. */
export function frozenListing(files: FileStore): FileStore {
  const lists = new Map<string, Promise<FileInfo[]>>()
  const list = (folder: string) => {
    const known = lists.get(folder) ?? files.list(folder)
    lists.set(folder, known)
    return known
  }
  return new Proxy(files, {
    get(target, key) {
      if (key === 'list') return list
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
