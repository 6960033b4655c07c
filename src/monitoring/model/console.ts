/** Batches of console text shown under a cell, and how much text they may hold (B26). */
export const SHOWN_BATCHES = 20
export const MAX_CONSOLE_CHARS = 200_000
/** Earlier text kept for the download alone. */
const MAX_EARLIER_CHARS = 4_000_000

/** What a console sink printed: the newest batches to read, the earlier ones to download. One entry a print of the sink. */
export type ConsoleText = {
  readonly shown: readonly string[]
  readonly earlier: readonly string[]
  /** Batches too old even for the download. */
  readonly numForgotten: number
}

export const NO_CONSOLE: ConsoleText = { shown: [], earlier: [], numForgotten: 0 }

export function addConsoleText(console: ConsoleText, text: string): ConsoleText {
  const shown = [...console.shown, text]
  const earlier = [...console.earlier]
  let numForgotten = console.numForgotten
  let chars = charsOf(shown)
  // The newest batch stays whole, however long it is.
  while (shown.length > 1 && (shown.length > SHOWN_BATCHES || chars > MAX_CONSOLE_CHARS)) {
    const oldest = shown.shift() ?? ''
    chars -= oldest.length
    earlier.push(oldest)
  }
  let earlierChars = charsOf(earlier)
  while (earlierChars > MAX_EARLIER_CHARS && earlier.length > 0) {
    earlierChars -= earlier.shift()?.length ?? 0
    numForgotten++
  }
  return { shown, earlier, numForgotten }
}

export function numEarlierBatches({ earlier, numForgotten }: ConsoleText): number {
  return earlier.length + numForgotten
}

/** Everything that is still known, oldest first. */
export function wholeText({ earlier, shown }: ConsoleText): string {
  return [...earlier, ...shown].join('')
}

function charsOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0)
}
