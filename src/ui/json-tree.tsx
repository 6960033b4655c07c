import { makeStyles, tokens } from '@fluentui/react-components'

const useStyles = makeStyles({
  tree: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase300,
    overflowX: 'auto',
  },
  nested: { paddingLeft: '14px' },
  key: { color: tokens.colorNeutralForeground3 },
  summary: { cursor: 'pointer' },
  leaf: { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', paddingLeft: '13px' },
})

/** Any JSON as nested, keyboard-operable disclosures; the first level is open. */
export function JsonTree({ value }: { value: unknown }) {
  const styles = useStyles()
  return (
    <div className={styles.tree}>
      {entriesOf(value).map(([key, child]) => (
        <Node key={key} name={key} value={child} />
      ))}
    </div>
  )
}

function Node({ name, value }: { name: string; value: unknown }) {
  const styles = useStyles()
  if (typeof value !== 'object' || value === null) {
    return (
      <div className={styles.leaf}>
        <span className={styles.key}>{name}: </span>
        {JSON.stringify(value)}
      </div>
    )
  }
  const entries = entriesOf(value)
  return (
    <details>
      <summary className={styles.summary}>
        <span className={styles.key}>{name}: </span>
        {Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`}
      </summary>
      <div className={styles.nested}>
        {entries.map(([key, child]) => (
          <Node key={key} name={key} value={child} />
        ))}
      </div>
    </details>
  )
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [['value', value]]
}
