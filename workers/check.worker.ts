/** What only a worker can try, for the page `#check`: a file written the way the engine writes, and a module compiled. */
const NAME = 'runnel-check'

/** Only in dedicated workers, so the DOM's types lack it. */
type SyncFile = {
  createSyncAccessHandle(): Promise<{
    write(bytes: Uint8Array, options: { at: number }): number
    read(bytes: Uint8Array, options: { at: number }): number
    flush(): void
    close(): void
  }>
}

async function opfs(): Promise<string> {
  try {
    const root = await navigator.storage.getDirectory()
    const file = (await root.getFileHandle(NAME, { create: true })) as unknown as SyncFile
    const handle = await file.createSyncAccessHandle()
    try {
      const sent = new TextEncoder().encode('runnel')
      handle.write(sent, { at: 0 })
      handle.flush()
      const read = new Uint8Array(sent.length)
      handle.read(read, { at: 0 })
      if (new TextDecoder().decode(read) !== 'runnel') return 'A test file came back changed.'
    } finally {
      handle.close()
      await root.removeEntry(NAME)
    }
    return 'works'
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}

function compiles(): boolean {
  try {
    return new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)) instanceof WebAssembly.Module
  } catch {
    // The answer is no; why is the page's to say.
    return false
  }
}

void opfs().then((answer) => postMessage({ opfs: answer, webAssembly: compiles() }))

export {}
