import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { giveTypeScriptWorker } from '../notebook/ui/editor/load-monaco'
import { registerCompletion } from '../notebook/ui/editor/completion/register'
import { boot } from './actions/boot'
import { followPythonNames, languageHost } from './actions/language-host'
import { syncTypeScriptCells } from './actions/typescript-sync'
import { automation } from './automation'
import type { Automation } from './automation'
import { isAttached, isAutomated } from './automation-flag'
import { App } from './shell/app'
import type { WorkerFactories } from './workers'

/** Draws the page, then starts the workers; tests pass scripted ones. */
export function startApp(root: HTMLElement, factories: WorkerFactories): void {
  const { language } = factories
  if (language) giveTypeScriptWorker(() => language())
  syncTypeScriptCells()
  registerCompletion(languageHost)
  followPythonNames()
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
  void boot(factories).then(() => {
    if (isAutomated() || isAttached()) (globalThis as { runnel?: Automation }).runnel = automation(factories)
  })
}
