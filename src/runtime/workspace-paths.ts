import type { WorkspacePaths } from '../engine/ports/workspace'
import { DEFAULT_LAKEHOUSE, mountFix, noticeText, resolvePath, tableFolder } from '../storage/paths'

/** The map of `storage/paths.ts` as the engine asks it. */
export const workspacePaths: WorkspacePaths = {
  tablesFolder: `/lakehouse/${DEFAULT_LAKEHOUSE}/Tables`,
  tableFolder: (identifier) => tableFolder(identifier),
  resolve: (written) => {
    const { path, notice } = resolvePath(written)
    return {
      path,
      notice: notice === null ? null : noticeText(notice, written),
      fix: notice === 'mount' ? mountFix(written, path) : null,
    }
  },
}
