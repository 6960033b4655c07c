import { userError } from '../../protocol/errors/runnel-error'
import type { SourceContext } from '../../engine/ports/source'
import { checkVersion } from '../../storage/checkpoint/log-files'

/** When the source was first made, session milliseconds: kept as `v1` and the number in `<metadataPath>/0`. */
export async function readCreationTime({ files, clock, metadataPath }: SourceContext): Promise<number> {
  const path = `${metadataPath}/0`
  if ((await files.stat(path)) === null) {
    const nowMs = Math.floor(clock.nowMs())
    if (await files.writeIfAbsent(path, new TextEncoder().encode(`v1\n${nowMs}`))) return nowMs
  }
  const [version, time] = new TextDecoder().decode(await files.read(path)).split('\n')
  checkVersion(version, 'up to v1')
  if (time === undefined || !/^\d+$/.test(time)) {
    throw userError('_LEGACY_LOG_VERSION', `For input string: "${time ?? ''}"`, {
      exception: 'NumberFormatException',
      hint: `${path} holds no time: it was changed by hand. Restore it, or start with a new checkpoint.`,
    })
  }
  return Number(time)
}
