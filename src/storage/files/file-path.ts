import { internalError } from '../../protocol/errors/runnel-error'

/** Parts of an absolute workspace path; empty for the root. Throws for relative paths and for `.` or `..`. */
export function pathParts(path: string): string[] {
  if (!path.startsWith('/')) throw internalError(`Workspace paths are absolute, got "${path}".`)
  const parts = path.split('/').filter((part) => part !== '')
  if (parts.some((part) => part === '.' || part === '..'))
    throw internalError(`Workspace paths are plain, got "${path}".`)
  return parts
}

/** The same path with one slash between parts and none at the end; `/` for the root. */
export function normalPath(path: string): string {
  return `/${pathParts(path).join('/')}`
}

export function joinPath(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Names of unfinished writes: ours, and the swap files browsers leave after a crash. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith('.tmp-') || name.endsWith('.crswap')
}
