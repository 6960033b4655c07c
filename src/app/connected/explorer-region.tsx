import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  Button,
  makeStyles,
  tokens,
} from '@fluentui/react-components'
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

export function ExplorerRegion() {
  const styles = useStyles()
  const explorer = useApp((state) => state.explorer)
  const path = useApp(({ notebook }) => notebook.path)
  const known = new Set(explorer.notebooks.map((notebook) => notebook.name))
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  const producing = explorer.hubs.filter((hub) => hub.producer !== null).length
  return (
    <Region label="Explorer" className={styles.region}>
      <Accordion multiple collapsible defaultOpenItems={['tables', 'hubs']}>
        <Section value="tables" title="Tables">
          <TablesPanel
            tables={explorer.tables}
            isReadOnly={isReadOnly}
            onPreview={(name) => void previewTable(name)}
            onInsert={(code) => insertBeside('below', 'code', code)}
            onDrop={(name) => void dropTable(name)}
          />
        </Section>
        <Section value="hubs" title="Hubs and producers">
          <HubsPanel
            hubs={explorer.hubs}
            presets={explorer.presets}
            isReadOnly={isReadOnly}
            onStart={(hub, { preset, ...choice }) => void startProducer(hub, preset, choice)}
            onStop={(hub) => void stopProducer(hub)}
          />
          {producing > 0 && !isReadOnly && (
            <Button size="small" className={styles.stop} onClick={() => void stopAllProducers()}>
              Stop producers
            </Button>
          )}
        </Section>
        <Section value="files" title="Files">
          <FilesPanel
            label="Files"
            roots={ROOTS}
            folders={explorer.folders}
            onOpenFolder={(folder) => void openFolder(folder)}
            onOpenFile={(file) => void openFile(file)}
          />
        </Section>
        <Section value="notebooks" title="Notebooks">
          <NotebooksPanel
            notebooks={explorer.notebooks}
            openPath={path}
            isReadOnly={isReadOnly}
            shipped={SHIPPED_NOTEBOOKS.filter(({ name }) => !known.has(`${name}.ipynb`))}
            onOpen={(file) => void openNotebook(file).catch((thrown: unknown) => tell('error', textOf(thrown)))}
            onOpenShipped={(name) => void openShipped(name).catch((thrown: unknown) => tell('error', textOf(thrown)))}
            onNew={() => void newNotebook()}
          />
        </Section>
      </Accordion>
    </Region>
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
