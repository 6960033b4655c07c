import { Button, Textarea, makeStyles, tokens } from '@fluentui/react-components'
import { useState } from 'react'

export type CheckpointTextProps = {
  readonly title: string
  readonly text: string
  readonly sentence: string | null
  /** Can be changed as text. */
  readonly isText: boolean
  readonly isReadOnly: boolean
  /** True when it was written. */
  readonly onSave: (text: string) => Promise<boolean>
  readonly onDelete: () => void
}

const useStyles = makeStyles({
  sentence: {
    margin: '4px 0',
    paddingLeft: '10px',
    borderLeft: `3px solid ${tokens.colorBrandStroke1}`,
    fontSize: tokens.fontSizeBase400,
    lineHeight: tokens.lineHeightBase400,
    fontVariantNumeric: 'tabular-nums',
  },
  text: {
    margin: '4px 0 0',
    height: '120px',
    overflow: 'auto',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: '12px',
    lineHeight: '16px',
    padding: '6px 8px',
    backgroundColor: 'var(--code-background)',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  editor: {
    width: '100%',
    height: '120px',
    '& textarea': { fontFamily: tokens.fontFamilyMonospace, fontSize: '12px' },
  },
  actions: { display: 'flex', gap: '6px', marginTop: '6px' },
})

/** A checkpoint's file: what it says, then its text (B22). */
export function CheckpointText({ title, text, sentence, isText, isReadOnly, onSave, onDelete }: CheckpointTextProps) {
  const styles = useStyles()
  const [draft, setDraft] = useState<string | null>(null)
  const save = async () => {
    if (draft !== null && (await onSave(draft))) setDraft(null)
  }
  return (
    <div>
      {sentence !== null && <p className={styles.sentence}>{withEmphasis(sentence)}</p>}
      {draft === null ? (
        <pre className={styles.text} tabIndex={0} aria-label={`Text of ${title}`}>
          {text}
        </pre>
      ) : (
        <Textarea
          className={styles.editor}
          aria-label={`Text of ${title}`}
          value={draft}
          onChange={(_event, data) => setDraft(data.value)}
        />
      )}
      {!isReadOnly && (
        <div className={styles.actions}>
          {draft === null ? (
            <>
              {isText && (
                <Button size="small" onClick={() => setDraft(text)}>
                  Edit
                </Button>
              )}
              <Button size="small" onClick={onDelete}>
                Delete
              </Button>
            </>
          ) : (
            <>
              <Button size="small" appearance="primary" onClick={() => void save()}>
                Save
              </Button>
              <Button size="small" onClick={() => setDraft(null)}>
                Leave it as it was
              </Button>
            </>
          )}
        </div>
      )}
    </div>
  )
}

/** `**word**` is the word that matters. */
function withEmphasis(sentence: string) {
  return sentence.split('**').map((part, index) => (index % 2 === 1 ? <strong key={index}>{part}</strong> : part))
}
