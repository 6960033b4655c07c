import { useEffect, useState } from 'react'

/** Re-renders every `periodMs` of real time while the page is visible; null = never. Gives how often it did. */
export function useTicker(periodMs: number | null): number {
  const [count, tick] = useState(0)
  useEffect(() => {
    if (periodMs === null) return
    const timer = setInterval(() => {
      if (!document.hidden) tick((before) => before + 1)
    }, periodMs)
    return () => clearInterval(timer)
  }, [periodMs])
  return count
}
