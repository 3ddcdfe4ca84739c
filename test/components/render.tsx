import {Writable} from 'node:stream'
import {stripVTControlCharacters} from 'node:util'
import {render} from 'ink'
import {onTestFinished} from 'vitest'
import {App} from '../../components/App.tsx'
import {createKeymap, type Keymap} from '../../src/client/keys/keymap.ts'
import type {ClientStore, Update} from '../../src/client/state/client-store.ts'
import {createClientStore} from '../../src/client/state/store.ts'
import {defaultTheme, type Theme} from '../../src/client/text/theme.ts'
import {NOW} from '../client/samples.ts'

/** A terminal of any size that remembers its frames. */
class FakeStdout extends Writable {
  readonly columns: number
  readonly rows: number
  readonly isTTY = true
  readonly frames: string[] = []

  constructor(columns: number, rows: number) {
    super({decodeStrings: false})
    this.columns = columns
    this.rows = rows
  }

  override _write(frame: string, _encoding: BufferEncoding, done: () => void): void {
    // Ink flushes with an empty write.
    if (frame !== '') this.frames.push(frame)
    done()
  }
}

export type Screen = {
  store: ClientStore
  /** Applies updates and gives the lines that are then drawn. */
  after(...updates: Update[]): Promise<string[]>
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
  const store = createClientStore({now: NOW, cols, rows})
  const stdout = new FakeStdout(cols, rows)
  const app = render(<App screen={{store, keymap, theme}} />, {
    stdout: stdout as unknown as NodeJS.WriteStream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  })
  onTestFinished(() => {
    app.unmount()
    app.cleanup()
  })
  const raw = () => stdout.frames.at(-1) ?? ''
  const lines = () => stripVTControlCharacters(raw()).split('\n')
  return {
    store,
    async after(...updates) {
      for (const update of updates) store.apply(update)
      await app.waitUntilRenderFlush()
      return lines()
    },
    lines,
    raw,
    frames: () => stdout.frames.length,
  }
}
