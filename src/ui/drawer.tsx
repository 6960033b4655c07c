import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import type { ReactNode } from 'react'
import { Region } from './region'

export type DrawerProps = {
  /** Name of the region. */
  readonly label: string
  readonly title: string
  readonly detail: string
  /** Buttons before Close. */
  readonly actions?: ReactNode
  readonly closeLabel: string
  readonly onClose: () => void
  readonly children: ReactNode
}

const useStyles = makeStyles({
  region: {
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    padding: '4px 12px 8px',
    backgroundColor: tokens.colorNeutralBackground2,
    flexShrink: 0,
  },
  head: { display: 'flex', alignItems: 'center', gap: '10px' },
  title: { margin: 0, fontSize: tokens.fontSizeBase300, whiteSpace: 'nowrap' },
  detail: {
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
    fontVariantNumeric: 'tabular-nums',
  },
  push: { marginLeft: 'auto', whiteSpace: 'nowrap' },
})

/** What lies under the panes while it is looked at; the page above goes on. */
export function Drawer({ label, title, detail, actions, closeLabel, onClose, children }: DrawerProps) {
  const styles = useStyles()
  return (
    <Region label={label} className={styles.region}>
      <div className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        <span className={styles.detail}>{detail}</span>
        <span className={styles.push}>
          {actions}
          <Button
            size="small"
            appearance="subtle"
            icon={<DismissRegular />}
            aria-label={closeLabel}
            onClick={onClose}
          />
        </span>
      </div>
      {children}
    </Region>
  )
}
