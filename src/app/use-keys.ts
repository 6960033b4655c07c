import { useEffect } from 'react'
import { createKeybindingsHandler } from 'tinykeys'
import { COMMANDS } from './commands'
import type { Command } from './commands'

/** Global keys anywhere; single letters only while a cell itself, not text in it, has the keyboard (WCAG 2.1.4). */
export function useKeys(): void {
  useEffect(() => {
    const global = bindings('global', () => true)
    const command = bindings('command', () => isCellFocused())
    window.addEventListener('keydown', global)
    window.addEventListener('keydown', command)
    return () => {
      window.removeEventListener('keydown', global)
      window.removeEventListener('keydown', command)
    }
  }, [])
}

function bindings(where: Command['where'], applies: () => boolean): (event: KeyboardEvent) => void {
  const map: Record<string, (event: KeyboardEvent) => void> = {}
  for (const command of COMMANDS.filter((candidate) => candidate.where === where)) {
    for (const keys of command.keys ?? []) {
      map[keys] = (event) => {
        if (!applies() || event.defaultPrevented) return
        event.preventDefault()
        if (command.isEnabled?.() !== false) void command.run()
      }
    }
  }
  return createKeybindingsHandler(map)
}

function isCellFocused(): boolean {
  return document.activeElement instanceof HTMLElement && document.activeElement.dataset.cell !== undefined
}
