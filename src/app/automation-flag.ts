/** `#automation&mode=strict`: the page waits to be driven by `npm run execute`. */
export function isAutomated(): boolean {
  return location.hash.startsWith('#automation')
}

export function automatedMode(): 'workshop' | 'strict' {
  return new URLSearchParams(location.hash.slice(1)).get('mode') === 'strict' ? 'strict' : 'workshop'
}
