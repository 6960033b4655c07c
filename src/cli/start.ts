import { join } from 'node:path'
import { SERVER_NAME, createPageServer, listen } from './serve'

const PORT = 4747

/** `npm start`: the workbench on http://localhost:4747, until Ctrl+C. */
export async function run(args: string[], root: string): Promise<number> {
  const at = args.indexOf('--port')
  const port = at >= 0 ? Number(args[at + 1]) : PORT
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    process.stderr.write(`--port takes a number from 0 to 65535, not "${args[at + 1]}".\n`)
    return 2
  }
  if (port !== PORT) say(`Another port has another lakehouse: what you saved at port ${PORT} does not show here.`)
  const server = createPageServer({ folder: join(root, 'dist/page'), redirectToLocalhost: true })
  try {
    const used = await listen(server, port)
    say(`Runnel runs at http://localhost:${used} (Ctrl+C ends it)`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    if (await isRunnel(port)) {
      say(`Runnel already runs at http://localhost:${port}`)
      return 0
    }
    process.stderr.write(
      `Port ${port} is taken by another program. End it, or start Runnel with: npm start -- --port 4750\n`,
    )
    return 1
  }
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  server.closeAllConnections()
  server.close()
  return 0
}

async function isRunnel(port: number): Promise<boolean> {
  const response = await fetch(`http://localhost:${port}/`, { method: 'HEAD' }).catch(() => null)
  return response?.headers.get('server') === SERVER_NAME
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
