import { Button, makeStyles } from '@fluentui/react-components'
import { exportNotebook } from '../actions/persistence'

const useStyles = makeStyles({
  box: { padding: '24px' },
  text: { fontSize: '16px' },
  actions: { display: 'flex', gap: '8px' },
})

/** Shown in place of the panes when drawing them failed: our fault, and nothing of the learner's is lost. */
export function Broken({ message, onRetry }: { message: string; onRetry: () => void }) {
  const styles = useStyles()
  return (
    <div className={styles.box} role="alert">
      <p className={styles.text}>Runnel could not draw this page: {message}</p>
      <p>Your code and tables are safe.</p>
      <div className={styles.actions}>
        <Button appearance="primary" onClick={onRetry}>
          Try again
        </Button>
        <Button onClick={exportNotebook}>Download .ipynb</Button>
      </div>
    </div>
  )
}
