import {
  Menu,
  MenuButton,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  tokens,
} from '@fluentui/react-components'
import type { CellLanguage } from '../model/types'

export const LANGUAGE_NAMES: Readonly<Record<CellLanguage, string>> = {
  pyspark: 'PySpark',
  sql: 'Spark SQL',
  typescript: 'TypeScript',
  markdown: 'Markdown',
  raw: 'Raw',
}
const CHOICES: readonly CellLanguage[] = ['pyspark', 'sql', 'typescript', 'markdown']

export type LanguagePickerProps = {
  readonly number: number
  readonly language: CellLanguage
  /** Shows the name only. */
  readonly isFixed: boolean
  /** The picker of the selected cell is in the tab order. */
  readonly isReachable: boolean
  readonly onPick: (language: CellLanguage) => void
}

const useStyles = makeStyles({
  button: {
    minWidth: 0,
    height: '20px',
    padding: '0 4px',
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightRegular,
    color: tokens.colorNeutralForeground3,
  },
})

/** What the cell is written in, and the menu that changes it. */
export function LanguagePicker({ number, language, isFixed, isReachable, onPick }: LanguagePickerProps) {
  const styles = useStyles()
  if (isFixed) return LANGUAGE_NAMES[language]
  return (
    <Menu
      checkedValues={{ language: [language] }}
      onCheckedValueChange={(_, { checkedItems }) => onPick(checkedItems[0] as CellLanguage)}
    >
      <MenuTrigger disableButtonEnhancement>
        <MenuButton
          appearance="transparent"
          size="small"
          className={styles.button}
          tabIndex={isReachable ? 0 : -1}
          aria-label={`Language of cell ${number}: ${LANGUAGE_NAMES[language]}`}
        >
          {LANGUAGE_NAMES[language]}
        </MenuButton>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {CHOICES.map((choice) => (
            <MenuItemRadio key={choice} name="language" value={choice}>
              {LANGUAGE_NAMES[choice]}
            </MenuItemRadio>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}
