import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.ipynb': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.zip': 'application/zip',
}

/** Names this server to a second `npm start`. */
export const SERVER_NAME = 'Runnel'

export type ServeOptions = {
  readonly folder: string
  /** Page at "/" when it is not index.html: the bench page, the OPFS contract page. */
  readonly isolated?: boolean
  /** The lakehouse belongs to http://localhost: a page opened at 127.0.0.1 would show another, empty one. */
  readonly redirectToLocalhost?: boolean
}

/** Serves a built folder on loopback with the headers shared memory needs. */
export function createPageServer({ folder, isolated = true, redirectToLocalhost = false }: ServeOptions): Server {
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      response.writeHead(500, { 'Content-Type': 'text/plain' })
      response.end(String(error))
    })
  })
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const host = request.headers.host ?? 'localhost'
    if (redirectToLocalhost && host.startsWith('127.0.0.1')) {
      response.writeHead(308, { Location: `http://${host.replace('127.0.0.1', 'localhost')}${request.url ?? '/'}` })
      response.end()
      return
    }
    const path = decodeURIComponent(new URL(request.url ?? '/', `http://${host}`).pathname)
    const file = normalize(join(folder, path.endsWith('/') ? `${path}index.html` : path))
    const info = file.startsWith(folder + sep) ? await stat(file).catch(() => null) : null
    if (info === null || !info.isFile()) {
      response.writeHead(404, { 'Content-Type': 'text/plain', ...headers(isolated) })
      response.end('Not found')
      return
    }
    response.writeHead(200, {
      'Content-Type': CONTENT_TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Length': info.size,
      // Built names carry their hash; everything else must be asked for again.
      'Cache-Control': path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...headers(isolated),
    })
    if (request.method === 'HEAD') response.end()
    else createReadStream(file).pipe(response)
  }
  return server
}

function headers(isolated: boolean): Record<string, string> {
  if (!isolated) return { Server: SERVER_NAME }
  return {
    Server: SERVER_NAME,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
  }
}

/** Port 0 takes a free one; resolves with the port in use. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.closeAllConnections()
    server.close(() => resolve())
  })
}
