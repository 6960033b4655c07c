export type MemoryQuestion = { readonly wantsMemory: true }
export type MemoryAnswer = { readonly memoryBytes: number }

/** JavaScript memory of the page and all its workers; only the page may ask the browser. */
export function memoryBytes(): Promise<number> {
  return new Promise((resolve) => {
    const listen = ({ data }: MessageEvent<Partial<MemoryAnswer>>) => {
      if (data.memoryBytes === undefined) return
      self.removeEventListener('message', listen)
      resolve(data.memoryBytes)
    }
    self.addEventListener('message', listen)
    self.postMessage({ wantsMemory: true } satisfies MemoryQuestion)
  })
}
