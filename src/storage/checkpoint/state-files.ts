import type { FileStore } from '../../engine/ports/file-store'
import type { StateFileKind, StateFileName, StateFiles } from '../../engine/ports/state-files'

const VERSION_FILE = /^(\d+)\.(delta|snapshot)$/

/**
 * `<checkpoint>/state`: `N.delta` or `N.snapshot` a version, for all operators and partitions together, and Spark's
 * `<operator>/_metadata/metadata`.
 */
export function stateFilesOf(files: FileStore, checkpointPath: string): StateFiles {
  const path = `${checkpointPath}/state`
  const fileOf = ({ version, kind }: StateFileName) => `${path}/${version}.${kind}`
  const metadataOf = (operator: number) => `${path}/${operator}/_metadata/metadata`
  return {
    path,
    async list() {
      const children = await files.list(path)
      return children.flatMap((child): StateFileName[] => {
        const match = child.isFolder ? null : VERSION_FILE.exec(child.name)
        return match === null ? [] : [{ version: Number(match[1]), kind: match[2] as StateFileKind }]
      })
    },
    async read(file) {
      return (await files.stat(fileOf(file))) === null ? null : files.read(fileOf(file))
    },
    // Under the checkpoint's lock already: no lock of the path.
    write: async (file, bytes) => (await files.stage(fileOf(file), bytes)).publish(),
    remove: (file) => files.remove(fileOf(file)),
    async readOperators() {
      const texts: string[] = []
      while ((await files.stat(metadataOf(texts.length))) !== null)
        texts.push(new TextDecoder().decode(await files.read(metadataOf(texts.length))))
      return texts
    },
    writeOperator: (operator, text) => files.write(metadataOf(operator), new TextEncoder().encode(text)),
  }
}
