/** Notebooks that come with the page, in the order of the course. To add one: a file in `public/notebooks` and a line here. */
export const SHIPPED_NOTEBOOKS = [
  { name: 'structured-streaming-workshop', title: 'Structured Streaming workshop' },
  { name: 'transactions-tutorial', title: 'Transactions tutorial' },
] as const

/** What a newcomer sees first. */
export const FIRST_NOTEBOOK = SHIPPED_NOTEBOOKS[0].name
