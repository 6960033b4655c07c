import { useEffect, useState } from 'react'

/** Re-renders every `periodMs` of real time while the page is visible; null = never. */
export function useTicker(periodMs: number | null): void {
  const [, tick] = useState(0)
  useEffect(() => {
    if (periodMs === null) return
    const timer = setInterval(() => {
      if (!document.hidden) tick((count) => count + 1)
    }, periodMs)
    return () => clearInterval(timer)
  }, [periodMs])
}
