import {safeLine} from '../src/base/text.ts'
import type {Panel} from '../src/client/panels/panel.ts'
import {PANELS} from '../src/client/panels/panels.ts'
import type {Line} from '../src/client/text/line.ts'
import {useSlice} from './useClient.ts'

/** The filter, marks and unusual order of a list, for its border. */
export function useListFigures(panel: Panel): Line {
  const filter = useSlice(({ui}) => ui.filters[panel])
  const typing = useSlice(({ui}) => ui.filtering === panel)
  const sort = useSlice(({ui}) => ui.sorts[panel])
  const marks = useSlice(({ui}) => ui.marks[panel].length)
  return [
    ...(filter !== '' || typing ? [{text: `/${safeLine(filter)} `, tone: 'accent' as const}] : []),
    ...(marks > 0 ? [{text: `${marks} marked `, tone: 'accent' as const}] : []),
    ...(sort !== PANELS[panel].orders[0].name ? [{text: `by ${sort} `, tone: 'muted' as const}] : []),
  ]
}
