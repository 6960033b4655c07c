/** `#automation&mode=strict`: the page waits to be driven by `npm run execute`. */
export function isAutomated(): boolean {
  return location.hash.startsWith('#automation') && !isAttached()
}

/** `#automation&attached`: the page starts as for a person, and a program may drive it beside them. */
export function isAttached(): boolean {
  return location.hash.startsWith('#automation') && new URLSearchParams(location.hash.slice(1)).has('attached')
}

export function automatedMode(): 'workshop' | 'strict' {
  return new URLSearchParams(location.hash.slice(1)).get('mode') === 'strict' ? 'strict' : 'workshop'
}

/** `#check`: the page that tests this laptop, in place of the workbench. */
export function isCheck(): boolean {
  return location.hash === '#check'
}
