import type { RunnelError } from '../../protocol/errors/runnel-error'
import { outsideError, userError } from '../../protocol/errors/runnel-error'

export function pathNotFound(path: string): RunnelError {
  return userError('PATH_NOT_FOUND', `Path does not exist: ${path}.`, {
    parameters: { path },
    sqlState: '42K03',
    hint: 'Check the spelling of the path, or run the cell that writes it first.',
  })
}

/** `wantedBytes` is the size of the write that did not fit; nothing of it stays. */
export function diskFull(path: string, wantedBytes: number, cause?: unknown): RunnelError {
  const reason = cause instanceof Error ? ` (${cause.message})` : ''
  return outsideError('DISK_FULL', `No space left to write ${wantedBytes} bytes to ${path}${reason}.`, {
    parameters: { path, bytes: String(wantedBytes) },
    hint: 'Delete or export tables that are no longer needed, then start the query again. Everything committed is still readable.',
  })
}

export function fileInUse(path: string): RunnelError {
  return outsideError('FILE_IN_USE', `The file ${path} is open for writing elsewhere.`, {
    parameters: { path },
    hint: 'Another tab or a query that is still stopping holds the file; wait a moment and try again.',
  })
}
