import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  Button,
  makeStyles,
  tokens,
} from '@fluentui/react-components'
import { useDeferredValue } from 'react'
import { FilesPanel } from '../../explorer/ui/files-panel'
import { HubsPanel } from '../../explorer/ui/hubs-panel'
import { NotebooksPanel } from '../../explorer/ui/notebooks-panel'
import { TablesPanel } from '../../explorer/ui/tables-panel'
import { Region } from '../../ui/region'
import { dropTable, openFile, openFolder, previewTable } from '../actions/explorer-actions'
import { startProducer, stopAllProducers, stopProducer } from '../actions/lesson-actions'
import { insertBeside } from '../actions/notebook-actions'
import { newNotebook, openNotebook, openShipped } from '../actions/persistence'
import { SHIPPED_NOTEBOOKS } from '../shipped-notebooks'
import { tell, textOf, useApp } from '../state/store'

const ROOTS = [
  { path: '/lakehouse', name: 'Lakehouse' },
  { path: '/fs', name: 'Mounts' },
  { path: '/cloud', name: 'Cloud paths' },
]

const useStyles = makeStyles({
  region: {
    height: '100%',
    overflowY: 'auto',
    backgroundColor: tokens.colorNeutralBackground2,
    fontSize: tokens.fontSizeBase200,
    scrollbarGutter: 'stable',
  },
  header: { '& button': { minHeight: '30px', fontWeight: tokens.fontWeightSemibold } },
  panel: { margin: 0 },
  stop: { margin: '0 8px 8px' },
})

const onPreview = (name: string) => void previewTable(name)
const onInsert = (code: string) => void insertBeside('below', 'code', code)
const onDrop = (name: string) => void dropTable(name)

export function ExplorerRegion() {
  const styles = useStyles()
  return (
    <Region label="Explorer" className={styles.region}>
      <Accordion multiple collapsible defaultOpenItems={['tables', 'hubs']}>
        <Section value="tables" title="Tables">
          <Tables />
        </Section>
        <Section value="hubs" title="Hubs and producers">
          <Hubs />
        </Section>
        <Section value="files" title="Files">
          <Files />
        </Section>
        <Section value="notebooks" title="Notebooks">
          <Notebooks />
        </Section>
      </Accordion>
    </Region>
  )
}

// Each part hears of its own changes: hubs change every second, tables with every commit.

function Tables() {
  const tables = useApp(({ explorer }) => explorer.tables)
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  return (
    <TablesPanel
      tables={useDeferredValue(tables)}
      isReadOnly={isReadOnly}
      onPreview={onPreview}
      onInsert={onInsert}
      onDrop={onDrop}
    />
  )
}

function Hubs() {
  const styles = useStyles()
  const hubs = useApp(({ explorer }) => explorer.hubs)
  const presets = useApp(({ explorer }) => explorer.presets)
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  const isProducing = hubs.some((hub) => hub.producer !== null)
  return (
    <>
      <HubsPanel
        hubs={hubs}
        presets={presets}
        isReadOnly={isReadOnly}
        onStart={(hub, { preset, ...choice }) => void startProducer(hub, preset, choice)}
        onStop={(hub) => void stopProducer(hub)}
      />
      {isProducing && !isReadOnly && (
        <Button size="small" className={styles.stop} onClick={() => void stopAllProducers()}>
          Stop producers
        </Button>
      )}
    </>
  )
}

function Files() {
  const folders = useApp(({ explorer }) => explorer.folders)
  return (
    <FilesPanel
      label="Files"
      roots={ROOTS}
      folders={folders}
      onOpenFolder={(folder) => void openFolder(folder)}
      onOpenFile={(file) => void openFile(file)}
    />
  )
}

function Notebooks() {
  const notebooks = useApp(({ explorer }) => explorer.notebooks)
  const path = useApp(({ notebook }) => notebook.path)
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  const known = new Set(notebooks.map((notebook) => notebook.name))
  return (
    <NotebooksPanel
      notebooks={notebooks}
      openPath={path}
      isReadOnly={isReadOnly}
      shipped={SHIPPED_NOTEBOOKS.filter(({ name }) => !known.has(`${name}.ipynb`))}
      onOpen={(file) => void openNotebook(file).catch((thrown: unknown) => tell('error', textOf(thrown)))}
      onOpenShipped={(name) => void openShipped(name).catch((thrown: unknown) => tell('error', textOf(thrown)))}
      onNew={() => void newNotebook()}
    />
  )
}

function Section({ value, title, children }: { value: string; title: string; children: React.ReactNode }) {
  const styles = useStyles()
  return (
    <AccordionItem value={value}>
      <AccordionHeader size="small" as="h2" className={styles.header}>
        {title}
      </AccordionHeader>
      <AccordionPanel className={styles.panel}>{children}</AccordionPanel>
    </AccordionItem>
  )
}
