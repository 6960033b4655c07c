import { illegalOption } from '../../delta/errors'
import type { OptionMap } from '../../engine/ports/options'
import { userError } from '../../protocol/errors/runnel-error'

/** Tells the sink that the folder is a table made by `toTable`, which exists before the first batch. */
export const TABLE_OPTION = 'runnel.table'

export type DeltaSinkOptions = {
  readonly path: string
  readonly isTable: boolean
  readonly mergeSchema: boolean
  readonly overwriteSchema: boolean
}

export function readOptions(options: OptionMap): DeltaSinkOptions {
  const path = options.get('path')
  if (path === undefined || path.trim() === '') {
    throw userError('', "'path' is not specified", {
      exception: 'IllegalArgumentException',
      hint: 'Say where the table goes: .start("Tables/bronze") or .toTable("bronze").',
    })
  }
  return {
    path: path.replace(/(?<=.)\/+$/, ''),
    isTable: flag(options, TABLE_OPTION),
    mergeSchema: flag(options, 'mergeSchema'),
    overwriteSchema: flag(options, 'overwriteSchema'),
  }
}

function flag(options: OptionMap, name: string): boolean {
  const text = options.get(name)?.trim().toLowerCase()
  if (text === undefined || text === 'false') return false
  if (text === 'true') return true
  throw illegalOption(name, text, "must be 'true' or 'false'")
}
