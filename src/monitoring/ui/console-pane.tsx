import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { memo, useLayoutEffect, useRef } from 'react'
import { formatCount } from '../../ui/format'
import { numEarlierBatches } from '../model/console'
import type { ConsoleText } from '../model/console'

const LINE_PX = 15

const useStyles = makeStyles({
  head: {
    display: 'flex',
    alignItems: 'center',
    gap: '8px',
    minHeight: '28px',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
    padding: '0 8px',
  },
  push: { marginLeft: 'auto' },
  text: {
    margin: 0,
    height: '200px',
    overflow: 'auto',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: '12px',
    lineHeight: `${LINE_PX}px`,
    whiteSpace: 'pre',
    padding: '4px 8px',
    backgroundColor: tokens.colorNeutralBackground2,
    borderRadius: tokens.borderRadiusMedium,
  },
})

export type ConsolePaneProps = {
  /** "Console of stats". */
  readonly label: string
  readonly console: ConsoleText
  readonly onDownload: () => void
}

/** Its size is known from its text, so that the browser lays out only what is in view. */
const Batch = memo(function Batch({ text }: { text: string }) {
  const lines = text.replace(/\n$/, '').split('\n')
  const height = lines.length * LINE_PX
  const minWidth = `${Math.max(...lines.map((line) => line.length))}ch`
  return <div style={{ height, minWidth, contentVisibility: 'auto' }}>{text}</div>
})

/** A console sink's text under the cell that started it: fixed height, follows only at the bottom (B26). */
export const ConsolePane = memo(function ConsolePane({ label, console, onDownload }: ConsolePaneProps) {
  const styles = useStyles()
  const box = useRef<HTMLPreElement>(null)
  const isAtEnd = useRef(true)
  const earlier = numEarlierBatches(console)
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [console.shown])
  return (
    <div>
      <div className={styles.head}>
        <span>{label}</span>
        {earlier > 0 && (
          <>
            <span>{`· ${formatCount(earlier)} earlier ${earlier === 1 ? 'batch' : 'batches'}`}</span>
            <Button
              className={styles.push}
              size="small"
              appearance="subtle"
              onClick={onDownload}
              aria-label={`Download ${label}`}
            >
              Download
            </Button>
          </>
        )}
      </div>
      <pre
        ref={box}
        tabIndex={0}
        className={styles.text}
        aria-label={label}
        onScroll={({ currentTarget: element }) => {
          isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 8
        }}
      >
        {console.shown.map((text, index) => (
          // Counted from the first: a batch keeps its element, and only the new one is laid out.
          <Batch key={earlier + index} text={text} />
        ))}
      </pre>
    </div>
  )
})
