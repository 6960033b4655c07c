import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { AnsiText } from '../../../ui/ansi-text'
import { CODE_FONT } from '../../../ui/theme'
import { plural } from '../../../ui/format'

const COLLAPSED_LINES = 40
const MAX_PX = 280

const useStyles = makeStyles({
  text: {
    margin: 0,
    fontFamily: CODE_FONT,
    fontSize: '12.5px',
    lineHeight: '17px',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    maxHeight: `${MAX_PX}px`,
    overflowY: 'auto',
    padding: '2px 8px',
  },
  error: { borderLeft: `3px solid ${tokens.colorPaletteRedBorder2}` },
})

/** Printed text: the newest lines, all of them on request, never higher than a fixed height. */
export function StreamText({ text, isError }: { text: string; isError: boolean }) {
  const styles = useStyles()
  const box = useRef<HTMLPreElement>(null)
  const isAtEnd = useRef(true)
  const [isOpen, setIsOpen] = useState(false)
  const lines = useMemo(() => text.split('\n'), [text])
  const hidden = isOpen ? 0 : Math.max(0, lines.length - COLLAPSED_LINES - 1)
  const shown = hidden === 0 ? text : lines.slice(hidden).join('\n')
  // Follows new text only while the reader is at the end.
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [shown])
  return (
    <div>
      {(hidden > 0 || isOpen) && (
        <Button size="small" appearance="subtle" onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? 'Show only the newest lines' : `Show ${plural(hidden, 'earlier line')}`}
        </Button>
      )}
      <pre
        ref={box}
        className={mergeClasses(styles.text, isError && styles.error)}
        tabIndex={lines.length > 15 ? 0 : undefined}
        onScroll={({ currentTarget: element }) => {
          isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 8
        }}
      >
        <AnsiText text={shown} />
      </pre>
    </div>
  )
}
