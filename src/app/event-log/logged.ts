/** Requests that change something: who asks again with these arguments in this order gets the same again. */
const LOGGED: ReadonlySet<string> = new Set([
  'clock',
  'crash',
  'createHub',
  'deleteHub',
  'dropTable',
  'erase',
  'inject',
  'restartFromScratch',
  'resume',
  'run',
  'sendOnce',
  'startProducer',
  'stopAllProducers',
  'stopAllQueries',
  'stopProducer',
  'stopQuery',
])

let hear: (kind: string, args: readonly unknown[]) => void = () => undefined

export function hearRequests(listener: typeof hear): void {
  hear = listener
}

/** A worker's remote that says what it is asked: every way to change something goes through one, so nothing is forgotten. */
export function logged<T extends object>(worker: string, remote: T): T {
  return new Proxy(remote, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown
      if (typeof name !== 'string' || !LOGGED.has(name)) return member
      return (...args: unknown[]) => {
        hear(`${worker}.${name}`, args)
        return (member as (...all: unknown[]) => unknown)(...args)
      }
    },
  })
}
