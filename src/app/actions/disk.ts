import { gridOf } from '../../explorer/model/grid'
import { csvOf } from '../../notebook/formats/csv'
import { RunnelError } from '../../protocol/errors/runnel-error'
import type { ErrorShape } from '../../protocol/errors/runnel-error'
import { change, getApp, tell, textOf, useApp } from '../state/store'
import { runtimeOrNull } from './runtime-holder'
import { refreshStorage } from './explorer-actions'

/**
 * A file of 5 MB that holds room for the notebook's own text: it goes when the disk is full, so that what the learner
 * writes can still be saved (B20), and comes back when there is room.
 */
const RESERVE = '/runnel/reserve.bin'
export const RESERVE_BYTES = 5_000_000
const MAX_EXPORT_ROWS = 1_000_000

export async function keepReserve(): Promise<void> {
  const engine = runtimeOrNull()?.engine
  if (engine === undefined) return
  try {
    const entries = await engine.listFiles('/runnel')
    if (entries.some(({ path, sizeBytes }) => path === RESERVE && sizeBytes >= RESERVE_BYTES)) return
    await engine.writeFile(RESERVE, new Uint8Array(RESERVE_BYTES))
    change('session', (session) => void (session.isDiskFull = false))
  } catch (thrown) {
    if (!isDiskFull(thrown)) tell('warning', `Room for the notebook could not be reserved: ${textOf(thrown)}`)
  }
}

/** Saves into the room that was reserved when there is no other; throws what the second attempt throws. */
export async function writeWithReserve(path: string, bytes: Uint8Array): Promise<void> {
  const engine = runtimeOrNull()?.engine
  if (engine === undefined) return
  try {
    await engine.writeFile(path, bytes)
  } catch (thrown) {
    if (!isDiskFull(thrown)) throw thrown
    noteDiskFull()
    await engine.removeFile(RESERVE)
    await engine.writeFile(path, bytes)
  }
}

/** A stream or a save found no room: the bar shows what is largest until there is some again. */
export function noteDiskFull(): void {
  if (getApp().session.isDiskFull) return
  change('session', (session) => void (session.isDiskFull = true))
  void refreshStorage()
}

/** Queries that end for want of room say so here. */
export function watchDisk(): void {
  useApp.subscribe(({ monitoring }, before) => {
    if (monitoring === before.monitoring) return
    for (const id of monitoring.order) {
      const { error } = monitoring.queries[id].info
      if (error !== (before.monitoring.queries[id]?.info.error ?? null) && isFullShape(error)) noteDiskFull()
    }
  })
}

/** The rows of a table as a CSV file of this computer. */
export async function exportTable(name: string): Promise<void> {
  const engine = runtimeOrNull()?.engine
  if (engine === undefined) return
  try {
    const { schema, batches } = await engine.previewTable(name, MAX_EXPORT_ROWS)
    const { columns, rows } = gridOf(schema, batches)
    const text = csvOf(
      columns.map((column) => column.name),
      rows,
    )
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
    link.download = `${name}.csv`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  } catch (thrown) {
    tell('error', textOf(thrown))
  }
}

function isDiskFull(thrown: unknown): boolean {
  return thrown instanceof RunnelError && isFullShape(thrown.shape)
}

function isFullShape(shape: ErrorShape | null): boolean {
  if (shape === null) return false
  return shape.condition === 'DISK_FULL' || isFullShape(shape.cause ?? null)
}
