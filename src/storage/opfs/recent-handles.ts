const CAPACITY = 64

/** Handles of the files looked at or written last, so that another look is one call instead of two. Oldest go first. */
export class RecentHandles {
  readonly #handles = new Map<string, FileSystemFileHandle>()

  /** The file at the path; null when it is not known here, which says nothing of whether it is there. */
  async look(path: string): Promise<File | null> {
    const handle = this.#handles.get(path)
    if (handle === undefined) return null
    try {
      return await handle.getFile()
    } catch (error) {
      if (!(error instanceof DOMException)) throw error
      this.#handles.delete(path)
      return null
    }
  }

  keep(path: string, handle: FileSystemFileHandle): void {
    this.#handles.delete(path)
    this.#handles.set(path, handle)
    if (this.#handles.size > CAPACITY) this.#handles.delete(this.#handles.keys().next().value as string)
  }

  /** The path and everything below it. */
  forget(path: string): void {
    for (const known of this.#handles.keys())
      if (known === path || known.startsWith(`${path}/`)) this.#handles.delete(known)
  }
}
