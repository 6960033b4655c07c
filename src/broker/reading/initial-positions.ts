import type { FileStore } from '../../engine/ports/file-store'
import { outsideError } from '../../protocol/errors/runnel-error'
import type { OffsetJson } from '../../engine/ports/source'

/** Where the query started, in `sources/<n>/0`: a zero byte, `v1`, a newline, the offset JSON. */
export async function readInitialPositions(files: FileStore, metadataPath: string): Promise<OffsetJson | null> {
  const path = `${metadataPath}/0`
  if ((await files.stat(path)) === null) return null
  const text = new TextDecoder().decode((await files.read(path)).subarray(1))
  // Spark 2.1 wrote no version line.
  if (!text.startsWith('v')) return text
  const newline = text.indexOf('\n')
  const version = newline > 0 ? text.slice(0, newline) : text
  if (newline < 0) throw malformed('Log file was malformed.')
  if (!/^v\d+$/.test(version) || Number(version.slice(1)) < 1)
    throw malformed(`Log file was malformed: failed to read correct log version from ${version}.`)
  if (version !== 'v1')
    throw malformed(
      `UnsupportedLogVersion: maximum supported log version is v1, but encountered ${version}. ` +
        'The log file was produced by a newer version of Spark and cannot be read by this version. Please upgrade.',
    )
  return text.slice(newline + 1)
}

/** Writes the file once; the answer is what stands there, also when another run was first. */
export async function writeInitialPositions(
  files: FileStore,
  metadataPath: string,
  offset: OffsetJson,
): Promise<OffsetJson> {
  const text = new TextEncoder().encode(`v1\n${offset}`)
  const bytes = new Uint8Array(text.length + 1)
  bytes.set(text, 1)
  if (await files.writeIfAbsent(`${metadataPath}/0`, bytes)) return offset
  return (await readInitialPositions(files, metadataPath)) ?? offset
}

function malformed(words: string) {
  return outsideError('MALFORMED_LOG_FILE', words, {
    hint: 'A file of the checkpoint was changed by hand. Restore it, or start with a new checkpoint.',
  })
}
