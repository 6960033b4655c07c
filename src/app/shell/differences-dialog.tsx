import { makeStyles, tokens } from '@fluentui/react-components'
import { differences } from '../help/differences'
import { change, useApp } from '../state/store'
import { SheetDialog } from './sheet-dialog'

const useStyles = makeStyles({
  surface: { maxWidth: '860px' },
  table: {
    borderCollapse: 'collapse',
    width: '100%',
    fontSize: tokens.fontSizeBase200,
    '& th, & td': {
      textAlign: 'left',
      verticalAlign: 'top',
      width: '50%',
      padding: '3px 8px',
      borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    },
  },
})

/** Help › What differs from a cluster (B25). */
export function DifferencesDialog() {
  const styles = useStyles()
  const isOpen = useApp(({ view }) => view.isDifferencesOpen)
  const mode = useApp(({ session }) => session.compatibility)
  const close = () => change('view', (view) => void (view.isDifferencesOpen = false))
  return (
    <SheetDialog title="What differs from a cluster" isOpen={isOpen} onClose={close} className={styles.surface}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Here</th>
            <th scope="col">On a cluster</th>
          </tr>
        </thead>
        <tbody>
          {differences(mode).map(({ here, cluster }) => (
            <tr key={here}>
              <td>{here}</td>
              <td>{cluster}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </SheetDialog>
  )
}
