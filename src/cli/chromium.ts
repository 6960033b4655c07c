import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'
import { say } from './phases'

const DISTRIBUTION_PATH = '/usr/bin/chromium'

/** Flags for a browser that runs unattended, also as root, and keeps quiet on a closed network. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
]

/**
 * A Chromium to drive: `CHROMIUM_PATH`, the distribution's, Playwright's own; else it is installed, by Playwright's download
 * or, as root on Debian and Ubuntu, from the distribution. Null when none can be had; the reason is said.
 */
export function findChromium(): string | null {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named
    say(`CHROMIUM_PATH is ${named}, but nothing is there.`)
    return null
  }
  if (existsSync(DISTRIBUTION_PATH)) return DISTRIBUTION_PATH
  if (existsSync(chromium.executablePath())) return chromium.executablePath()
  say('No Chromium found. Downloading the one of Playwright ...')
  if (spawnSync('npx', ['playwright', 'install', 'chromium'], { stdio: 'inherit' }).status === 0)
    return chromium.executablePath()
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('The download failed. Installing the distribution’s package ...')
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
    const installed = spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    if (installed.status === 0 && existsSync(DISTRIBUTION_PATH)) return DISTRIBUTION_PATH
  }
  say(
    'Please install Chromium (Debian, Ubuntu: sudo apt-get install chromium), or say where one is: CHROMIUM_PATH=/path/to/chrome npm test',
  )
  return null
}
