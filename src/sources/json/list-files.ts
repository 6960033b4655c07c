import type { FileInfo, FileStore } from '../../engine/ports/file-store'

export type FileFilter = { readonly pathGlobFilter: string | null; readonly recursiveFileLookup: boolean }

/**
 * Visible files of a path: the file itself, or those of a folder (`_x` and `.x` are hidden, `k=v` folders are entered, others
 * with `recursiveFileLookup`). `*`, `?`, `[..]` and `{a,b}` may stand in the path. Null when nothing is there.
 */
export async function listFiles(files: FileStore, path: string, filter: FileFilter): Promise<FileInfo[] | null> {
  const roots = await expand(files, path)
  if (roots.length === 0) return null
  const found: FileInfo[] = []
  for (const root of roots) {
    if (root.isFolder) await collect(files, root.path, filter, found)
    else found.push(root)
  }
  const glob = filter.pathGlobFilter === null ? null : globRegex(filter.pathGlobFilter)
  return glob === null ? found : found.filter((file) => glob.test(file.name))
}

async function expand(files: FileStore, path: string): Promise<FileInfo[]> {
  if (!/[*?[{]/.test(path)) {
    const info = await files.stat(path)
    return info === null ? [] : [info]
  }
  let level: FileInfo[] = [{ path: '', name: '', isFolder: true, sizeBytes: 0, modifiedMs: 0 }]
  for (const segment of path.split('/').filter((part) => part !== '')) {
    const regex = globRegex(segment)
    const next: FileInfo[] = []
    for (const folder of level.filter((info) => info.isFolder)) {
      for (const child of await files.list(folder.path === '' ? '/' : folder.path))
        if (regex.test(child.name)) next.push(child)
    }
    level = next
  }
  return level
}

async function collect(files: FileStore, folder: string, filter: FileFilter, found: FileInfo[]): Promise<void> {
  for (const child of await files.list(folder)) {
    if (isHidden(child.name)) continue
    if (!child.isFolder) found.push(child)
    else if (filter.recursiveFileLookup || child.name.includes('=')) await collect(files, child.path, filter, found)
  }
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || (name.startsWith('_') && !name.includes('='))
}

function globRegex(glob: string): RegExp {
  const source = glob.replace(
    /[.+^$()|\\]|\*|\?|\{|\}|,/g,
    (char) => ({ '*': '[^/]*', '?': '[^/]', '{': '(?:', '}': ')', ',': '|' })[char] ?? `\\${char}`,
  )
  return new RegExp(`^${source}$`)
}
