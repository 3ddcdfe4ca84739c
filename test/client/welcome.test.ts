import {describe, expect, it, vi} from 'vitest'
import {type Harness, startClient} from './harness.ts'
import {shop} from './samples.ts'

const dialog = (app: Harness) => app.state().ui.dialogs.at(-1)

async function started(options: Parameters<typeof startClient>[0]): Promise<Harness> {
  const app = startClient(options)
  await app.connected()
  return app
}

describe('the first start', () => {
  const checks = [{name: 'clambake.toml', ok: false, hint: 'write one'}]

  it('says what is missing, once', async () => {
    const app = await started({setup: checks})
    expect(dialog(app)).toMatchObject({kind: 'welcome', checks: [{ok: false}, {ok: true}, {ok: true}]})
    await app.press('enter')
    app.daemon.die()
    await vi.waitFor(() => expect(app.daemon.callsOf('state')).toHaveLength(2))
    await app.connected()
    expect(app.state().ui.dialogs).toEqual([])
  })

  it('adds what doctor finds once it is there, in its words and once each', async () => {
    const found = Promise.withResolvers<typeof checks>()
    const app = await started({setup: checks, checkSetup: () => found.promise})
    expect(dialog(app)).toMatchObject({looking: true})
    const more = ['a', 'b', 'c', 'd', 'e', 'f'].map(name => ({name, ok: false, hint: name}))
    found.resolve([...checks, ...more])
    await vi.waitFor(() => expect(dialog(app)).toMatchObject({looking: false}))
    const shown = dialog(app)
    expect(shown?.kind === 'welcome' && shown.checks.map(({name}) => name)).toEqual([
      'clambake.toml',
      expect.stringContaining('GitHub answers'),
      'issues are labelled for agents',
      ...['a', 'b', 'c', 'd', '2 more could be better'],
    ])
  })

  it('shows no longer what was missing when the screen was opened and is mended by now', async () => {
    let found = checks
    const app = await started({setup: checks, checkSetup: async () => found})
    await app.press('escape')
    found = []
    await app.press('W')
    await vi.waitFor(() => expect(dialog(app)).toMatchObject({looking: false}))
    expect(dialog(app)).toMatchObject({checks: [{ok: true}, {ok: true}]})
  })

  it('says how to make an issue ready when none is', async () => {
    const app = await started({state: {...shop, tickets: []}})
    await app.press('W')
    expect(dialog(app)).toMatchObject({
      checks: [{ok: true}, {ok: false, hint: expect.stringContaining('--add-label route:ready')}],
    })
  })

  it('says nothing when nothing is missing', async () => {
    const app = await started({setup: [{...checks[0]!, ok: true}]})
    expect(app.state().ui.dialogs).toEqual([])
  })
})
