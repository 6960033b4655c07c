import { makeStyles, tokens } from '@fluentui/react-components'
import { useLayoutEffect, useRef } from 'react'

const useStyles = makeStyles({
  head: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3, padding: '0 8px' },
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

/** A console sink's text under the cell that started it: fixed height, follows only at the bottom (B26). */
export function ConsolePane({ title, text }: { title: string; text: string }) {
  const styles = useStyles()
  const box = useRef<HTMLPreElement>(null)
  const isAtEnd = useRef(true)
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [text])
  return (
    <div>
      <div className={styles.head}>Console of {title}</div>
      <pre
        ref={box}
        tabIndex={0}
        className={styles.text}
        aria-label={`Console of ${title}`}
        onScroll={({ currentTarget: element }) => {
          isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 8
        }}
      >
        {text}
      </pre>
    </div>
  )
}
