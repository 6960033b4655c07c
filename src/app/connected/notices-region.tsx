import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import { NoticeList } from '../../monitoring/ui/notice-line'
import { Region } from '../../ui/region'
import { applyNotice, applyNotices, shownNotices } from '../actions/notice-actions'
import { change, useApp } from '../state/store'

const useStyles = makeStyles({
  region: {
    maxHeight: '240px',
    overflowY: 'auto',
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    padding: '6px 12px',
    backgroundColor: tokens.colorNeutralBackground2,
  },
  head: { display: 'flex', justifyContent: 'space-between', alignItems: 'center' },
  title: { margin: 0, fontSize: tokens.fontSizeBase300 },
})

/** All notices of the notebook: what a real cluster would want changed (B09). */
export function NoticesRegion() {
  const styles = useStyles()
  const isOpen = useApp(({ view }) => view.isNoticesOpen)
  const notices = useApp(shownNotices)
  if (!isOpen) return null
  return (
    <Region label="Notices" className={styles.region}>
      <div className={styles.head}>
        <h2 className={styles.title}>Notices</h2>
        <Button
          size="small"
          appearance="subtle"
          icon={<DismissRegular />}
          aria-label="Close notices"
          onClick={() => change('view', (view) => void (view.isNoticesOpen = false))}
        />
      </div>
      {notices.length === 0 ? (
        <p>Nothing to change: every cell that ran would run on a cluster as it is.</p>
      ) : (
        <NoticeList notices={notices} onApply={applyNotice} onApplyAll={applyNotices} />
      )}
    </Region>
  )
}
