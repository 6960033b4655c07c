/** Waits between attempts, in milliseconds; the count starts again whenever bytes arrive. */
const DELAYS_MS = [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]

export type DownloadOptions = {
  readonly sizeBytes: number
  /** `from` > 0: the rest from there, as a `Range` request when `canRange`. */
  readonly open: (from: number) => Promise<Response>
  readonly wait: (delayMs: number) => Promise<void>
}

/**
 * A response whose body survives broken connections: it opens the file again and goes on behind the last byte it handed
 * out, so that whoever reads it (the compiler of WebAssembly, a module import) sees one whole file.
 * An answer of the server that is no file (404) is handed on as it is. Errors: the last network error, after all attempts.
 */
export async function resumingResponse(options: DownloadOptions): Promise<Response> {
  const attempts = new Attempts(options.wait)
  const first = await openAgain(options, 0, attempts)
  if (!first.ok || first.body === null) return first
  let reader = first.body.getReader()
  let delivered = 0
  let toSkip = 0
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        try {
          const { done, value } = await reader.read()
          if (done) {
            if (delivered >= options.sizeBytes) return controller.close()
            throw new TypeError(`The download ended after ${delivered} of ${options.sizeBytes} bytes`)
          }
          const fresh = value.subarray(Math.min(toSkip, value.length))
          toSkip -= value.length - fresh.length
          if (fresh.length === 0) continue
          delivered += fresh.length
          attempts.succeeded()
          return controller.enqueue(fresh)
        } catch (thrown) {
          await attempts.failed(thrown)
          const again = await openAgain(options, delivered, attempts)
          if (!again.ok || again.body === null)
            throw new TypeError(`The server answered ${again.status}`, { cause: thrown })
          toSkip = again.status === 206 ? 0 : delivered
          reader = again.body.getReader()
        }
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
  const headers = new Headers(first.headers)
  // The body is handed out decoded.
  headers.delete('content-encoding')
  headers.delete('content-length')
  return new Response(body, { status: 200, headers })
}

async function openAgain({ open }: DownloadOptions, from: number, attempts: Attempts): Promise<Response> {
  for (;;) {
    try {
      const response = await open(from)
      if (response.status < 500) return response
      await attempts.failed(new TypeError(`The server answered ${response.status}`))
    } catch (thrown) {
      await attempts.failed(thrown)
    }
  }
}

class Attempts {
  readonly #wait: (delayMs: number) => Promise<void>
  #failures = 0

  constructor(wait: (delayMs: number) => Promise<void>) {
    this.#wait = wait
  }

  succeeded(): void {
    this.#failures = 0
  }

  /** Waits before the next attempt; throws the error when there is none. */
  async failed(thrown: unknown): Promise<void> {
    if (this.#failures >= DELAYS_MS.length) throw thrown
    await this.#wait(DELAYS_MS[this.#failures++])
  }
}
