import { Tooltip } from '@fluentui/react-components'
import type { TooltipProps } from '@fluentui/react-components'
import { createContext, useContext } from 'react'

/** Where hints are drawn: inside a landmark, because text outside of one is lost to people who go from landmark to landmark. */
export const HintPlace = createContext<HTMLElement | null>(null)

/** A tooltip on hover and focus. */
export function Hint(props: TooltipProps) {
  return <Tooltip {...props} mountNode={useContext(HintPlace)} />
}
