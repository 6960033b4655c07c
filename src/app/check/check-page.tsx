import { Button, FluentProvider, Spinner, Textarea, makeStyles, mergeClasses, tokens } from '@fluentui/react-components'
import { useCallback, useEffect, useState } from 'react'
import { fluentTheme } from '../../ui/theme'
import { rememberedTheme } from '../actions/remembered'
import { checksOf, summaryOf, textForIt } from './checks'
import type { Check, Verdict } from './checks'
import { measure } from './measure'

const useStyles = makeStyles({
  page: { height: '100dvh', overflowY: 'auto', boxSizing: 'border-box', padding: '24px' },
  column: { maxWidth: '760px', margin: '0 auto', display: 'flex', flexDirection: 'column', gap: '12px' },
  title: { margin: 0, fontSize: tokens.fontSizeBase600, lineHeight: tokens.lineHeightBase600 },
  summary: { margin: 0, fontSize: '16px', fontWeight: tokens.fontWeightSemibold, minHeight: '22px' },
  actions: { display: 'flex', gap: '8px', flexWrap: 'wrap', alignItems: 'center' },
  table: {
    borderCollapse: 'collapse',
    width: '100%',
    '& th, & td': {
      textAlign: 'left',
      verticalAlign: 'top',
      padding: '6px 8px',
      borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
      fontWeight: tokens.fontWeightRegular,
    },
    '& th': { fontWeight: tokens.fontWeightSemibold, whiteSpace: 'nowrap' },
  },
  ok: { color: tokens.colorPaletteGreenForeground1 },
  limited: { color: tokens.colorNeutralForeground1, fontWeight: tokens.fontWeightSemibold },
  missing: { color: tokens.colorPaletteRedForeground1, fontWeight: tokens.fontWeightSemibold },
  text: { width: '100%', '& textarea': { fontFamily: tokens.fontFamilyMonospace, fontSize: '12px' } },
})

const WORDS: Record<Verdict, string> = { ok: '✓ OK', limited: '! Limited', missing: '✗ Missing' }

/** `#check`: can this laptop run Runnel? In plain words, with a text to send to IT. */
export function CheckPage() {
  const styles = useStyles()
  const [checks, setChecks] = useState<readonly Check[] | null>(null)
  const [copied, setCopied] = useState('')
  const run = useCallback(() => {
    setChecks(null)
    setCopied('')
    void measure().then((measured) => setChecks(checksOf(measured)))
  }, [])
  useEffect(run, [run])
  const text =
    checks === null
      ? ''
      : textForIt(checks, {
          address: location.href,
          browser: navigator.userAgent,
          time: new Date().toISOString(),
        })
  return (
    <FluentProvider theme={fluentTheme(rememberedTheme())}>
      <main className={styles.page}>
        <div className={styles.column}>
          <h1 className={styles.title}>Can this laptop run Runnel?</h1>
          <p className={styles.summary} role="status">
            {checks === null ? <Spinner size="tiny" label="Testing…" labelPosition="after" /> : summaryOf(checks)}
          </p>
          {checks !== null && <Results checks={checks} />}
          <div className={styles.actions}>
            <Button appearance="primary" disabled={checks === null} onClick={run}>
              Check this laptop
            </Button>
            <Button
              disabled={checks === null}
              onClick={() =>
                void navigator.clipboard.writeText(text).then(
                  () => setCopied('Copied.'),
                  () => setCopied('The browser did not allow copying: select the text below.'),
                )
              }
            >
              Copy for IT
            </Button>
            <Button as="a" href="#" appearance="subtle">
              Open Runnel
            </Button>
            <span role="status">{copied}</span>
          </div>
          {checks !== null && (
            <Textarea className={styles.text} readOnly rows={14} value={text} aria-label="Result as text, for IT" />
          )}
        </div>
      </main>
    </FluentProvider>
  )
}

function Results({ checks }: { checks: readonly Check[] }) {
  const styles = useStyles()
  return (
    <table className={styles.table} aria-label="Results">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Result</th>
          <th scope="col">In words</th>
        </tr>
      </thead>
      <tbody>
        {checks.map(({ title, verdict, text }) => (
          <tr key={title}>
            <th scope="row">{title}</th>
            <td className={mergeClasses(styles[verdict])}>{WORDS[verdict]}</td>
            <td>{text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
