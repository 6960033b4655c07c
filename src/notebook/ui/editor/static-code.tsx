import { makeStyles, tokens } from '@fluentui/react-components'
import { memo, useEffect, useMemo, useRef, useState } from 'react'
import type { CSSProperties } from 'react'
import type { TextPlace } from '../../model/error-place'
import { CODE_FONT, CODE_FONT_SIZE_PX, CODE_LINE_HEIGHT_PX } from '../../../ui/theme'
import type { ThemeName } from '../../../ui/theme'
import { EDITOR_PADDING_PX } from './live-editor'
import { useMonaco } from './load-monaco'

const CODE_INDENT_PX = 8

const useStyles = makeStyles({
  code: {
    margin: 0,
    padding: `${EDITOR_PADDING_PX}px ${CODE_INDENT_PX}px`,
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

export type StaticCodeProps = {
  readonly source: string
  readonly language: string
  readonly theme: ThemeName
  readonly errorPlace: TextPlace | null
}

/** A red line under the place and a wash over its row, drawn as a background: the text itself is Monaco's. */
function markOf({ line, from, to }: TextPlace): CSSProperties {
  const top = EDITOR_PADDING_PX + (line - 1) * CODE_LINE_HEIGHT_PX
  const plain = (color: string) => `linear-gradient(${color}, ${color})`
  return {
    backgroundImage: `${plain(tokens.colorPaletteRedForeground1)}, ${plain(tokens.colorPaletteRedBackground1)}`,
    backgroundPosition: `calc(${CODE_INDENT_PX}px + ${from}ch) ${top + CODE_LINE_HEIGHT_PX - 3}px, 0 ${top}px`,
    backgroundSize: `${to - from}ch 2px, 100% ${CODE_LINE_HEIGHT_PX}px`,
    backgroundRepeat: 'no-repeat',
    backgroundAttachment: 'local',
  }
}

/** Code of a cell without the editor: plain text at once, coloured when Monaco is there and again when the theme changes. */
export const StaticCode = memo(function StaticCode({ source, language, theme, errorPlace }: StaticCodeProps) {
  const styles = useStyles()
  const mark = useMemo(() => (errorPlace === null ? undefined : markOf(errorPlace)), [errorPlace])
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
        data-error-line={errorPlace?.line}
        style={mark}
        tabIndex={scrolls ? 0 : undefined}
        dangerouslySetInnerHTML={{ __html: colored.html }}
      />
    )
  return (
    <pre
      ref={code}
      className={styles.code}
      data-error-line={errorPlace?.line}
      style={mark}
      tabIndex={scrolls ? 0 : undefined}
    >
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
