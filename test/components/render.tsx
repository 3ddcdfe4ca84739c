import {stripVTControlCharacters} from 'node:util'
import chalk from 'chalk'
import {useApp} from 'ink'
import {render} from 'ink-testing-library'
import {onTestFinished} from 'vitest'
import {App} from '../../components/App.tsx'
import {createKeymap, type Keymap} from '../../src/client/keys/keymap.ts'
import type {ClientStore, Update} from '../../src/client/state/client-store.ts'
import {createClientStore} from '../../src/client/state/store.ts'
import {defaultTheme, type Theme} from '../../src/client/text/theme.ts'
import {NOW} from '../client/samples.ts'

export type Screen = {
  store: ClientStore
  /** Applies updates and gives the lines that are then drawn. */
  after(...updates: Update[]): Promise<string[]>
  /** Types into the terminal that Ink reads. */
  type(keys: string): Promise<void>
  /** The last frame as lines, without colours. */
  lines(): string[]
  /** The last frame as written, with its escape sequences. */
  raw(): string
  /** Frames drawn so far. */
  frames(): number
}

/** Mounts the whole chrome at a size, really drawn by Ink. */
export function mountApp(options: {cols: number; rows: number; theme?: Theme; keymap?: Keymap}): Screen {
  const {cols, rows, theme = defaultTheme, keymap = createKeymap()} = options
  // Ink colours by chalk, whose level another file's chrome may have raised in this worker.
  chalk.level = 1
  const store = createClientStore({now: NOW, cols, rows})
  let flush = async () => {}
  function Flush() {
    flush = useApp().waitUntilRenderFlush
    return null
  }
  const {stdin, stdout, frames, lastFrame, rerender, unmount} = render(<Flush />)
  onTestFinished(unmount)
  // The library's terminal is 100 columns wide and never calls back from a write; Ink looks at both before each frame.
  Object.defineProperties(stdout, {columns: {value: cols}, writable: {value: false}})
  rerender(
    <>
      <App screen={{store, keymap, theme}} />
      <Flush />
    </>,
  )
  const raw = () => lastFrame() ?? ''
  const lines = () => stripVTControlCharacters(raw()).split('\n')
  return {
    store,
    async after(...updates) {
      for (const update of updates) store.apply(update)
      await flush()
      return lines()
    },
    async type(keys) {
      stdin.write(keys)
      await flush()
    },
    lines,
    raw,
    frames: () => frames.length,
  }
}
