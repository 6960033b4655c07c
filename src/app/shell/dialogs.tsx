import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components'
import { useState } from 'react'
import { answerQuestion } from '../actions/confirm'
import { closeStartOver, startOver } from '../actions/start-over'
import { useApp } from '../state/store'

/** One question before something is deleted; Escape is no. */
export function QuestionDialog() {
  const question = useApp(({ view }) => view.question)
  return (
    <Dialog
      open={question !== null}
      modalType="alert"
      onOpenChange={(_event, data) => !data.open && answerQuestion(false)}
    >
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{question?.title}</DialogTitle>
          <DialogContent>{question?.text}</DialogContent>
          <DialogActions>
            <Button onClick={() => answerQuestion(false)}>{question?.otherwise ?? 'Cancel'}</Button>
            <Button appearance="primary" onClick={() => answerQuestion(true)}>
              {question?.action}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}

export function StartOverDialog() {
  const request = useApp(({ view }) => view.startOver)
  return (
    <Dialog open={request !== null} onOpenChange={(_event, data) => !data.open && closeStartOver()}>
      <DialogSurface>{request !== null && <StartOverBody {...request} />}</DialogSurface>
    </Dialog>
  )
}

function StartOverBody({ going, authorsText }: { going: readonly string[]; authorsText: string | null }) {
  const [keepsCopy, setKeepsCopy] = useState(true)
  return (
    <DialogBody>
      <DialogTitle>Start over?</DialogTitle>
      <DialogContent>
        {going.length === 0 ? (
          <p>This notebook has made no table, checkpoint or hub yet.</p>
        ) : (
          <>
            <p>This stops and deletes what this notebook made, and nothing else:</p>
            <ul>
              {going.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </>
        )}
        <p>
          Python starts anew: its variables are gone.{' '}
          {authorsText === null
            ? 'The text of the notebook stays as it is; outputs go.'
            : 'The text becomes the author’s again.'}
        </p>
        {authorsText !== null && (
          <Checkbox
            label="Keep mine as a copy"
            checked={keepsCopy}
            onChange={(_event, data) => setKeepsCopy(data.checked === true)}
          />
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={closeStartOver}>Cancel</Button>
        <Button appearance="primary" onClick={() => void startOver(keepsCopy)}>
          Start over
        </Button>
      </DialogActions>
    </DialogBody>
  )
}
