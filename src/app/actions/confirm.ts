import { change, getApp } from '../state/store'

export type Question = {
  readonly title: string
  readonly text: string
  /** The button that does it. */
  readonly action: string
  /** The button that does not; "Cancel" when left out. */
  readonly otherwise?: string
}

let answer: ((isSure: boolean) => void) | null = null

/** Asks before something is deleted; false when the learner cancels. */
export function confirm(question: Question): Promise<boolean> {
  answer?.(false)
  change('view', (view) => void (view.question = question))
  return new Promise((resolve) => (answer = resolve))
}

export function answerQuestion(isSure: boolean): void {
  if (getApp().view.question === null) return
  change('view', (view) => void (view.question = null))
  answer?.(isSure)
  answer = null
}
