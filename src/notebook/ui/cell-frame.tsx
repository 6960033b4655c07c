import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components'
import { PlayFilled, StopFilled } from '@fluentui/react-icons'
import { Hint } from '../../ui/hint'
import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'

export type CellFrameProps = {
  readonly id: string
  readonly number: number
  /** `[3]`, `[ ]`, `[*]`; null for a Markdown cell. */
  readonly count: string | null
  readonly isSelected: boolean
  readonly isEditing: boolean
  /** Changes when the cell itself should take the focus. */
  readonly focusRequest: number | null
  /** Changes when the cell should come into view. */
  readonly viewRequest: number | null
  readonly run: {
    readonly isRunning: boolean
    readonly disabledReason: string | null
    readonly onRun: () => void
    readonly onStop: () => void
  } | null
  readonly menu: ReactNode
  readonly onSelect: () => void
  readonly children: ReactNode
}

const useStyles = makeStyles({
  cell: {
    display: 'grid',
    gridTemplateColumns: '52px minmax(0, 1fr)',
    position: 'relative',
    borderRadius: tokens.borderRadiusMedium,
    borderLeft: '3px solid transparent',
    outlineOffset: '-2px',
    scrollMarginTop: '24px',
    scrollMarginBottom: '48px',
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
    ':hover .cell-menu, :focus-within .cell-menu': { opacity: 1 },
  },
  selected: {
    borderLeftColor: tokens.colorBrandStroke1,
    backgroundColor: tokens.colorNeutralBackground1,
    '& .cell-menu': { opacity: 1 },
  },
  editing: { borderLeftColor: tokens.colorPaletteGreenBorderActive },
  gutter: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    paddingTop: '3px',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
    fontVariantNumeric: 'tabular-nums',
  },
  number: { fontSize: tokens.fontSizeBase100, lineHeight: '14px' },
  count: { fontFamily: tokens.fontFamilyMonospace, lineHeight: '14px' },
  run: { minWidth: '28px', width: '28px', height: '26px' },
  content: { minWidth: 0, padding: '3px 8px 3px 0' },
  menu: { position: 'absolute', right: '10px', top: '-2px', zIndex: 2, opacity: 0 },
})

/** One cell: `group "Cell n"`, its number, run button and count on the left, what it shows on the right. */
export function CellFrame(props: CellFrameProps) {
  const styles = useStyles()
  const element = useRef<HTMLDivElement>(null)
  const { focusRequest, viewRequest, isSelected, run } = props
  useEffect(() => {
    if (focusRequest === null || element.current === null) return
    element.current.focus({ preventScroll: true })
  }, [focusRequest])
  useEffect(() => {
    if (viewRequest !== null) element.current?.scrollIntoView({ block: 'nearest' })
  }, [viewRequest])
  return (
    <div
      ref={element}
      role="group"
      aria-label={`Cell ${props.number}`}
      aria-current={isSelected ? 'true' : undefined}
      data-cell={props.id}
      tabIndex={isSelected ? 0 : -1}
      className={mergeClasses(
        styles.cell,
        isSelected && styles.selected,
        isSelected && props.isEditing && styles.editing,
      )}
      onMouseDown={(event) => {
        if (!isSelected && !event.defaultPrevented) props.onSelect()
      }}
    >
      <div className={styles.gutter}>
        <span className={styles.number} aria-hidden>
          {props.number}
        </span>
        {run && <RunButton number={props.number} run={run} isShown={isSelected || run.isRunning} />}
        {props.count !== null && <span className={styles.count}>{props.count}</span>}
      </div>
      <div className={styles.content}>{props.children}</div>
      <div className={mergeClasses('cell-menu', styles.menu)}>{props.menu}</div>
    </div>
  )
}

function RunButton({
  number,
  run,
  isShown,
}: {
  number: number
  run: NonNullable<CellFrameProps['run']>
  isShown: boolean
}) {
  const styles = useStyles()
  const label = run.isRunning ? `Interrupt cell ${number}` : `Run cell ${number}`
  return (
    <Hint content={run.disabledReason ?? (run.isRunning ? 'Interrupt' : 'Run (Ctrl+Enter)')} relationship="description">
      <Button
        appearance="subtle"
        size="small"
        className={styles.run}
        aria-label={label}
        disabledFocusable={run.disabledReason !== null}
        tabIndex={isShown ? 0 : -1}
        icon={run.isRunning ? <StopFilled /> : <PlayFilled />}
        onClick={run.isRunning ? run.onStop : run.onRun}
      />
    </Hint>
  )
}
