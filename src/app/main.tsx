import { createRoot } from 'react-dom/client'
import { isAttached, isAutomated, isCheck } from './automation-flag'
import { openFrontDoor } from './offline/front-door'
import { realWorkers } from './real-workers'
import { startApp } from './start'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
// A program that drives the page sees it as its host serves it.
const opens = isAutomated() || isAttached() ? Promise.resolve(true) : openFrontDoor()
void opens.then(async (isOpen) => {
  if (!isOpen) return
  if (isCheck()) {
    const { CheckPage } = await import('./check/check-page')
    createRoot(root).render(<CheckPage />)
  } else startApp(root, realWorkers)
})
// `#check` is another page at the same address: going there or back loads it.
const wasCheck = isCheck()
window.addEventListener('hashchange', () => {
  if (isCheck() !== wasCheck) location.reload()
})
