import { watermarkLine } from '../../monitoring/model/card-lines'
import { EventTimeView } from '../../monitoring/ui/event-time-view'
import { Drawer } from '../../ui/drawer'
import { showEventTime } from '../actions/insight-actions'
import { useApp } from '../state/store'

/** Event time of one stream, large enough for a projector, under the panes: the clock and the cell stay in view. */
export function EventTimeDrawer() {
  const view = useApp(({ monitoring, view: page }) =>
    page.eventTimeQuery === null ? undefined : monitoring.queries[page.eventTimeQuery],
  )
  const theme = useApp(({ view: page }) => page.theme)
  if (view === undefined) return null
  const { title } = view.info
  return (
    <Drawer
      label="Event time"
      title={`Event time of ${title}`}
      detail={watermarkLine(view) ?? ''}
      closeLabel="Close event time"
      onClose={() => showEventTime(null)}
    >
      <EventTimeView view={view} themeKey={theme} />
    </Drawer>
  )
}
