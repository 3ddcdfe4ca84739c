import {useSlice, useTheme} from './useClient.ts'

/** Slow enough to cost nothing, quick enough to show life. */
const FRAME_MS = 250

/** The spinner's glyph now. Only for what is really waited for: the component is drawn four times a second. */
export function useSpinner(): string {
  const {spinner} = useTheme().glyphs
  return useSlice(state => spinner[Math.floor(state.now / FRAME_MS) % spinner.length]!)
}
