import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components'
import { formatCount } from '../../ui/format'
import { auditLine, auditRemark, lateRowText, watermarkLine } from '../model/card-lines'
import type { QueryView } from '../model/monitoring'

const useStyles = makeStyles({
  line: {
    fontSize: tokens.fontSizeBase200,
    lineHeight: '16px',
    minHeight: '16px',
    fontVariantNumeric: 'tabular-nums',
    color: tokens.colorNeutralForeground1,
    overflowWrap: 'anywhere',
  },
  // Two lines from the start: times come, and nothing below may move.
  two: { minHeight: '32px' },
  quiet: { color: tokens.colorNeutralForeground3 },
  summary: { cursor: 'pointer' },
  list: { margin: '4px 0 0', paddingLeft: '16px', maxHeight: '170px', overflowY: 'auto' },
  audit: {
    borderLeft: `3px solid ${tokens.colorBrandStroke1}`,
    paddingLeft: '8px',
    minHeight: '34px',
  },
  auditLine: {
    fontSize: tokens.fontSizeBase300,
    lineHeight: '20px',
    fontWeight: tokens.fontWeightSemibold,
    fontVariantNumeric: 'tabular-nums',
  },
})

/** Watermark and late rows in plain numbers (B29); nothing for a plan that has no watermark. */
export function WatermarkNumbers({ view }: { view: QueryView }) {
  const styles = useStyles()
  const line = watermarkLine(view)
  if (line === null) return null
  const { totals, info } = view
  const dropsRows = (info.facts?.stateful.length ?? 0) > 0
  return (
    <div>
      <div className={mergeClasses(styles.line, styles.two)}>{line}</div>
      {dropsRows && (
        <details className={mergeClasses(styles.line, styles.two)}>
          <summary className={styles.summary}>
            late events dropped {formatCount(totals.numLateRows)}{' '}
            <span className={styles.quiet}>
              · numRowsDroppedByWatermark {formatCount(totals.numRowsDroppedByWatermark)}
            </span>
          </summary>
          {totals.lateSamples.length === 0 ? (
            <div className={styles.quiet}>No event of this run came behind the watermark.</div>
          ) : (
            <ul className={styles.list}>
              {totals.lateSamples.map((row, index) => (
                <li key={index}>{lateRowText(row)}</li>
              ))}
            </ul>
          )}
          <div className={styles.quiet}>
            The first number counts events; Spark’s counts what its operator dropped: groups, where it aggregates.
          </div>
        </details>
      )}
    </div>
  )
}

/** Hub against table (B21). */
export function AuditNumbers({ view }: { view: QueryView }) {
  const styles = useStyles()
  const { audit } = view
  if (audit === null) return null
  return (
    <div className={styles.audit} role="status" aria-label={`Delivery of ${view.info.title}`}>
      {audit.state === 'running' && <div className={styles.line}>Counting hub and table…</div>}
      {audit.state === 'refused' && <div className={styles.line}>{audit.message}</div>}
      {audit.state === 'done' && (
        <>
          <div className={styles.auditLine}>{auditLine(audit.audit)}</div>
          <div className={styles.line}>{auditRemark(audit.audit)}</div>
        </>
      )}
    </div>
  )
}
