import { FluentProvider, makeStyles, mergeClasses, tokens } from '@fluentui/react-components'
import { useState, useSyncExternalStore } from 'react'
import { Group, Panel, Separator } from 'react-resizable-panels'
import { ErrorBoundary } from '../../ui/error-boundary'
import { HintPlace } from '../../ui/hint'
import { CODE_BACKGROUND, fluentTheme } from '../../ui/theme'
import { ClockRegion } from '../connected/clock-region'
import { EventTimeDrawer } from '../connected/event-time-drawer'
import { ExplorerRegion } from '../connected/explorer-region'
import { NotebookRegion } from '../connected/notebook-region'
import { NoticesRegion } from '../connected/notices-region'
import { PreviewDrawer } from '../connected/preview-drawer'
import { StreamsRegion } from '../connected/streams-region'
import { NARROW_PX, useApp } from '../state/store'
import { useKeys } from '../use-keys'
import { Banners } from './banners'
import { Broken } from './broken'
import { CommandPalette } from './command-palette'
import { DifferencesDialog } from './differences-dialog'
import { QuestionDialog, StartOverDialog } from './dialogs'
import { Messages } from './messages'
import { Ribbon } from './ribbon'
import { ShortcutSheet } from './shortcut-sheet'
import { StatusBar } from './status-bar'
import { TitleBar } from './title-bar'

const useStyles = makeStyles({
  page: {
    height: '100dvh',
    display: 'flex',
    flexDirection: 'column',
    overflow: 'hidden',
    backgroundColor: tokens.colorNeutralBackground1,
  },
  body: { flexGrow: 1, minHeight: 0, position: 'relative' },
  // At 150 % zoom there is no room beside the notebook.
  overlay: {
    position: 'absolute',
    top: 0,
    bottom: 0,
    width: '300px',
    zIndex: 5,
    boxShadow: tokens.shadow28,
    backgroundColor: tokens.colorNeutralBackground2,
  },
  left: { left: 0 },
  right: { right: 0 },
  panes: { height: '100%' },
  separator: {
    width: '1px',
    backgroundColor: tokens.colorNeutralStroke2,
    outlineOffset: '-1px',
    ':hover': { backgroundColor: tokens.colorBrandStroke1 },
    ':focus-visible': { backgroundColor: tokens.colorBrandStroke1, outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
})

export function App() {
  const styles = useStyles()
  const theme = useApp(({ view }) => view.theme)
  const showsExplorer = useApp(({ view }) => view.isExplorerOpen)
  const showsStreams = useApp(({ view }) => view.isStreamsOpen)
  const [hints, setHints] = useState<HTMLElement | null>(null)
  const isNarrow = useIsNarrow()
  useKeys()
  return (
    <FluentProvider
      theme={fluentTheme(theme)}
      style={{ '--code-background': CODE_BACKGROUND[theme] } as React.CSSProperties}
      data-theme={theme}
    >
      <HintPlace.Provider value={hints}>
        <div className={styles.page}>
          <TitleBar />
          <Ribbon />
          <ClockRegion />
          <Banners />
          <main className={styles.body}>
            <ErrorBoundary fallback={(error, retry) => <Broken message={error.message} onRetry={retry} />}>
              <Group orientation="horizontal" className={styles.panes}>
                {showsExplorer && !isNarrow && (
                  <>
                    <Panel
                      id="explorer"
                      defaultSize="222px"
                      minSize="160px"
                      maxSize="420px"
                      groupResizeBehavior="preserve-pixel-size"
                    >
                      <ExplorerRegion />
                    </Panel>
                    <Separator className={styles.separator} aria-label="Explorer width" />
                  </>
                )}
                <Panel id="notebook" minSize="360px">
                  <NotebookRegion />
                </Panel>
                {showsStreams && !isNarrow && (
                  <>
                    <Separator className={styles.separator} aria-label="Streams width" />
                    <Panel
                      id="streams"
                      defaultSize="292px"
                      minSize="220px"
                      maxSize="520px"
                      groupResizeBehavior="preserve-pixel-size"
                    >
                      <StreamsRegion />
                    </Panel>
                  </>
                )}
              </Group>
              {showsExplorer && isNarrow && (
                <div className={mergeClasses(styles.overlay, styles.left)}>
                  <ExplorerRegion />
                </div>
              )}
              {showsStreams && isNarrow && (
                <div className={mergeClasses(styles.overlay, styles.right)}>
                  <StreamsRegion />
                </div>
              )}
            </ErrorBoundary>
          </main>
          <EventTimeDrawer />
          <PreviewDrawer />
          <NoticesRegion />
          <StatusBar />
          <Messages />
          <CommandPalette />
          <ShortcutSheet />
          <DifferencesDialog />
          <QuestionDialog />
          <StartOverDialog />
          <section aria-label="Hints" ref={setHints} />
        </div>
      </HintPlace.Provider>
    </FluentProvider>
  )
}

function useIsNarrow(): boolean {
  return useSyncExternalStore(listenToWidth, () => window.innerWidth < NARROW_PX)
}

function listenToWidth(listener: () => void): () => void {
  window.addEventListener('resize', listener)
  return () => window.removeEventListener('resize', listener)
}
