import { userError } from '../../protocol/errors/runnel-error'

/**
 * Where a stream stands in a Delta table, as Delta writes it into `offsets/N`.
 *
 * `index` counts the files of `reservoirVersion`; -1 is before its first file. While `isStartingVersion` is true the stream is
 * inside the snapshot it began with, whose files are numbered by (modificationTime, path). What is past the last file of a
 * version is written as "before the first file of the next".
 */
export type DeltaOffset = {
  readonly reservoirId: string
  readonly reservoirVersion: number
  readonly index: number
  readonly isStartingVersion: boolean
}

/** Before the first file. */
export const BASE_INDEX = -1

export function offsetJson({ reservoirId, reservoirVersion, index, isStartingVersion }: DeltaOffset): string {
  return JSON.stringify({ sourceVersion: 1, reservoirId, reservoirVersion, index, isStartingVersion })
}

export function parseOffset(json: string): DeltaOffset {
  let value: Record<string, unknown>
  try {
    value = JSON.parse(json) as Record<string, unknown>
  } catch {
    throw userError('DELTA_INVALID_SOURCE_OFFSET_FORMAT', 'The stored source offset format is invalid', {
      exception: 'SparkException',
    })
  }
  const { sourceVersion, reservoirId, reservoirVersion, index, isStartingVersion } = value
  if (sourceVersion !== 1 && sourceVersion !== 3) {
    throw userError('DELTA_INVALID_SOURCE_VERSION', `sourceVersion(${String(sourceVersion)}) is invalid`, {
      exception: 'SparkException',
    })
  }
  if (typeof reservoirId !== 'string' || typeof reservoirVersion !== 'number' || typeof index !== 'number') {
    throw userError('DELTA_INVALID_SOURCE_OFFSET_FORMAT', 'The stored source offset format is invalid', {
      exception: 'SparkException',
    })
  }
  // Indexes below -1 mark changes of metadata; for the files that follow they mean "before the first".
  return {
    reservoirId,
    reservoirVersion,
    index: Math.max(BASE_INDEX, index),
    isStartingVersion: isStartingVersion === true,
  }
}

export function isAfter(
  version: number,
  index: number,
  offset: { readonly reservoirVersion: number; readonly index: number },
): boolean {
  return version > offset.reservoirVersion || (version === offset.reservoirVersion && index > offset.index)
}
