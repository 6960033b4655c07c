/** What `#check` measures of a laptop, and what it says about it in plain words (B05). */
export type Measured = {
  readonly isFramed: boolean
  readonly isSecure: boolean
  readonly hasServiceWorker: boolean
  readonly isIsolated: boolean
  /** Compiling and running a small module worked. */
  readonly hasWebAssembly: boolean
  /** What the test worker answered, `opfs` with "works" or the reason; null = it did not start. */
  readonly worker: { readonly opfs: string; readonly webAssembly: boolean } | null
  readonly isPersisted: boolean
  /** Null where the browser does not say. */
  readonly freeBytes: number | null
  readonly downloadBytes: number | null
  readonly cachedBytes: number | null
  readonly hasWebSocket: boolean
}

export type Verdict = 'ok' | 'limited' | 'missing'
export type Check = { readonly title: string; readonly verdict: Verdict; readonly text: string }

const MIN_FREE_BYTES = 200_000_000

export function checksOf(measured: Measured): Check[] {
  return [
    ownWindow(measured),
    isolation(measured),
    webAssembly(measured),
    moduleWorkers(measured),
    storage(measured),
    persistence(measured),
    freeSpace(measured),
    download(measured),
    webSocket(measured),
  ]
}

/** One sentence over all of them: the worst decides. */
export function summaryOf(checks: readonly Check[]): string {
  const missing = checks.filter(({ verdict }) => verdict === 'missing').length
  if (missing > 0)
    return `Runnel will not run in full here: ${missing === 1 ? '1 thing is' : `${missing} things are`} missing.`
  if (checks.some(({ verdict }) => verdict === 'limited')) return 'Runnel runs here, with the limits below.'
  return 'Runnel runs here with everything it has.'
}

const WORDS: Record<Verdict, string> = { ok: 'OK', limited: 'LIMITED', missing: 'MISSING' }

/** What the learner copies and sends to IT. */
export function textForIt(checks: readonly Check[], where: { address: string; browser: string; time: string }): string {
  return [
    `Runnel laptop check, ${where.time}`,
    `Address: ${where.address}`,
    `Browser: ${where.browser}`,
    summaryOf(checks),
    ...checks.map(({ title, verdict, text }) => `[${WORDS[verdict]}] ${title}: ${text}`),
  ].join('\n')
}

function ownWindow({ isFramed }: Measured): Check {
  return isFramed
    ? missing('Own window', 'The page is shown inside another page. Open its address in a window of its own.')
    : ok('Own window', 'Yes.')
}

function isolation({ isIsolated, isSecure, hasServiceWorker }: Measured): Check {
  const title = 'Isolation from other pages'
  if (isIsolated) return ok(title, 'Yes: Python can share memory with the engine.')
  const off = 'No: PySpark cells are off.'
  if (!isSecure) return missing(title, `${off} The address must begin with https:// (or be localhost).`)
  if (!hasServiceWorker)
    return missing(
      title,
      `${off} The browser forbids service workers here (a private window or a policy does that). Allow them for this address, or let the host send "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp".`,
    )
  return missing(
    title,
    `${off} Reload the page once, without Shift. If that does not help, a proxy or a browser extension removes the headers Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy.`,
  )
}

function webAssembly({ hasWebAssembly, worker }: Measured): Check {
  const title = 'WebAssembly'
  if (hasWebAssembly && worker?.webAssembly !== false) return ok(title, 'Yes: Python runs.')
  return missing(
    title,
    'No: Python cannot run, and everything else is about 5 times slower. A browser policy turns the compiler off (in Edge: "Enhance your security on the web", or the policy DefaultJavaScriptJitSetting). Make an exception for this address.',
  )
}

function moduleWorkers({ worker }: Measured): Check {
  const title = 'Module workers'
  return worker === null
    ? missing(title, 'No: the engine cannot start. The browser is too old, or a filter blocks scripts of workers.')
    : ok(title, 'Yes: the engine can start.')
}

function storage({ worker }: Measured): Check {
  const title = 'Storage in this browser'
  if (worker === null) return missing(title, 'Not tested: no worker started.')
  if (worker.opfs === 'works') return ok(title, 'Yes: a test file was written and read again.')
  return missing(
    title,
    `No: ${worker.opfs} Runnel then keeps everything in memory and forgets it when the window is closed. A private window does that; use a normal one.`,
  )
}

function persistence({ isPersisted }: Measured): Check {
  const title = 'Kept for good'
  return isPersisted
    ? ok(title, 'Yes: the browser keeps the data until you delete it.')
    : limited(
        title,
        'Not promised: the browser may clear the data when the disk gets full or after weeks without a visit. Take notebooks with you as .ipynb files.',
      )
}

function freeSpace({ freeBytes }: Measured): Check {
  const title = 'Free space'
  if (freeBytes === null) return limited(title, 'The browser does not say.')
  const text = `${megabytes(freeBytes)} for this address.`
  return freeBytes >= MIN_FREE_BYTES
    ? ok(title, text)
    : limited(title, `${text} A workshop needs about ${megabytes(MIN_FREE_BYTES)}.`)
}

function download({ downloadBytes, cachedBytes }: Measured): Check {
  const title = 'Download'
  if (downloadBytes === null) return limited(title, 'Not known: this is a development build.')
  const cached = cachedBytes ?? 0
  if (cached >= downloadBytes)
    return ok(title, `Complete: ${megabytes(downloadBytes)} lie in this browser; it works offline.`)
  return ok(
    title,
    `${megabytes(downloadBytes)} in all, before compression; ${megabytes(cached)} lie in this browser already. Only this address is contacted.`,
  )
}

function webSocket({ hasWebSocket }: Measured): Check {
  const title = 'WebSocket'
  return hasWebSocket
    ? ok(
        title,
        'The browser has it. Runnel does not need it today; whether the network lets it through was not tested.',
      )
    : limited(title, 'The browser has none. Runnel does not need it today.')
}

const ok = (title: string, text: string): Check => ({ title, verdict: 'ok', text })
const limited = (title: string, text: string): Check => ({ title, verdict: 'limited', text })
const missing = (title: string, text: string): Check => ({ title, verdict: 'missing', text })

function megabytes(bytes: number): string {
  return bytes >= 10_000_000_000 ? `${Math.floor(bytes / 1e9)} GB` : `${Math.ceil(bytes / 1e6)} MB`
}
