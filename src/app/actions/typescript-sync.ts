import { setTypeScriptCells } from '../../notebook/ui/editor/typescript-cells'
import { tell, textOf, useApp } from '../state/store'
import { typeScriptCells } from './lanes'

/** Typing settles before the other cells hear of it. */
const SETTLE_MS = 400

/** Keeps the language worker's view of the notebook: names of one TypeScript cell are known in the others. */
export function syncTypeScriptCells(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let sent = '[]'
  const send = () => {
    const cells = typeScriptCells(useApp.getState().notebook.history.document.cells)
    const text = JSON.stringify(cells)
    if (text === sent) return
    sent = text
    setTypeScriptCells(cells).catch((thrown: unknown) => tell('error', textOf(thrown)))
  }
  const stop = useApp.subscribe(({ notebook }, before) => {
    if (notebook.history.document === before.notebook.history.document) return
    clearTimeout(timer)
    timer = setTimeout(send, SETTLE_MS)
  })
  send()
  return () => {
    clearTimeout(timer)
    stop()
  }
}
