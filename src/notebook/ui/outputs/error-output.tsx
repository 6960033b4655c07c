import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { CopyRegular, WrenchRegular } from '@fluentui/react-icons'
import type { CellOutput } from '../../../protocol/workers/kernel'
import { fullMessage } from '../../../protocol/errors/runnel-error'
import type { ErrorShape } from '../../../protocol/errors/runnel-error'
import { stripAnsi } from '../../../ui/ansi'
import { AnsiText } from '../../../ui/ansi-text'
import { CODE_FONT } from '../../../ui/theme'

export type ErrorOutputProps = {
  readonly output: Extract<CellOutput, { output_type: 'error' }>
  readonly shape: ErrorShape | null
  readonly onApplyFix: (fix: { readonly from: string; readonly to: string }) => void
  readonly onCopy: (text: string) => void
  /** What the page knows beyond the error itself, with the cells that would help. */
  readonly more: { readonly text: string; readonly numCells: number; readonly onRun: () => void } | null
  /** Buttons of an error that asks for a decision; they stand in place of its one fix. */
  readonly choices?: readonly { readonly name: string; readonly isPrimary: boolean; readonly onChoose: () => void }[]
}

const useStyles = makeStyles({
  box: {
    borderLeft: `3px solid ${tokens.colorPaletteRedBorder2}`,
    paddingLeft: '10px',
    display: 'flex',
    flexDirection: 'column',
    gap: '4px',
  },
  first: {
    fontSize: '16px',
    lineHeight: '22px',
    color: tokens.colorPaletteRedForeground1,
    fontWeight: tokens.fontWeightSemibold,
    overflowWrap: 'anywhere',
    whiteSpace: 'pre-wrap',
  },
  hint: { fontSize: tokens.fontSizeBase300, whiteSpace: 'pre-wrap' },
  trace: {
    fontFamily: CODE_FONT,
    fontSize: '12px',
    lineHeight: '16px',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    margin: '4px 0 0',
    maxHeight: '220px',
    overflow: 'auto',
  },
  actions: { display: 'flex', gap: '6px', alignItems: 'center' },
  summary: { cursor: 'pointer', fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground2 },
})

/** The error's first line large, then what to do; the traceback on request. */
export function ErrorOutput({ output, shape, onApplyFix, onCopy, more, choices = [] }: ErrorOutputProps) {
  const styles = useStyles()
  const [first, ...rest] = headline(output, shape).split('\n')
  const trace = output.traceback.join('\n').replace(/\n$/, '')
  const all = [headline(output, shape), shape?.hint ?? '', stripAnsi(trace)].filter((text) => text !== '').join('\n\n')
  return (
    <div className={styles.box} role="alert">
      <div className={styles.first}>{first}</div>
      {rest.length > 0 && <pre className={styles.trace}>{rest.join('\n')}</pre>}
      {shape?.hint && more === null && <div className={styles.hint}>{shape.hint}</div>}
      {more !== null && <div className={styles.hint}>{more.text}</div>}
      <div className={styles.actions}>
        {more !== null && more.numCells > 0 && (
          <Button size="small" appearance="primary" onClick={more.onRun}>
            Run cells above ({more.numCells})
          </Button>
        )}
        {choices.map(({ name, isPrimary, onChoose }) => (
          <Button key={name} size="small" appearance={isPrimary ? 'primary' : 'secondary'} onClick={onChoose}>
            {name}
          </Button>
        ))}
        {shape?.fix && choices.length === 0 && (
          <Button
            size="small"
            appearance="primary"
            icon={<WrenchRegular />}
            onClick={() => shape.fix && onApplyFix(shape.fix)}
          >
            Apply
          </Button>
        )}
        <Button size="small" appearance="subtle" icon={<CopyRegular />} onClick={() => onCopy(all)}>
          Copy error
        </Button>
      </div>
      {trace !== '' && (
        <details>
          <summary className={styles.summary}>Traceback</summary>
          <pre className={styles.trace} tabIndex={0}>
            <AnsiText text={trace} />
          </pre>
        </details>
      )}
    </div>
  )
}

function headline(output: ErrorOutputProps['output'], shape: ErrorShape | null): string {
  const message = output.evalue === '' && shape !== null && shape.message !== '' ? fullMessage(shape) : output.evalue
  if (output.ename === '' || message === '') return output.ename + message
  return `${output.ename}: ${message}`
}
