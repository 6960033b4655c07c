import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { AddRegular, BookRegular, NotebookRegular } from '@fluentui/react-icons'
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
  /** Notebooks that come with the page and have no copy of the user's yet. */
  readonly shipped: readonly { readonly name: string; readonly title: string }[]
  readonly onOpen: (path: string) => void
  readonly onOpenShipped: (name: string) => void
  readonly onNew: () => void
}

export function NotebooksPanel(props: NotebooksPanelProps) {
  const { notebooks, openPath, isReadOnly, shipped, onOpen, onOpenShipped, onNew } = props
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
      {shipped.map(({ name, title }) => (
        <li key={name}>
          <Button
            size="small"
            appearance="subtle"
            className={styles.item}
            icon={<BookRegular />}
            disabled={isReadOnly}
            title={`${title}: comes with Runnel`}
            onClick={() => onOpenShipped(name)}
          >
            {title}
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
