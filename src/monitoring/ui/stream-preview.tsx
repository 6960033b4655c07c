import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { DataGrid } from '../../ui/data-grid'
import { formatCount, formatRate } from '../../ui/format'

export const PREVIEW_ROWS = 1_000
const GRID_PX = 264

export type StreamPreviewProps = {
  readonly title: string
  readonly isRunning: boolean
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** Newest rows in the order they are shown. */
  readonly rows: readonly (readonly (string | null)[])[]
  /** Rows the preview has had. */
  readonly numRows: number
  readonly rowsPerSecond: number
  readonly error: string | null
  readonly onStop: () => void
}

const useStyles = makeStyles({
  pane: { padding: '0 0 4px' },
  head: {
    display: 'flex',
    alignItems: 'center',
    gap: '8px',
    height: '32px',
    padding: '0 10px',
    fontSize: tokens.fontSizeBase200,
    fontVariantNumeric: 'tabular-nums',
  },
  title: { fontWeight: tokens.fontWeightSemibold, color: tokens.colorBrandForeground1 },
  quiet: { color: tokens.colorNeutralForeground2 },
  push: { marginLeft: 'auto' },
  // The grid grows with its rows; the box around it does not, so that nothing below moves.
  box: { height: `${GRID_PX}px`, overflow: 'hidden' },
  error: { padding: '0 10px', color: tokens.colorPaletteRedForeground1 },
})

/** `display(stream)`: the newest rows of a stream in a grid of fixed height (B15). */
export function StreamPreview(props: StreamPreviewProps) {
  const styles = useStyles()
  const { title, isRunning, rows, numRows, rowsPerSecond, error } = props
  const shown = rows.length
  return (
    <div className={styles.pane} role="group" aria-label={`Preview ${title}`}>
      <div className={styles.head}>
        <span className={styles.title}>{title}</span>
        <span className={styles.quiet}>
          {numRows > shown
            ? `newest ${formatCount(shown)} of ${formatCount(numRows)} rows`
            : `${formatCount(shown)} ${shown === 1 ? 'row' : 'rows'}`}
          {isRunning ? ` · ${formatRate(rowsPerSecond)} rows/s` : ' · stopped'}
        </span>
        {isRunning && (
          <Button size="small" className={styles.push} onClick={props.onStop} aria-label={`Stop ${title}`}>
            Stop
          </Button>
        )}
      </div>
      {error !== null && <div className={styles.error}>{error}</div>}
      <div className={styles.box}>
        <DataGrid label={`Rows of ${title}`} columns={props.columns} rows={rows} maxHeightPx={GRID_PX} />
      </div>
    </div>
  )
}
