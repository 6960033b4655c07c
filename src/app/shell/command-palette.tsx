import {
  Dialog,
  DialogBody,
  DialogSurface,
  DialogTitle,
  Input,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components'
import { useState } from 'react'
import { COMMANDS, keyText, runCommand } from '../commands'
import { change, useApp } from '../state/store'

const useStyles = makeStyles({
  surface: { maxWidth: '520px', top: 0, marginTop: '64px', padding: '12px' },
  list: {
    listStyle: 'none',
    margin: '8px 0 0',
    padding: 0,
    maxHeight: '320px',
    overflowY: 'auto',
    gridColumn: '1 / -1',
  },
  item: {
    display: 'flex',
    justifyContent: 'space-between',
    padding: '5px 8px',
    borderRadius: tokens.borderRadiusMedium,
    cursor: 'pointer',
  },
  active: {
    backgroundColor: tokens.colorNeutralBackground1Selected,
    color: tokens.colorNeutralForeground1Selected,
    // High contrast turns the ground bright: the keys turn with it.
    '& *': { color: 'inherit' },
  },
  keys: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  input: { gridColumn: '1 / -1' },
  title: { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' },
})

export function CommandPalette() {
  const styles = useStyles()
  const isOpen = useApp(({ view }) => view.isPaletteOpen)
  const close = () => change('view', (view) => void (view.isPaletteOpen = false))
  return (
    <Dialog open={isOpen} onOpenChange={(_event, data) => !data.open && close()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle className={styles.title}>Command palette</DialogTitle>
          {isOpen && <Choices onClose={close} />}
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}

function Choices({ onClose }: { onClose: () => void }) {
  const styles = useStyles()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const words = text.toLowerCase().split(/\s+/)
  const shown = COMMANDS.filter(
    (command) =>
      command.id !== 'palette' &&
      command.isEnabled?.() !== false &&
      words.every((word) => command.title.toLowerCase().includes(word)),
  )
  const choose = (index: number) => {
    const command = shown[index]
    if (command === undefined) return
    onClose()
    // After the dialog has given the focus back, so that the command may move it.
    setTimeout(() => runCommand(command.id), 0)
  }
  return (
    <>
      <Input
        autoFocus
        className={styles.input}
        value={text}
        placeholder="Type a command"
        role="combobox"
        aria-label="Command"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={shown[at] ? `palette-${shown[at].id}` : undefined}
        onChange={(_event, data) => {
          setText(data.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setAt(Math.min(shown.length - 1, at + 1))
          else if (event.key === 'ArrowUp') setAt(Math.max(0, at - 1))
          else if (event.key === 'Enter') choose(at)
          else return
          event.preventDefault()
        }}
      />
      <ul id="palette-list" role="listbox" aria-label="Commands" className={styles.list}>
        {shown.map((command, index) => (
          <li
            key={command.id}
            id={`palette-${command.id}`}
            role="option"
            aria-selected={index === at}
            className={mergeClasses(styles.item, index === at && styles.active)}
            onMouseMove={() => setAt(index)}
            onClick={() => choose(index)}
            ref={(element) => {
              if (index === at) element?.scrollIntoView({ block: 'nearest' })
            }}
          >
            <span>{command.title}</span>
            <span className={styles.keys}>{command.keys?.map(keyText)[0] ?? ''}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
