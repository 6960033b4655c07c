import { describe, expect, it } from 'vitest'
import { resumingResponse } from './resuming-body'

const WHOLE = Uint8Array.from({ length: 10_000 }, (_, index) => index % 251)

/** A server whose connections break after so many bytes each; the last one holds. */
function brokenServer(breaksAfter: readonly number[], canRange: boolean) {
  const asked: number[] = []
  const waits: number[] = []
  let attempt = 0
  const open = async (from: number): Promise<Response> => {
    asked.push(from)
    const start = canRange ? from : 0
    const breakAt = breaksAfter[attempt++]
    if (breakAt === -1) throw new TypeError('Failed to fetch')
    let at = start
    const end = breakAt === undefined ? WHOLE.length : Math.min(WHOLE.length, start + breakAt)
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at < end) {
          const next = Math.min(end, at + 1000)
          controller.enqueue(WHOLE.slice(at, next))
          at = next
        } else if (breakAt === undefined) controller.close()
        else controller.error(new TypeError('network error'))
      },
    })
    return new Response(body, {
      status: canRange && from > 0 ? 206 : 200,
      headers: { 'Content-Type': 'application/wasm' },
    })
  }
  const wait = async (delayMs: number) => void waits.push(delayMs)
  return { options: { sizeBytes: WHOLE.length, open, wait }, asked, waits }
}

const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())

describe('a download that breaks', () => {
  it('goes on behind the last byte when the server knows ranges', async () => {
    const { options, asked } = brokenServer([2500, 1000], true)
    const response = await resumingResponse(options)
    expect(response.headers.get('content-type')).toBe('application/wasm')
    expect(await bytesOf(response)).toEqual(WHOLE)
    expect(asked.slice(0, 1)).toEqual([0])
    expect(asked.at(-1)).toBeGreaterThan(0)
  })

  it('starts over and skips what it has handed out when the server does not', async () => {
    const { options, asked } = brokenServer([2500, 4200], false)
    expect(await bytesOf(await resumingResponse(options))).toEqual(WHOLE)
    expect(asked).toHaveLength(3)
  })

  it('waits longer before each attempt that brings nothing', async () => {
    const { options, waits } = brokenServer([-1, -1, -1], true)
    expect(await bytesOf(await resumingResponse(options))).toEqual(WHOLE)
    expect(waits).toEqual([500, 1000, 2000])
  })

  it('gives up with the network error after all attempts', async () => {
    const { options, waits } = brokenServer(Array<number>(20).fill(-1), true)
    await expect(resumingResponse(options)).rejects.toThrow('Failed to fetch')
    expect(waits).toHaveLength(8)
  })

  it('treats a body that ends too early as broken', async () => {
    let opened = 0
    const open = async () => new Response(++opened === 1 ? WHOLE.slice(0, 100) : WHOLE)
    const response = await resumingResponse({ sizeBytes: WHOLE.length, open, wait: async () => undefined })
    expect(await bytesOf(response)).toEqual(WHOLE)
  })

  it('hands a missing file on', async () => {
    const open = async () => new Response('no', { status: 404 })
    const response = await resumingResponse({ sizeBytes: 5, open, wait: async () => undefined })
    expect(response.status).toBe(404)
  })
})
