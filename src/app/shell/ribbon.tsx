import {
  Button,
  Menu,
  MenuButton,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  ToggleButton,
  makeStyles,
  tokens,
} from '@fluentui/react-components'
import {
  AddRegular,
  ArrowRedoRegular,
  ArrowUndoRegular,
  PanelLeftRegular,
  PanelRightRegular,
  PlayFilled,
  StopFilled,
} from '@fluentui/react-icons'
import { activeQueries } from '../../monitoring/model/monitoring'
import { Hint } from '../../ui/hint'
import { Region } from '../../ui/region'
import { runCommand } from '../commands'
import { useApp } from '../state/store'

const useStyles = makeStyles({
  ribbon: {
    display: 'flex',
    alignItems: 'center',
    gap: '4px',
    height: '38px',
    flexShrink: 0,
    padding: '0 12px',
    backgroundColor: tokens.colorNeutralBackground1,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    whiteSpace: 'nowrap',
  },
  gap: { width: '1px', height: '20px', backgroundColor: tokens.colorNeutralStroke2, margin: '0 4px' },
  push: { marginLeft: 'auto', display: 'flex', gap: '4px', alignItems: 'center' },
})

export function Ribbon() {
  const styles = useStyles()
  const canRun = useApp(
    ({ session }) => session.capability?.canRunPython === true && !session.isReadOnly && session.engine !== 'failed',
  )
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  const isBusy = useApp(
    ({ session }) =>
      session.runningCell !== null ||
      session.running.sql !== null ||
      session.running.typescript !== null ||
      session.queue.length > 0,
  )
  const numStreams = useApp(({ monitoring }) => activeQueries(monitoring).length)
  const isProducing = useApp(({ explorer }) => explorer.hubs.some((hub) => hub.producer !== null))
  const canUndo = useApp(({ notebook }) => notebook.history.undo.length > 0)
  const canRedo = useApp(({ notebook }) => notebook.history.redo.length > 0)
  const isExplorerOpen = useApp(({ view }) => view.isExplorerOpen)
  const isStreamsOpen = useApp(({ view }) => view.isStreamsOpen)
  return (
    <Region label="Ribbon" className={styles.ribbon}>
      <PaneToggle id="explorer" label="Explorer" isOpen={isExplorerOpen} icon={<PanelLeftRegular />} />
      <Button
        size="small"
        appearance="primary"
        icon={<PlayFilled />}
        disabled={!canRun || isBusy}
        onClick={() => runCommand('run-all')}
      >
        Run all
      </Button>
      <Button
        size="small"
        appearance="subtle"
        icon={<StopFilled />}
        disabled={!isBusy}
        onClick={() => runCommand('interrupt')}
      >
        Interrupt
      </Button>
      <span className={styles.gap} />
      <Button
        size="small"
        appearance="subtle"
        icon={<AddRegular />}
        disabled={isReadOnly}
        onClick={() => runCommand('below')}
      >
        Code
      </Button>
      <Button
        size="small"
        appearance="subtle"
        icon={<ArrowUndoRegular />}
        aria-label="Undo cell operation"
        disabled={!canUndo}
        onClick={() => runCommand('undo')}
      />
      <Button
        size="small"
        appearance="subtle"
        icon={<ArrowRedoRegular />}
        aria-label="Redo cell operation"
        disabled={!canRedo}
        onClick={() => runCommand('redo')}
      />
      <span className={styles.gap} />
      <SessionMenu canRun={canRun} />
      <Button size="small" appearance="subtle" disabled={!canRun} onClick={() => runCommand('start-over')}>
        Start over
      </Button>
      <div className={styles.push}>
        {!isReadOnly && (
          <>
            <Button
              size="small"
              appearance="subtle"
              disabled={!isProducing}
              onClick={() => runCommand('stop-producers')}
            >
              Stop producers
            </Button>
            <Button size="small" appearance="subtle" disabled={numStreams === 0} onClick={() => runCommand('stop-all')}>
              Stop all streams ({numStreams})
            </Button>
          </>
        )}
        <PaneToggle id="streams" label="Streams" isOpen={isStreamsOpen} icon={<PanelRightRegular />} />
      </div>
    </Region>
  )
}

function PaneToggle(props: { id: string; label: string; isOpen: boolean; icon: React.JSX.Element }) {
  return (
    <Hint content={`${props.isOpen ? 'Hide' : 'Show'} ${props.label.toLowerCase()}`} relationship="description">
      <ToggleButton
        size="small"
        appearance="subtle"
        aria-label={props.label}
        checked={props.isOpen}
        icon={props.icon}
        onClick={() => runCommand(props.id)}
      />
    </Hint>
  )
}

function SessionMenu({ canRun }: { canRun: boolean }) {
  const text = useApp(({ session }) => sessionText(session.python.phase, session.runningCell !== null))
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <MenuButton size="small" appearance="subtle" disabled={!canRun}>
          Session: {text}
        </MenuButton>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem onClick={() => runCommand('interrupt')}>Interrupt</MenuItem>
          <MenuItem onClick={() => runCommand('restart')}>Restart session</MenuItem>
          <MenuItem onClick={() => runCommand('run-above')}>Run cells above</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}

function sessionText(phase: string, isRunning: boolean): string {
  if (phase === 'ready') return isRunning ? 'running' : 'ready'
  if (phase === 'failed') return 'Python did not start'
  return phase === 'off' ? 'not started' : 'Python starts'
}
