import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { useLayoutEffect, useMemo, useRef } from 'react'
import { formatCount } from '../../ui/format'
import { numEarlierBatches } from '../model/console'
import type { ConsoleText } from '../model/console'

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
  text: {
    margin: 0,
    height: '200px',
    overflow: 'auto',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: '12px',
    lineHeight: '15px',
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

/** A console sink's text under the cell that started it: fixed height, follows only at the bottom (B26). */
export function ConsolePane({ label, console, onDownload }: ConsolePaneProps) {
  const styles = useStyles()
  const box = useRef<HTMLPreElement>(null)
  const isAtEnd = useRef(true)
  const text = useMemo(() => console.shown.join(''), [console.shown])
  const earlier = numEarlierBatches(console)
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [text])
  return (
    <div>
      <div className={styles.head}>
        <span>{label}</span>
        {earlier > 0 && (
          <>
            <span>
              · {formatCount(earlier)} earlier {earlier === 1 ? 'batch' : 'batches'}
            </span>
            <Button size="small" appearance="subtle" onClick={onDownload} aria-label={`Download ${label}`}>
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
        {text}
      </pre>
    </div>
  )
}
