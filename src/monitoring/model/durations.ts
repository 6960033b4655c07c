/** 300000 -> "5 minutes", 1500 -> "1.5 seconds": a length as people write it in code. */
export function lengthText(lengthMs: number): string {
  for (const [unit, unitMs] of [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const) {
    if (lengthMs >= unitMs && lengthMs % unitMs === 0) return counted(lengthMs / unitMs, unit)
  }
  return counted(lengthMs / 1000, 'second')
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
