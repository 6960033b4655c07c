import type { FileInfo, FileStore, StagedFile } from '../../engine/ports/file-store'

/** What the write that was under way at the kill leaves behind. */
export type LastWrite = 'nothing' | 'whole' | 'torn'

/**
 * Test double: a FileStore that is killed at its n-th change. That change ends as `lastWrite` says, its promise and all
 * later ones stay open for ever, as in a terminated worker. Use the inner store to start again.
 */
export class KillableFiles implements FileStore {
  readonly #inner: FileStore
  readonly #lastWrite: LastWrite
  #changesLeft: number
  /** Resolves at the kill. */
  readonly died: Promise<void>
  #tellDied: () => void = () => undefined
  #isDead = false

  constructor(inner: FileStore, numChanges: number, lastWrite: LastWrite) {
    this.#inner = inner
    this.#changesLeft = numChanges
    this.#lastWrite = lastWrite
    this.died = new Promise((resolve) => (this.#tellDied = resolve))
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** Nothing gets through any more. */
  kill(): void {
    this.#isDead = true
    this.#tellDied()
  }

  read(path: string): Promise<Uint8Array> {
    return this.#alive(() => this.#inner.read(path))
  }

  readRange(path: string, start: number, end: number): Promise<Uint8Array> {
    return this.#alive(() => this.#inner.readRange(path, start, end))
  }

  stat(path: string): Promise<FileInfo | null> {
    return this.#alive(() => this.#inner.stat(path))
  }

  list(folder: string): Promise<FileInfo[]> {
    return this.#alive(() => this.#inner.list(folder))
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    return this.#change(() => this.#inner.write(path, bytes), path, bytes)
  }

  writeIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    return this.#change(() => this.#inner.writeIfAbsent(path, bytes), path, bytes)
  }

  /** Staging changes nothing that anybody sees; publishing is the change. */
  stage(path: string, bytes: Uint8Array): Promise<StagedFile> {
    return this.#alive(async () => {
      const staged = await this.#inner.stage(path, bytes)
      return {
        info: () => this.#alive(() => staged.info()),
        publish: () => this.#change(() => staged.publish(), path, bytes),
        publishNew: () => this.#change(() => staged.publishNew(), path, bytes),
        discard: () => this.#alive(() => staged.discard()),
      }
    })
  }

  remove(path: string): Promise<void> {
    return this.#change(() => this.#inner.remove(path), path, null)
  }

  withLock<T>(name: string, body: () => Promise<T>): Promise<T> {
    // The dead hold no lock: it is let go, and who waited for the body waits for ever.
    return this.#alive(() => this.#inner.withLock(name, () => Promise.race([body(), this.died as Promise<T>])))
  }

  tryLock(name: string): Promise<{ release(): void } | null> {
    return this.#inner.tryLock(name)
  }

  async #change<T>(work: () => Promise<T>, path: string, bytes: Uint8Array | null): Promise<T> {
    if (this.#isDead || --this.#changesLeft >= 0) return this.#alive(work)
    this.kill()
    if (this.#lastWrite === 'whole') await work()
    else if (this.#lastWrite === 'torn' && bytes !== null)
      await this.#inner.write(path, bytes.subarray(0, bytes.length >>> 1))
    return never()
  }

  async #alive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isDead) return never()
    const result = await work()
    return this.#isDead ? never() : result
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined)
}
