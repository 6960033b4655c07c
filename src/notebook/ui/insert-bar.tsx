import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons'

const useStyles = makeStyles({
  bar: {
    height: '14px',
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    gap: '4px',
    position: 'relative',
    opacity: 0,
    transitionProperty: 'opacity',
    transitionDuration: '100ms',
    ':hover, :focus-within': { opacity: 1 },
    '::before': {
      content: '""',
      position: 'absolute',
      left: '52px',
      right: 0,
      height: '1px',
      backgroundColor: tokens.colorNeutralStroke2,
    },
  },
  button: { minWidth: 0, height: '24px', zIndex: 1, backgroundColor: tokens.colorNeutralBackground1 },
})

export type InsertBarProps = { readonly place: string; readonly onInsert: (kind: 'code' | 'markdown') => void }

/** Shows between cells on hover and focus. Keys A and B do the same, so it stays out of the tab order. */
export function InsertBar({ place, onInsert }: InsertBarProps) {
  const styles = useStyles()
  return (
    <div className={styles.bar}>
      <Button
        tabIndex={-1}
        className={styles.button}
        size="small"
        icon={<AddRegular />}
        aria-label={`Add code ${place}`}
        onClick={() => onInsert('code')}
      >
        Code
      </Button>
      <Button
        tabIndex={-1}
        className={styles.button}
        size="small"
        icon={<AddRegular />}
        aria-label={`Add Markdown ${place}`}
        onClick={() => onInsert('markdown')}
      >
        Markdown
      </Button>
    </div>
  )
}
