import { outsideError } from '../../protocol/errors/runnel-error'
import type { SourceContext } from '../../engine/ports/source'

/** When the source was first made, session milliseconds: kept as `v1` and the number in `<metadataPath>/0`. */
export async function readCreationTime({ files, clock, metadataPath }: SourceContext): Promise<number> {
  const path = `${metadataPath}/0`
  if ((await files.stat(path)) === null) {
    const nowMs = Math.floor(clock.nowMs())
    if (await files.writeIfAbsent(path, new TextEncoder().encode(`v1\n${nowMs}`))) return nowMs
  }
  const text = new TextDecoder().decode(await files.read(path))
  const match = /^v1\n(\d+)$/.exec(text.trimEnd())
  if (match === null) {
    throw outsideError(
      '_LEGACY_LOG_VERSION',
      `Log file was malformed: failed to read the creation time from ${path}.`,
      {
        hint: 'The file in the checkpoint was changed by hand. Restore it, or start with a new checkpoint.',
      },
    )
  }
  return Number(match[1])
}
