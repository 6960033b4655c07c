import { makeStyles } from '@fluentui/react-components'
import { memo, useEffect, useRef, useState } from 'react'
import { CODE_FONT, CODE_FONT_SIZE_PX, CODE_LINE_HEIGHT_PX } from '../../../ui/theme'
import type { ThemeName } from '../../../ui/theme'
import { EDITOR_PADDING_PX } from './live-editor'
import { useMonaco } from './load-monaco'

const useStyles = makeStyles({
  code: {
    margin: 0,
    padding: `${EDITOR_PADDING_PX}px 8px`,
    fontFamily: CODE_FONT,
    fontSize: `${CODE_FONT_SIZE_PX}px`,
    lineHeight: `${CODE_LINE_HEIGHT_PX}px`,
    whiteSpace: 'pre',
    overflowX: 'auto',
    overflowY: 'hidden',
    scrollbarWidth: 'thin',
    tabSize: 4,
    minHeight: `${CODE_LINE_HEIGHT_PX}px`,
    // Same advance widths as Monaco draws.
    fontVariantLigatures: 'none',
    fontFeatureSettings: '"liga" off, "calt" off',
  },
})

export type StaticCodeProps = { readonly source: string; readonly language: string; readonly theme: ThemeName }

/** Code of a cell without the editor: plain text at once, coloured when Monaco is there and again when the theme changes. */
export const StaticCode = memo(function StaticCode({ source, language, theme }: StaticCodeProps) {
  const styles = useStyles()
  const monaco = useMonaco()
  const code = useRef<HTMLPreElement>(null)
  const scrolls = useScrolls(code)
  const [colored, setColored] = useState<{ source: string; html: string } | null>(null)
  useEffect(() => {
    if (monaco === null) return
    let isCurrent = true
    void monaco.monaco.editor.colorize(source, language, { tabSize: 4 }).then((html) => {
      if (isCurrent) setColored({ source, html })
    })
    return () => {
      isCurrent = false
    }
  }, [monaco, source, language, theme])
  // Monaco made this HTML from plain text: it escapes what it does not colour.
  if (colored?.source === source)
    return (
      <pre
        ref={code}
        className={styles.code}
        tabIndex={scrolls ? 0 : undefined}
        dangerouslySetInnerHTML={{ __html: colored.html }}
      />
    )
  return (
    <pre ref={code} className={styles.code} tabIndex={scrolls ? 0 : undefined}>
      {source}
    </pre>
  )
})

/** Lines wider than the cell must be reachable without a mouse: only then is the text a stop of the Tab key. */
function useScrolls(element: React.RefObject<HTMLElement | null>): boolean {
  const [scrolls, setScrolls] = useState(false)
  useEffect(() => {
    const box = element.current
    if (box === null) return
    const look = () => setScrolls(box.scrollWidth > box.clientWidth)
    const observer = new ResizeObserver(look)
    observer.observe(box)
    return () => observer.disconnect()
  }, [element])
  return scrolls
}
