import type { CellId } from '../../protocol/ids'
import type { ErrorShape } from '../../protocol/errors/runnel-error'
import type { Notice } from '../../protocol/workers/engine'
import { timeFieldEdit, bodyTimeEdit } from '../../teaching/model/event-time-edit'
import { connectionName, hubExpression, kafkaReader } from '../../teaching/model/kafka-conversion'
import { previewEdit } from '../../teaching/model/stream-preview-edit'
import { getApp, tell } from '../state/store'
import { applyFix, cellsNow } from './notebook-actions'
import { runCell } from './run-actions'

/** The field of the sample bodies that says when the event happened. */
const BODY_TIME = 'eventTime'

/** [Use eventTime from the body] (B07): watermark, window and schema are changed in the cells that write them. */
export function takeBodyTime(column: string): void {
  const changed: number[] = []
  cellsNow().forEach((cell, index) => {
    if (cell.kind !== 'code') return
    const edits = [timeFieldEdit(cell.source, BODY_TIME), bodyTimeEdit(cell.source, column, BODY_TIME)]
    if (edits.map((edit) => edit !== null && applyFix(cell.id, edit)).some(Boolean)) changed.push(index + 1)
  })
  if (changed.length === 0) tell('warning', `No cell writes withWatermark("${column}", ...): change the query by hand.`)
  else
    tell(
      'success',
      `Changed ${changed.length === 1 ? 'cell' : 'cells'} ${changed.join(', ')}. Run them and the cells below again, with a new checkpoint.`,
    )
}

/** Its fix is another connector, not another spelling. */
export const CONNECTOR = 'eventhubs-connector-spark4'

/** The notice about the connector gets its [Convert] from the cell it stands under (B08). */
export function withConversion(notice: Notice): Notice {
  if (notice.leniency !== CONNECTOR || notice.fix !== null) return notice
  const cells = cellsNow().filter((cell) => cell.kind === 'code')
  const source = cells.find((cell) => cell.id === notice.cell)?.source
  const code = cells.map((cell) => cell.source).join('\n')
  const connection = connectionName(code)
  if (source === undefined || connection === null) return notice
  const hub = hubOfNotebook()
  const edit = kafkaReader(source, {
    connection,
    hub: hub === null ? '"your-event-hub-name"' : hubExpression(code, hub),
  })
  return edit === null
    ? notice
    : { ...notice, fix: { description: 'Read the hub through its Kafka endpoint', ...edit } }
}

function hubOfNotebook(): string | null {
  const { monitoring, explorer } = getApp()
  const read = Object.values(monitoring.queries).flatMap(({ info }) => info.sources)
  return read.find(({ broker }) => broker !== null)?.label ?? explorer.hubs.at(0)?.name ?? null
}

export type ErrorChoice = { readonly name: string; readonly isPrimary: boolean; readonly onChoose: () => void }

/** Buttons of an error that asks for a decision instead of offering one fix. Empty: the error has none. */
export function choicesOf(cell: CellId, error: ErrorShape | null, onCancel: () => void): ErrorChoice[] {
  if (error === null) return []
  if (error.condition === 'EVENT_HUB_NOT_REACHABLE') {
    const hub = error.parameters['hub'] ?? ''
    return [
      {
        name: `Use the in-browser hub ${hub} instead`.replace('  ', ' '),
        isPrimary: true,
        onChoose: () => takeOwnHub(cell, error),
      },
      { name: 'Cancel', isPrimary: false, onChoose: onCancel },
    ]
  }
  if (error.condition === '_LEGACY_ERROR_TEMP_3102') {
    const source = cellsNow().find((candidate) => candidate.id === cell)?.source ?? ''
    const edit = previewEdit(source, error.place?.line ?? null)
    if (edit === null) return []
    const preview = () => {
      if (applyFix(cell, edit)) runCell(cell)
    }
    return [{ name: 'Preview', isPrimary: true, onChoose: preview }]
  }
  return []
}

/** The string may stand in an earlier cell: it is changed where it is written, and every cell from there to here runs again. */
function takeOwnHub(cell: CellId, error: ErrorShape): void {
  const { fix } = error
  const cells = cellsNow()
  const at = cells.findIndex((candidate) => fix !== undefined && candidate.source.includes(fix.from))
  if (fix === undefined || at === -1 || !applyFix(cells[at].id, fix)) {
    tell('warning', 'The connection string stands in no cell: write sb://local in place of its address.')
    return
  }
  const here = cells.findIndex((candidate) => candidate.id === cell)
  for (const again of cells.slice(at, here + 1)) if (again.id === cells[at].id || again.id === cell) runCell(again.id)
}
