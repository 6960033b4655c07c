import { makeStyles, tokens } from '@fluentui/react-components'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'

export type DataGridProps = {
  readonly label: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly (string | null)[])[]
  readonly maxHeightPx: number
}

const ROW_PX = 26
const CHAR_PX = 7.2
const NUMBERS = /^(tinyint|smallint|int|bigint|float|double|decimal|long|byte|short)/

const useStyles = makeStyles({
  box: {
    overflow: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    fontSize: tokens.fontSizeBase200,
    backgroundColor: tokens.colorNeutralBackground1,
    contain: 'strict',
  },
  header: {
    position: 'sticky',
    top: 0,
    zIndex: 1,
    display: 'flex',
    width: 'max-content',
    minWidth: '100%',
    backgroundColor: tokens.colorNeutralBackground3,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    fontWeight: tokens.fontWeightSemibold,
  },
  type: { fontWeight: tokens.fontWeightRegular, color: tokens.colorNeutralForeground3, marginLeft: '6px' },
  body: { position: 'relative', minWidth: '100%', width: 'max-content' },
  row: {
    position: 'absolute',
    left: 0,
    display: 'flex',
    minWidth: '100%',
    height: `${ROW_PX}px`,
    ':nth-child(even)': { backgroundColor: tokens.colorNeutralBackground2 },
  },
  cell: {
    flexShrink: 0,
    boxSizing: 'border-box',
    padding: '0 10px',
    height: `${ROW_PX}px`,
    lineHeight: `${ROW_PX}px`,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'pre',
    fontVariantNumeric: 'tabular-nums',
  },
  null: { color: tokens.colorNeutralForeground3, fontStyle: 'italic' },
})

/** Rows of text; only those in view are in the page. */
export function DataGrid({ label, columns, rows, maxHeightPx }: DataGridProps) {
  const styles = useStyles()
  const box = useRef<HTMLDivElement>(null)
  const widths = useMemo(() => columns.map((column, index) => widthOf(column, index, rows)), [columns, rows])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  })
  const height = Math.min(maxHeightPx, (rows.length + 1) * ROW_PX + 14)
  const align = columns.map((column) => (NUMBERS.test(column.type) ? 'right' : 'left'))
  return (
    <div
      ref={box}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      tabIndex={0}
      className={styles.box}
      style={{ height }}
    >
      <div role="row" aria-rowindex={1} className={styles.header}>
        {columns.map((column, index) => (
          <div
            role="columnheader"
            key={index}
            className={styles.cell}
            style={{ width: widths[index], textAlign: align[index] }}
            title={`${column.name}: ${column.type}`}
          >
            {column.name}
            <span className={styles.type}>{column.type}</span>
          </div>
        ))}
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <div
            role="row"
            aria-rowindex={item.index + 2}
            key={item.key}
            className={styles.row}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            {rows[item.index].map((text, index) => (
              <div
                role="gridcell"
                key={index}
                className={styles.cell}
                style={{ width: widths[index], textAlign: align[index] }}
                title={text ?? 'NULL'}
              >
                {text ?? <span className={styles.null}>NULL</span>}
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  )
}

function widthOf(column: { name: string; type: string }, index: number, rows: DataGridProps['rows']): number {
  const longest = rows.slice(0, 50).reduce((most, row) => Math.max(most, row[index]?.length ?? 4), 0)
  const header = column.name.length + Math.min(column.type.length, 16) + 1
  return Math.round(Math.min(340, Math.max(64, Math.max(longest, header) * CHAR_PX + 24)))
}
