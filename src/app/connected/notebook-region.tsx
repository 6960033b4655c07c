import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons'
import { Fragment, useEffect } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { InsertBar } from '../../notebook/ui/insert-bar'
import { keepModels } from '../../notebook/ui/editor/live-editor'
import { loadMonaco, useMonaco } from '../../notebook/ui/editor/load-monaco'
import { Region } from '../../ui/region'
import { insertCell } from '../actions/notebook-actions'
import { useApp } from '../state/store'
import { ConnectedCell } from './connected-cell'
import { RunAllBar } from './run-all-bar'

const useStyles = makeStyles({
  region: {
    height: '100%',
    display: 'flex',
    flexDirection: 'column',
    minHeight: 0,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  // Room at the end, so that the last cell's strip is never glued to the status bar.
  cells: {
    flexGrow: 1,
    overflowY: 'auto',
    padding: '4px 12px 0 4px',
    '::after': { content: '""', display: 'block', height: '120px' },
    scrollbarGutter: 'stable',
    overflowAnchor: 'auto',
  },
  last: { display: 'flex', gap: '6px', paddingLeft: '55px' },
})

export function NotebookRegion() {
  const styles = useStyles()
  const ids = useApp(useShallow(({ notebook }) => notebook.history.document.cells.map((cell) => cell.id)))
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  useEditorTheme()
  useEffect(() => keepModels(new Set(ids)), [ids])
  return (
    <Region label="Notebook" className={styles.region}>
      <RunAllBar />
      <div className={styles.cells}>
        {ids.map((id, index) => (
          <Fragment key={id}>
            {!isReadOnly && (
              <InsertBar place={`above cell ${index + 1}`} onInsert={(kind) => insertCell(index, kind)} />
            )}
            <ConnectedCell id={id} index={index} />
          </Fragment>
        ))}
        {!isReadOnly && (
          <div className={styles.last}>
            <Button
              size="small"
              appearance="subtle"
              icon={<AddRegular />}
              aria-label="Add code at the end"
              onClick={() => insertCell(ids.length, 'code')}
            >
              Code
            </Button>
            <Button
              size="small"
              appearance="subtle"
              icon={<AddRegular />}
              aria-label="Add Markdown at the end"
              onClick={() => insertCell(ids.length, 'markdown')}
            >
              Markdown
            </Button>
          </div>
        )}
      </div>
    </Region>
  )
}

/** Monaco comes after the first paint, then follows the theme of the page. */
function useEditorTheme(): void {
  const theme = useApp(({ view }) => view.theme)
  const monaco = useMonaco()
  useEffect(() => {
    if ('requestIdleCallback' in window) window.requestIdleCallback(() => void loadMonaco())
    else setTimeout(() => void loadMonaco(), 50)
  }, [])
  useEffect(() => monaco?.setMonacoTheme(theme), [monaco, theme])
}
