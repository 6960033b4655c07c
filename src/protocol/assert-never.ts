/** Closes a `switch` over a union: a new member becomes a type error here, and a wrong value at run time names itself. */
export function assertNever(value: never, what = 'value'): never {
  throw new Error(`Unexpected ${what}: ${JSON.stringify(value)}`)
}
