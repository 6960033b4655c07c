import type { ClockState } from '../../protocol/clock/session-clock'
import type { ThemeName } from '../state/store'
import { getApp } from '../state/store'
import { runtimeOrNull } from './runtime-holder'

/** Small settings of this browser. Nothing here is needed to read the learner's work. */
const CLOCK = 'runnel.clock'
const THEME = 'runnel.theme'
const AUTO_RESUME = 'runnel.autoResume'
const RAN = 'runnel.streamsRan'

export type RememberedClock = {
  readonly path: string | null
  readonly sessionMs: number
  readonly speed: number
  readonly isPaused: boolean
  readonly isHeld: boolean
}

/** Stream time goes on after a reload where it stood: it did not pass while nothing ran. */
export function rememberClock(): void {
  const runtime = runtimeOrNull()
  const { session, notebook } = getApp()
  if (runtime === null || session.engine !== 'ready' || session.isReadOnly) return
  const state: ClockState = runtime.clockState()
  const remembered: RememberedClock = {
    path: notebook.path,
    sessionMs: runtime.nowMs(),
    speed: state.speed,
    isPaused: state.paused,
    isHeld: session.isHeldForFirstQuery,
  }
  write(CLOCK, JSON.stringify(remembered))
}

export function rememberedClock(): RememberedClock | null {
  try {
    const remembered = JSON.parse(localStorage.getItem(CLOCK) ?? 'null') as RememberedClock | null
    return remembered !== null && Number.isFinite(remembered.sessionMs) && remembered.speed > 0 ? remembered : null
  } catch {
    // A setting that cannot be read is no setting.
    return null
  }
}

export function rememberTheme(theme: ThemeName): void {
  write(THEME, theme)
}

export function rememberedTheme(): ThemeName {
  const theme = localStorage.getItem(THEME)
  if (theme === 'light' || theme === 'dark' || theme === 'contrast') return theme
  if (window.matchMedia('(forced-colors: active)').matches) return 'contrast'
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

export function rememberAutoResume(on: boolean): void {
  write(AUTO_RESUME, on ? 'yes' : 'no')
}

export function resumesByItself(): boolean {
  return localStorage.getItem(AUTO_RESUME) === 'yes'
}

/** True once a stream has run in this browser: the first close of the tab then says what a cluster would do. */
export function rememberQueries(): void {
  write(RAN, 'yes')
}

/** True once in this browser: what is said of a thing the first time it happens. */
export function isFirstTime(thing: string): boolean {
  const key = `runnel.told.${thing}`
  if (localStorage.getItem(key) !== null) return false
  write(key, 'yes')
  return true
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Full or forbidden: the setting lasts for this page only.
  }
}
