import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components'
import { parseAnsi } from './ansi'

const useStyles = makeStyles({
  red: { color: tokens.colorPaletteRedForeground1 },
  green: { color: tokens.colorPaletteGreenForeground1 },
  yellow: { color: tokens.colorPaletteMarigoldForeground2 },
  blue: { color: tokens.colorPaletteBlueForeground2 },
  magenta: { color: tokens.colorPaletteBerryForeground1 },
  cyan: { color: tokens.colorPaletteTealForeground2 },
  grey: { color: tokens.colorNeutralForeground3 },
  bold: { fontWeight: tokens.fontWeightSemibold },
})

export function AnsiText({ text }: { text: string }) {
  const styles = useStyles()
  return parseAnsi(text).map((span, index) => (
    <span key={index} className={mergeClasses(span.color !== null && styles[span.color], span.isBold && styles.bold)}>
      {span.text}
    </span>
  ))
}
