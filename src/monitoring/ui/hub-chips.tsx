import { makeStyles, tokens } from '@fluentui/react-components'
import type { SourceLabel } from '../../protocol/workers/launch-record'

const useStyles = makeStyles({
  chip: {
    flexShrink: 0,
    maxWidth: '220px',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontSize: tokens.fontSizeBase200,
    lineHeight: '18px',
    padding: '0 8px',
    borderRadius: tokens.borderRadiusCircular,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    color: tokens.colorNeutralForeground2,
    backgroundColor: tokens.colorNeutralBackground1,
  },
})

const WORDS = { local: 'in-browser hub', classroom: 'classroom', azure: 'Azure' } as const

/** Whether there is a hub to name. */
export function readsHub(sources: readonly SourceLabel[]): boolean {
  return sources.some(({ broker }) => broker !== null)
}

/** Says which hub a query reads (B08): nobody should believe that a stream comes from Azure when it comes from this tab. */
export function HubChips({ sources }: { sources: readonly SourceLabel[] }) {
  const styles = useStyles()
  return sources.map(({ label, broker }, index) =>
    broker === null ? null : (
      <span key={index} className={styles.chip} title={`${label}: ${WORDS[broker]}`}>
        {WORDS[broker]} <em>{label}</em>
      </span>
    ),
  )
}
