import { Button, Link, makeStyles, tokens } from '@fluentui/react-components'
import { useState } from 'react'
import type { Notice } from '../../protocol/workers/engine'

export type NoticeLineProps = {
  readonly notices: readonly Notice[]
  readonly onApply: (notice: Notice) => void
  readonly onApplyAll: (notices: readonly Notice[]) => void
}

const useStyles = makeStyles({
  line: {
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
    padding: '0 8px',
    minHeight: '20px',
    display: 'flex',
    alignItems: 'center',
  },
  link: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3, textAlign: 'left' },
  list: {
    margin: '4px 8px',
    padding: 0,
    listStyle: 'none',
    display: 'flex',
    flexDirection: 'column',
    gap: '8px',
    fontSize: tokens.fontSizeBase200,
  },
  item: { borderLeft: `3px solid ${tokens.colorNeutralStroke1}`, paddingLeft: '8px' },
  spark: {
    fontFamily: tokens.fontFamilyMonospace,
    color: tokens.colorNeutralForeground2,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  fix: { display: 'flex', gap: '8px', alignItems: 'center' },
})

/** Its fix is another connector, not another spelling (B08). */
const CONNECTOR = 'eventhubs-connector-spark4'

/** "Runs here. On a cluster it needs 4 changes ›": one grey line, details on request (B09). */
export function NoticeLine({ notices, onApply, onApplyAll }: NoticeLineProps) {
  const styles = useStyles()
  const [isOpen, setIsOpen] = useState(false)
  if (notices.length === 0) return null
  return (
    <div>
      <div className={styles.line}>
        <Link
          as="button"
          appearance="subtle"
          className={styles.link}
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          {summaryOf(notices)} {isOpen ? '⌄' : '›'}
        </Link>
      </div>
      {isOpen && <NoticeList notices={notices} onApply={onApply} onApplyAll={onApplyAll} />}
    </div>
  )
}

export function NoticeList({ notices, onApply, onApplyAll }: NoticeLineProps) {
  const styles = useStyles()
  const fixable = notices.filter((notice) => notice.fix !== null)
  return (
    <ul className={styles.list}>
      {notices.map((notice, index) => (
        <li key={index} className={styles.item}>
          <div>{notice.message}</div>
          {notice.spark !== null && <div className={styles.spark}>Spark: {notice.spark}</div>}
          {notice.fix !== null && (
            <div className={styles.fix}>
              <span>{notice.fix.description}</span>
              <Button size="small" onClick={() => onApply(notice)}>
                {notice.leniency === CONNECTOR ? 'Convert' : 'Apply'}
              </Button>
            </div>
          )}
        </li>
      ))}
      {fixable.length > 1 && (
        <li>
          <Button size="small" onClick={() => onApplyAll(fixable)}>
            Apply all
          </Button>
        </li>
      )}
    </ul>
  )
}

function summaryOf(notices: readonly Notice[]): string {
  const changes = notices.filter((notice) => notice.spark !== null).length
  if (changes === 0) return notices.length === 1 ? notices[0].message : `${notices.length} remarks`
  return `Runs here. On a cluster it needs ${changes} ${changes === 1 ? 'change' : 'changes'}`
}
