import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { ArrowClockwiseRegular } from '@fluentui/react-icons'
import { CheckpointText } from '../../explorer/ui/checkpoint-text'
import { DataGrid } from '../../ui/data-grid'
import { Drawer } from '../../ui/drawer'
import { deleteCheckpointFile, writeCheckpointFile } from '../actions/checkpoint-actions'
import { closePreview, previewTable } from '../actions/explorer-actions'
import { useApp } from '../state/store'

const useStyles = makeStyles({
  text: {
    margin: '4px 0 0',
    height: '190px',
    overflow: 'auto',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: '12px',
    lineHeight: '16px',
    padding: '6px 8px',
    backgroundColor: 'var(--code-background)',
  },
  error: { fontSize: '16px', color: tokens.colorPaletteRedForeground1 },
})

/** Rows of a table or the text of a file, under the panes. */
export function PreviewDrawer() {
  const styles = useStyles()
  const preview = useApp(({ explorer }) => explorer.preview)
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  if (preview === null) return null
  return (
    <Drawer
      label="Preview"
      title={preview.title}
      detail={preview.detail}
      closeLabel="Close preview"
      onClose={closePreview}
      actions={
        preview.grid !== null && (
          <Button
            size="small"
            appearance="subtle"
            icon={<ArrowClockwiseRegular />}
            aria-label="Read again"
            onClick={() => void previewTable(preview.title)}
          />
        )
      }
    >
      {preview.error !== null && (
        <div className={styles.error} role="alert">
          {preview.error}
        </div>
      )}
      {preview.grid !== null && (
        <DataGrid
          label={`Rows of ${preview.title}`}
          columns={preview.grid.columns}
          rows={preview.grid.rows}
          maxHeightPx={200}
        />
      )}
      {preview.text !== null &&
        (preview.checkpoint === undefined ? (
          <pre className={styles.text} tabIndex={0}>
            {preview.text}
          </pre>
        ) : (
          <CheckpointText
            key={preview.checkpoint.path}
            title={preview.detail}
            text={preview.text}
            sentence={preview.checkpoint.sentence}
            isText={preview.checkpoint.isText}
            isReadOnly={isReadOnly}
            onSave={(text) => writeCheckpointFile(preview.checkpoint?.path ?? '', text)}
            onDelete={() => void deleteCheckpointFile(preview.checkpoint?.path ?? '')}
          />
        ))}
    </Drawer>
  )
}
