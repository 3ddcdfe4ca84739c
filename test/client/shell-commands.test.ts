import {expect, it} from 'vitest'
import {COMMANDS} from '../../src/cli/commands/index.ts'
import {BINDINGS} from '../../src/client/commands/bindings.ts'
import {paletteRows} from '../../src/client/keys/palette.ts'
import {SHELL_COMMANDS} from '../../src/client/keys/shell-commands.ts'
import {startClient} from './harness.ts'

it('the palette knows every command of the command line, and no other', () => {
  expect(Object.keys(SHELL_COMMANDS).sort()).toEqual(COMMANDS.map(({name}) => name).sort())
})

it.each(COMMANDS.map(({name}) => name))(
  'finds clambake %s by its name: what does it here, or that a shell does',
  async name => {
    const app = startClient()
    await app.connected()
    const rows = paletteRows(BINDINGS, app.state(), `clambake ${name}`)
    const meant = SHELL_COMMANDS[name]!
    const at = rows.findIndex(({bound}) => bound.command === ('screen' in meant ? meant.screen : `clambake ${name}`))
    expect(at, rows.map(({bound}) => bound.command).join(', ')).toBeGreaterThanOrEqual(0)
    expect(at).toBeLessThan(4)
    if ('about' in meant) expect(rows[at]?.disabled).toBe(`in a shell: clambake ${name}`)
  },
)

it('finds every command of the screen that has a place in it', async () => {
  const app = startClient()
  await app.connected()
  const listed = new Set(paletteRows(BINDINGS, app.state(), '').map(({bound}) => bound.command))
  const here = BINDINGS.filter(
    ({where, command}) => command !== 'app.palette' && where.some(place => place === 'panel' || place === 'pane'),
  )
  expect(here.filter(({command}) => !listed.has(command))).toEqual([])
})
