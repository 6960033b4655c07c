import { makeStyles, tokens } from '@fluentui/react-components'
import { memo } from 'react'
import { TABLE_MIME } from '../../../protocol/workers/kernel'
import type { CellOutput, MimeBundle, TableOutput } from '../../../protocol/workers/kernel'
import type { ErrorShape } from '../../../protocol/errors/runnel-error'
import { DataGrid } from '../../../ui/data-grid'
import { JsonTree } from '../../../ui/json-tree'
import { SafeHtml, SandboxedHtml, needsScript } from '../safe-html'
import { plural } from '../../../ui/format'
import { ErrorOutput } from './error-output'
import type { ErrorOutputProps } from './error-output'
import { StreamText } from './stream-text'

export type CellOutputsProps = {
  readonly cellNumber: number
  readonly outputs: readonly CellOutput[]
  readonly error: ErrorShape | null
  /** The outputs came with the file: script in them waits for a click. */
  readonly isFromBefore: boolean
  readonly onApplyFix: (fix: { readonly from: string; readonly to: string }) => void
  readonly onCopy: (text: string) => void
  readonly more: ErrorOutputProps['more']
  readonly choices?: ErrorOutputProps['choices']
}

const GRID_PX = 280

const useStyles = makeStyles({
  outputs: { display: 'flex', flexDirection: 'column', gap: '6px', paddingTop: '4px' },
  note: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3, marginTop: '2px' },
  image: { maxWidth: '100%', maxHeight: '480px' },
  html: { maxHeight: '480px', overflow: 'auto', fontSize: tokens.fontSizeBase200 },
})

export const CellOutputs = memo(function CellOutputs({
  cellNumber,
  outputs,
  error,
  isFromBefore,
  onApplyFix,
  onCopy,
  more,
  choices,
}: CellOutputsProps) {
  const styles = useStyles()
  if (outputs.length === 0) return null
  return (
    <div className={styles.outputs} aria-label={`Cell ${cellNumber} output`} role="group">
      {outputs.map((output, index) => {
        switch (output.output_type) {
          case 'stream':
            return <StreamText key={index} text={output.text} isError={output.name === 'stderr'} />
          case 'error':
            return (
              <ErrorOutput
                key={index}
                output={output}
                shape={output.shape ?? error}
                onApplyFix={onApplyFix}
                onCopy={onCopy}
                more={more}
                {...(choices === undefined ? {} : { choices })}
              />
            )
          case 'display_data':
          case 'execute_result':
            return <Rich key={index} data={output.data} cellNumber={cellNumber} isFromBefore={isFromBefore} />
        }
      })}
    </div>
  )
})

/** The richest form we draw, in nbformat's order of preference. */
function Rich({ data, cellNumber, isFromBefore }: { data: MimeBundle; cellNumber: number; isFromBefore: boolean }) {
  const styles = useStyles()
  const table = data[TABLE_MIME]
  if (isTable(table)) {
    return (
      <div>
        <DataGrid
          label={`Table of cell ${cellNumber}`}
          columns={table.columns}
          rows={table.rows}
          maxHeightPx={GRID_PX}
        />
        <div className={styles.note}>
          {plural(table.rows.length, 'row')}
          {table.isTruncated ? ', more are not shown' : ''}
        </div>
      </div>
    )
  }
  for (const mime of ['image/png', 'image/jpeg', 'image/gif'] as const) {
    const base64 = data[mime]
    if (typeof base64 === 'string')
      return (
        <img
          className={styles.image}
          alt={textOf(data['text/plain']) || `Image of cell ${cellNumber}`}
          src={`data:${mime};base64,${base64.replace(/\s/g, '')}`}
        />
      )
  }
  const html = textOf(data['text/html']) || textOf(data['image/svg+xml'])
  if (html !== '') {
    if (needsScript(html))
      return <SandboxedHtml html={html} title={`HTML of cell ${cellNumber}`} asksFirst={isFromBefore} />
    return <SafeHtml html={html} className={styles.html} />
  }
  if (data['application/json'] !== undefined) return <JsonTree value={data['application/json']} />
  return <StreamText text={textOf(data['text/plain'])} isError={false} />
}

function isTable(value: unknown): value is TableOutput {
  return (
    typeof value === 'object' && value !== null && 'columns' in value && 'rows' in value && Array.isArray(value.rows)
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
