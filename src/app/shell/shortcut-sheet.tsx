import { makeStyles, tokens } from '@fluentui/react-components'
import { COMMANDS, keyText } from '../commands'
import { change, useApp } from '../state/store'
import { SheetDialog } from './sheet-dialog'

const useStyles = makeStyles({
  table: {
    borderCollapse: 'collapse',
    width: '100%',
    '& th, & td': {
      textAlign: 'left',
      padding: '3px 8px',
      borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
      fontWeight: tokens.fontWeightRegular,
    },
    '& thead th': { fontWeight: tokens.fontWeightSemibold },
  },
})

const EDITOR_KEYS = [
  { keys: 'Esc', title: 'Leave the text of a cell', where: 'in the text' },
  { keys: 'Ctrl+M', title: 'Tab moves the focus instead of indenting', where: 'in the text' },
]

export function ShortcutSheet() {
  const styles = useStyles()
  const isOpen = useApp(({ view }) => view.isShortcutsOpen)
  const close = () => change('view', (view) => void (view.isShortcutsOpen = false))
  const rows = COMMANDS.filter((command) => command.keys !== undefined).map((command) => ({
    keys: (command.keys ?? []).map(keyText).join(' or '),
    title: command.title,
    where: command.where === 'global' ? 'anywhere' : 'on a cell',
  }))
  return (
    <SheetDialog title="Keyboard shortcuts" isOpen={isOpen} onClose={close}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Keys</th>
            <th scope="col">Does</th>
            <th scope="col">Where</th>
          </tr>
        </thead>
        <tbody>
          {[...EDITOR_KEYS, ...rows].map((row) => (
            <tr key={row.title}>
              <th scope="row">{row.keys}</th>
              <td>{row.title}</td>
              <td>{row.where}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </SheetDialog>
  )
}
