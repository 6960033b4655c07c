/** What this browser window can do (B06): decided once, before a worker starts. */
export type Probe = {
  readonly isFramed: boolean
  readonly isIsolated: boolean
  readonly hasWebAssembly: boolean
  readonly hasOpfs: boolean
}

export type Capability = {
  readonly probe: Probe
  readonly storage: 'opfs' | 'memory'
  readonly canRunPython: boolean
  /** Sentences for bars, worst first. */
  readonly bars: readonly CapabilityBar[]
  /** Said on a PySpark cell that cannot run; null = it can. */
  readonly pythonReason: string | null
}

export type CapabilityBar = {
  readonly id: 'frame' | 'isolation' | 'compiler' | 'memory'
  readonly intent: 'error' | 'warning'
  readonly text: string
}

export function capabilityOf(probe: Probe): Capability {
  const bars: CapabilityBar[] = []
  if (probe.isFramed) bars.push({ id: 'frame', intent: 'error', text: 'Runnel needs its own window.' })
  if (!probe.hasOpfs) bars.push({ id: 'memory', intent: 'error', text: 'This window forgets everything when closed.' })
  if (!probe.hasWebAssembly) {
    bars.push({
      id: 'compiler',
      intent: 'warning',
      text: 'This browser runs without its compiler: about 5 times slower.',
    })
  } else if (!probe.isIsolated) {
    bars.push({
      id: 'isolation',
      intent: 'warning',
      text: 'PySpark cells are off: this page is not isolated from other pages, so Python cannot share memory with the engine. Notebooks can be read and edited, and streams can go on. Open Runnel from its own address, over https or localhost.',
    })
  }
  const canRunPython = probe.isIsolated && probe.hasWebAssembly
  return { probe, storage: probe.hasOpfs ? 'opfs' : 'memory', canRunPython, bars, pythonReason: reasonOf(probe) }
}

function reasonOf(probe: Probe): string | null {
  if (!probe.hasWebAssembly)
    return 'PySpark cells need WebAssembly, which this browser has switched off (JIT off). Notebooks can be read and edited, and streams can go on.'
  if (!probe.isIsolated)
    return 'PySpark cells need an isolated page. Notebooks can be read and edited, and streams can go on.'
  return null
}

export async function probeBrowser(): Promise<Probe> {
  return {
    isFramed: window.top !== window.self,
    isIsolated: window.crossOriginIsolated,
    hasWebAssembly: typeof WebAssembly === 'object',
    hasOpfs: await hasOpfs(),
  }
}

/** Firefox's private windows have the method and throw SecurityError; only trying tells. */
async function hasOpfs(): Promise<boolean> {
  try {
    await navigator.storage.getDirectory()
    return true
  } catch {
    return false
  }
}
