import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { AddRegular, NotebookRegular } from '@fluentui/react-icons'
import type { FileEntry } from '../../protocol/workers/engine'

const useStyles = makeStyles({
  list: { listStyle: 'none', margin: 0, padding: '0 4px 6px' },
  item: {
    width: '100%',
    justifyContent: 'flex-start',
    fontWeight: tokens.fontWeightRegular,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    display: 'flex',
    minWidth: 0,
  },
})

export type NotebooksPanelProps = {
  readonly notebooks: readonly FileEntry[]
  readonly openPath: string | null
  readonly isReadOnly: boolean
  readonly onOpen: (path: string) => void
  readonly onNew: () => void
}

export function NotebooksPanel({ notebooks, openPath, isReadOnly, onOpen, onNew }: NotebooksPanelProps) {
  const styles = useStyles()
  return (
    <ul className={styles.list}>
      {notebooks.map((notebook) => (
        <li key={notebook.path}>
          <Button
            size="small"
            appearance={notebook.path === openPath ? 'secondary' : 'subtle'}
            className={styles.item}
            icon={<NotebookRegular />}
            aria-current={notebook.path === openPath ? 'page' : undefined}
            disabled={isReadOnly}
            title={notebook.name}
            onClick={() => onOpen(notebook.path)}
          >
            {notebook.name.replace(/\.ipynb$/, '')}
          </Button>
        </li>
      ))}
      {!isReadOnly && (
        <li>
          <Button size="small" appearance="subtle" className={styles.item} icon={<AddRegular />} onClick={onNew}>
            New notebook
          </Button>
        </li>
      )}
    </ul>
  )
}
