import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components'
import type { EmptyAction, EmptyReason } from '../model/why-empty'

export type LineChoice = { readonly name: string; readonly onChoose: () => void }

export type SentenceLineProps = {
  readonly sentence: string
  readonly tone: 'plain' | 'warning'
  readonly choices: readonly LineChoice[]
  /** The card has room to wrap; under a cell the line keeps two lines. */
  readonly isInCard?: boolean
}

const useStyles = makeStyles({
  line: {
    display: 'flex',
    alignItems: 'center',
    gap: '8px',
    padding: '0 10px',
    minHeight: '36px',
    fontSize: tokens.fontSizeBase200,
    lineHeight: '16px',
    fontVariantNumeric: 'tabular-nums',
    color: tokens.colorNeutralForeground1,
    borderLeft: `3px solid ${tokens.colorNeutralStroke1}`,
  },
  fixed: { height: '36px', overflow: 'hidden' },
  card: {
    flexWrap: 'wrap',
    alignItems: 'flex-start',
    alignContent: 'flex-start',
    padding: '2px 8px',
    minHeight: '84px',
    gap: '4px 8px',
  },
  warning: { borderLeftColor: tokens.colorPaletteMarigoldBorder2 },
  text: { maxHeight: '32px', overflow: 'hidden', minWidth: 0 },
  cardText: { minWidth: 0, overflowWrap: 'anywhere' },
  button: { flexShrink: 0, whiteSpace: 'nowrap' },
})

/** One computed sentence with what can be done about it. Its height does not depend on its words. */
export function SentenceLine({ sentence, tone, choices, isInCard = false }: SentenceLineProps) {
  const styles = useStyles()
  return (
    <div
      className={mergeClasses(styles.line, isInCard ? styles.card : styles.fixed, tone === 'warning' && styles.warning)}
    >
      <span className={isInCard ? styles.cardText : styles.text} title={isInCard ? undefined : sentence}>
        {sentence}
      </span>
      {choices.map(({ name, onChoose }) => (
        <Button key={name} size="small" className={styles.button} onClick={onChoose}>
          {name}
        </Button>
      ))}
    </div>
  )
}

const ACTION_NAMES: Record<EmptyAction['kind'], string> = { skipTo: 'Skip there', sendLater: 'Send one later event' }

/** Why a running query gives no rows (B28). */
export function WhyEmptyLine({
  reason,
  isReadOnly,
  isInCard = false,
  onAct,
}: {
  reason: EmptyReason
  isReadOnly: boolean
  isInCard?: boolean
  onAct: (action: EmptyAction) => void
}) {
  const { action } = reason
  const counted = action?.kind === 'sendLater' ? ' (it will be counted)' : ''
  return (
    <SentenceLine
      sentence={reason.sentence + counted}
      tone={reason.kind === 'parsed' || reason.kind === 'filtered' || reason.kind === 'late' ? 'warning' : 'plain'}
      choices={
        action === null || isReadOnly ? [] : [{ name: ACTION_NAMES[action.kind], onChoose: () => onAct(action) }]
      }
      isInCard={isInCard}
    />
  )
}
