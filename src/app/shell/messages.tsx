import { Button, MessageBar, MessageBarActions, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import { dismissMessage, useApp } from '../state/store'

const useStyles = makeStyles({
  box: {
    position: 'fixed',
    bottom: '34px',
    right: '10px',
    display: 'flex',
    flexDirection: 'column',
    gap: '6px',
    zIndex: 1000,
    maxWidth: '360px',
    minWidth: '280px',
  },
  bar: { boxShadow: tokens.shadow16 },
})

/** Short answers to an action, over the page: nothing moves for them. */
export function Messages() {
  const styles = useStyles()
  const messages = useApp(({ view }) => view.messages)
  return (
    <div className={styles.box}>
      {messages.map((message) => (
        <MessageBar key={message.id} intent={message.intent} className={styles.bar}>
          <MessageBarBody>{message.text}</MessageBarBody>
          <MessageBarActions
            containerAction={
              <Button
                size="small"
                appearance="transparent"
                icon={<DismissRegular />}
                aria-label="Close message"
                onClick={() => dismissMessage(message.id)}
              />
            }
          >
            {message.action !== undefined && (
              <Button
                size="small"
                onClick={() => {
                  message.action?.run()
                  dismissMessage(message.id)
                }}
              >
                {message.action.label}
              </Button>
            )}
          </MessageBarActions>
        </MessageBar>
      ))}
    </div>
  )
}
