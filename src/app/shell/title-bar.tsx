import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  tokens,
} from '@fluentui/react-components'
import {
  ArrowDownloadRegular,
  DarkThemeRegular,
  FolderOpenRegular,
  QuestionCircleRegular,
  SearchRegular,
} from '@fluentui/react-icons'
import { Hint } from '../../ui/hint'
import { useRef } from 'react'
import { numChangesForSpark } from '../../monitoring/model/notices'
import { shownNotices } from '../actions/notice-actions'
import { formatWallTime } from '../../ui/format'
import { offlineText } from '../offline/offline-text'
import { copyAsText, exportNotebook, importNotebook } from '../actions/persistence'
import { runCommand } from '../commands'
import { useApp } from '../state/store'

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    alignItems: 'center',
    gap: '8px',
    height: '38px',
    flexShrink: 0,
    padding: '0 12px',
    backgroundColor: tokens.colorNeutralBackground3,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  brand: { fontWeight: tokens.fontWeightBold, fontSize: tokens.fontSizeBase400, color: tokens.colorBrandForeground1 },
  title: {
    margin: 0,
    fontSize: tokens.fontSizeBase300,
    fontWeight: tokens.fontWeightSemibold,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
  saved: {
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
    minWidth: '84px',
    whiteSpace: 'nowrap',
  },
  push: { marginLeft: 'auto', display: 'flex', alignItems: 'center', gap: '4px', whiteSpace: 'nowrap' },
  file: { display: 'none' },
})

export function TitleBar() {
  const styles = useStyles()
  const title = useApp(({ notebook }) => notebook.title)
  const saved = useApp(({ notebook, session }) =>
    session.capability?.storage === 'memory' ? 'Kept in memory' : savedText(notebook.saved, notebook.savedAtMs),
  )
  const changes = useApp((state) => numChangesForSpark(shownNotices(state)))
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  const offline = useApp(({ session }) => (session.offline === null ? '' : offlineText(session.offline)))
  const file = useRef<HTMLInputElement>(null)
  return (
    <header className={styles.bar}>
      <span className={styles.brand}>Runnel</span>
      <h1 className={styles.title}>{title}</h1>
      <span className={styles.saved}>{isReadOnly ? 'Read only' : saved}</span>
      <span className={styles.saved}>{offline}</span>
      <div className={styles.push}>
        {changes > 0 && (
          <Button size="small" appearance="subtle" onClick={() => runCommand('notices')}>
            {changes} {changes === 1 ? 'change' : 'changes'} for real Spark ›
          </Button>
        )}
        {!isReadOnly && (
          <Button size="small" appearance="subtle" icon={<FolderOpenRegular />} onClick={() => file.current?.click()}>
            Open file
          </Button>
        )}
        <input
          ref={file}
          className={styles.file}
          type="file"
          accept=".ipynb,.md,.markdown"
          aria-label="Notebook file"
          onChange={(event) => {
            const chosen = event.currentTarget.files?.[0]
            event.currentTarget.value = ''
            if (chosen) void importNotebook(chosen)
          }}
        />
        <Menu>
          <MenuTrigger disableButtonEnhancement>
            <Button size="small" appearance="subtle" icon={<ArrowDownloadRegular />}>
              Share
            </Button>
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              <MenuItem onClick={exportNotebook}>Download .ipynb</MenuItem>
              <MenuItem onClick={() => void copyAsText()}>Copy as text</MenuItem>
            </MenuList>
          </MenuPopover>
        </Menu>
        <Menu>
          <MenuTrigger disableButtonEnhancement>
            <Button size="small" appearance="subtle" icon={<QuestionCircleRegular />}>
              Help
            </Button>
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              <MenuItem onClick={() => runCommand('differences')}>What differs from a cluster</MenuItem>
              <MenuItem onClick={() => runCommand('shortcuts')}>Keyboard shortcuts</MenuItem>
              <MenuItem onClick={() => runCommand('check')}>Check this laptop</MenuItem>
            </MenuList>
          </MenuPopover>
        </Menu>
        <IconCommand id="palette" label="Command palette (F1)" icon={<SearchRegular />} />
        <IconCommand id="theme" label="Change theme" icon={<DarkThemeRegular />} />
      </div>
    </header>
  )
}

function IconCommand({ id, label, icon }: { id: string; label: string; icon: React.JSX.Element }) {
  return (
    <Hint content={label} relationship="label">
      <Button size="small" appearance="subtle" icon={icon} onClick={() => runCommand(id)} />
    </Hint>
  )
}

function savedText(saved: string, savedAtMs: number | null): string {
  switch (saved) {
    case 'saved':
      return savedAtMs === null ? '' : `Saved ${formatWallTime(savedAtMs)}`
    case 'failed':
      return 'Not saved'
    default:
      return 'Saving…'
  }
}
