import { openFolder } from './killed-writer.shared'
import { OpfsFileStore } from './opfs-file-store'

/**
 * Writes as a stream worker does, for ever, until it is terminated: for each number a file of its own, a staged log entry,
 * published once the file stands, and a staged commit, published after the entry. All are filled with the number.
 */
async function write(folderName: string, first: number): Promise<void> {
  const store = new OpfsFileStore(await openFolder(folderName), { workspace: folderName, keepReady: 4 })
  for (let n = first; ; n++) {
    const bytes = new Uint8Array(1 + ((n * 977) % 5_000)).fill(n % 251)
    const [data, entry, commit] = await Promise.all(
      ['data', 'log', 'commits'].map((folder) => store.stage(`/${folder}/${n}`, bytes)),
    )
    await data.publish()
    await entry.publishNew()
    await commit.publish()
    self.postMessage(n)
  }
}

self.onmessage = ({ data }: MessageEvent<{ folder: string; first: number }>) => void write(data.folder, data.first)
