import { makeStyles, tokens } from '@fluentui/react-components'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { CellId } from '../../../protocol/ids'
import type { TextPlace } from '../../model/error-place'
import { CODE_LINE_HEIGHT_PX } from '../../../ui/theme'
import type { ThemeName } from '../../../ui/theme'
import {
  EDITOR_PADDING_PX,
  attachEditor,
  focusEditor,
  layoutEditor,
  markError,
  placeCursorAt,
  syncModel,
} from './live-editor'
import type { EditorKey } from './live-editor'
import { loadMonaco, useMonaco } from './load-monaco'
import { StaticCode } from './static-code'

export type CellEditorProps = {
  readonly id: CellId
  readonly number: number
  readonly source: string
  readonly language: 'python' | 'sql' | 'typescript' | 'markdown' | 'plaintext'
  readonly theme: ThemeName
  /** This cell holds the live editor. */
  readonly isLive: boolean
  readonly isReadOnly: boolean
  /** Where the last run went wrong. */
  readonly errorPlace: TextPlace | null
  /** Changes when the editor should take the keyboard. */
  readonly focusRequest: number | null
  readonly onChange: (source: string) => void
  readonly onEdit: () => void
  readonly onKey: (key: EditorKey) => void
  readonly onPastePage: (text: string) => Promise<boolean>
  readonly onCleaned: (numCleaned: number, undo: () => void) => void
}

const useStyles = makeStyles({
  box: {
    backgroundColor: 'var(--code-background)',
    borderRadius: tokens.borderRadiusMedium,
    overflow: 'hidden',
    cursor: 'text',
  },
})

export function CellEditor(props: CellEditorProps) {
  const styles = useStyles()
  const monaco = useMonaco()
  const showsEditor = props.isLive && monaco !== null
  useEffect(() => {
    if (props.isLive) void loadMonaco()
  }, [props.isLive])
  return (
    <div className={styles.box}>
      {showsEditor ? (
        <LiveEditor {...props} />
      ) : (
        <div
          onMouseDown={(event) => {
            if (event.button !== 0 || props.isReadOnly) return
            // Else the browser would give the focus to the cell after the editor took it.
            event.preventDefault()
            placeCursorAt(event.clientX, event.clientY)
            props.onEdit()
          }}
        >
          <StaticCode
            source={props.source}
            language={props.language}
            theme={props.theme}
            errorPlace={props.errorPlace}
          />
        </div>
      )}
    </div>
  )
}

function LiveEditor({ id, number, source, language, focusRequest, errorPlace, ...rest }: CellEditorProps) {
  const { onChange, onEdit, onKey, onPastePage, onCleaned } = rest
  const container = useRef<HTMLDivElement>(null)
  const callbacks = useRef({ onChange, onEdit, onKey, onPastePage, onCleaned })
  const [height, setHeight] = useState(() => source.split('\n').length * CODE_LINE_HEIGHT_PX + 2 * EDITOR_PADDING_PX)
  useLayoutEffect(() => {
    callbacks.current = { onChange, onEdit, onKey, onPastePage, onCleaned }
  })
  useLayoutEffect(() => {
    const element = container.current
    if (element === null) return
    const detach = attachEditor(element, id, source, language, `Cell ${number} code`, {
      onChange: (text) => callbacks.current.onChange(text),
      onHeight: setHeight,
      onFocus: () => callbacks.current.onEdit(),
      onKey: (key) => callbacks.current.onKey(key),
      onPastePage: (text) => callbacks.current.onPastePage(text),
      onCleaned: (numCleaned, undo) => callbacks.current.onCleaned(numCleaned, undo),
    })
    const resize = new ResizeObserver(() => layoutEditor(element.clientWidth))
    resize.observe(element)
    return () => {
      resize.disconnect()
      detach()
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the text is synchronised below; a new text must not move the editor
  }, [id, number])
  useLayoutEffect(() => syncModel(id, source, language), [id, source, language])
  useEffect(() => markError(id, errorPlace), [id, errorPlace])
  useLayoutEffect(() => {
    if (focusRequest !== null) focusEditor()
  }, [focusRequest])
  return <div ref={container} style={{ height }} />
}
