import {describe, expect, it, vi} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {BINDINGS, type CommandId} from '../../src/client/commands/bindings.ts'
import {repositoryRow} from '../../src/client/fleet/repositories.ts'
import {fleetIs} from '../../src/client/state/update.ts'
import {detailAnswers} from './details.ts'
import {type Harness, startClient} from './harness.ts'
import {HUB_COMMANDS} from './hub-commands.ts'
import {key} from './keys.ts'
import {LIST_COMMANDS} from './list-commands.ts'
import {diffOf, REVIEW_COMMANDS} from './review-commands.ts'
import {agent, asks, header, question, shop} from './samples.ts'
import {TRAIN_COMMANDS} from './train-commands.ts'

async function started(options: Parameters<typeof startClient>[0] = {}): Promise<Harness> {
  const app = startClient(options)
  Object.assign(app.daemon.answers, detailAnswers, {
    pop: ({issue}: {issue?: number}) => ({ticket: issue ?? 127, title: 't', agent: 'agent002', branch: 'b'}),
    route: () => ({claimed: [], refused: []}),
    land: ({tickets}: {tickets?: number[]}) => ({landing: tickets ?? []}),
    answerAgent: () => ({asks, did: 'allowed Bash: npm install'}),
    stopAgent: () => ({saved: 'refs/clambake/rescue/1'}),
  })
  await app.connected()
  return app
}

const dialog = (app: Harness) => app.state().ui.dialogs.at(-1)
const called = (app: Harness) => app.daemon.calls.map(({method}) => method as string).filter(name => name !== 'state')

/** The effect of every command: its default key is pressed where it holds, and the result is checked. */
const EVERY: Record<CommandId, (app: Harness, press: string) => Promise<void>> = {
  'queue.pop': async (app, press) => {
    await app.press(press)
    expect(app.daemon.callsOf('pop')).toEqual([{}])
  },
  'queue.pop-selected': async (app, press) => {
    await app.press('j', 'j', 'j', 'j', press)
    expect(app.daemon.callsOf('pop')).toEqual([{issue: 127}])
  },
  'queue.route': async (app, press) => {
    await app.press(press)
    expect(called(app)).toEqual(['route'])
  },
  ...TRAIN_COMMANDS,
  ...LIST_COMMANDS,
  ...HUB_COMMANDS,
  'row.open': async (app, press) => {
    await app.press(press)
    expect(app.state().ui.focus).toMatchObject({pane: 'pane-1', attached: true})
    app.client.run('agent.detach')
    await app.press('escape', 'G', press)
    expect(dialog(app)).toMatchObject({kind: 'detail', subject: {kind: 'issue', number: 101}, detail: {state: 'ready'}})
  },
  'row.details': async (app, press) => {
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'detail', subject: {kind: 'issue', number: 123}})
  },
  'row.diff': async (app, press) => {
    await app.press(press)
    expect(app.daemon.callsOf('changes')).toEqual([{of: {ticket: 123}}])
    expect(dialog(app)).toMatchObject({kind: 'diff', changes: {state: 'ready'}})
    await app.until(state => Object.keys(diffOf(state).diffs).length === 1)
  },
  'row.browse': async (app, press) => {
    await app.press(press)
    await vi.waitFor(() => expect(app.desktop.open).toHaveBeenCalledWith('https://github.com/acme/shop/issues/123'))
  },
  'row.copy': async (app, press) => {
    await app.press(press)
    await vi.waitFor(() => expect(app.desktop.copy).toHaveBeenCalledWith('https://github.com/acme/shop/issues/123'))
  },
  'list.filter': async (app, press) => {
    await app.press('4', press, ...'landed', 'enter')
    expect(app.state().lists.events.map(({seq}) => seq)).toEqual([1])
    await app.press('2', press, ...'cache', 'enter')
    expect(app.state().lists.pulls.map(({number}) => number)).toEqual([212])
    expect(app.state().lists.events).toHaveLength(1)
  },
  'list.sort': async (app, press) => {
    await app.press(press)
    expect(app.state().lists.issues.map(({number}) => number)).toEqual([101, 118, 123, 127, 129, 131, 133, 136, 140])
    await app.press(press)
    expect(app.state().lists.issues[0]?.number).toBe(101)
    await app.press(press)
    expect(app.state().lists.issues[0]?.number).toBe(127)
    await app.press(press)
    expect(app.state().lists.issues[0]?.number).toBe(123)
  },
  'list.mark': async (app, press) => {
    await app.press(press, press)
    expect(app.state().ui.marks.issues).toEqual(['#123', '#131'])
    await app.press('k', press)
    expect(app.state().ui.marks.issues).toEqual(['#123'])
  },
  'agent.attach': async (app, press) => {
    await app.press('!', press)
    expect(app.state().ui.focus).toMatchObject({pane: 'pane-1', attached: true})
  },
  'agent.detach': async (app, press) => {
    await app.press('enter', press)
    expect(app.state().ui.focus).toMatchObject({pane: 'pane-1', attached: false})
  },
  'agent.peek': async (app, press) => {
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'peek', agent: 'agent001', pane: 'pane-1'})
  },
  'agent.message': async (app, press) => {
    await app.press(press, ...'do it', 'enter')
    expect(app.daemon.callsOf('send')).toEqual([
      {to: 'agent001', text: 'do it', meant: {ticket: 123, claim: 'claim of #123'}},
    ])
    expect(app.toasts()).toEqual(['a001 reads it at the end of its turn'])
  },
  'agent.answer': async (app, press) => {
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'answer', agent: 'agent001', asks: {id: asks.id}, word: null})
  },
  'answer.allow': (app, press) => answers(app, press, {kind: 'allow'}),
  'answer.always': (app, press) => answers(app, press, {kind: 'always'}),
  'answer.deny': async (app, press) => {
    await app.press('!', 'a', press, ...'use yN 1.0', 'enter')
    expect(app.daemon.callsOf('answerAgent')).toEqual([
      {
        agent: 'agent001',
        meant: {ticket: 123, claim: 'claim of #123'},
        id: asks.id,
        answer: {kind: 'deny', message: 'use yN 1.0'},
      },
    ])
  },
  'answer.choose': async (app, press) => {
    await app.tell({agents: [asking(question)]})
    await app.press('a', 'y', press, '4', '1', '3', '2', '2', 'enter')
    expect(app.daemon.callsOf('answerAgent')).toEqual([
      {
        agent: 'agent001',
        meant: {ticket: 123, claim: 'claim of #123'},
        id: question.id,
        answer: {kind: 'choose', choices: [[1], [1, 3]]},
      },
    ])
  },
  'agent.stop': async (app, press) => {
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'stop', agent: 'agent001', work: {state: 'ready'}})
  },
  'app.next-attention': async (app, press) => {
    await app.press(press)
    expect(app.state().ui.focus).toMatchObject({pane: 'pane-1'})
  },
  'app.attention': async (app, press) => {
    await app.press(press)
    expect(dialog(app)).toEqual({kind: 'attention', index: 0})
    await app.press('enter')
    expect(dialog(app)).toBeUndefined()
    expect(app.state().ui.focus).toMatchObject({pane: 'pane-1'})
  },
  'repository.next': (app, press) => goesTo(app, press, 2),
  'repository.previous': (app, press) => goesTo(app, press, 0),
  'focus.right': async (app, press) => {
    await app.press('2')
    await app.press(press)
    expect(app.state().ui.focus).toMatchObject({place: 'pane', attached: false})
  },
  'focus.left': async (app, press) => {
    await app.press('2')
    await app.press('l')
    await app.press(press)
    // Back to the list that it came from.
    expect(app.state().ui.focus).toEqual({place: 'panel', panel: 'pulls'})
  },
  'app.zoom': async (app, press) => {
    await app.press(press)
    expect(app.state().layout.panels).toHaveLength(1)
  },
  'app.palette': async (app, press) => {
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'palette'})
  },
  'app.help': async (app, press) => {
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'help'})
  },
  'app.welcome': async (app, press) => {
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'welcome'})
  },
  'app.init': async (app, press) => {
    await app.press('W')
    await app.press(press)
    expect(app.onQuit).toHaveBeenCalledWith('init')
  },
  'app.doctor': async (app, press) => {
    await app.press('W')
    await app.press(press)
    expect(app.onQuit).toHaveBeenCalledWith('doctor')
  },
  'app.refresh': async (app, press) => {
    await app.press(press)
    expect(called(app)).toEqual(['refresh'])
  },
  'app.back': async (app, press) => {
    await app.press('v', '/', 'e', 'enter', 'z', press)
    expect(app.state().ui).toMatchObject({filters: {issues: ''}, marks: {issues: ['#123']}, zoom: true})
    await app.press(press)
    expect(app.state().ui).toMatchObject({marks: {issues: []}, zoom: true})
    await app.press(press)
    expect(app.state().ui.zoom).toBe(false)
  },
  'app.quit': async (app, press) => {
    await app.press(press)
    expect(app.onQuit).toHaveBeenCalledOnce()
  },
  'app.suspend': (app, press) => app.press(press).then(() => expect(app.desktop.suspend).toHaveBeenCalledOnce()),
  'focus.next': (app, press) => focuses(app, press, 'pulls'),
  'focus.previous': async (app, press) => {
    await app.press(press)
    expect(app.state().ui.focus).toMatchObject({pane: 'pane-4'})
  },
  'focus.issues': (app, press) => focuses(app, press, 'issues'),
  'focus.pulls': (app, press) => focuses(app, press, 'pulls'),
  'focus.conflicts': (app, press) => focuses(app, press, 'conflicts'),
  'focus.events': (app, press) => focuses(app, press, 'events'),
  'focus.peers': (app, press) => focuses(app, press, 'peers'),
  'move.down': (app, press) => selects(app, [press], 1),
  'move.up': (app, press) => selects(app, ['j', 'j', press], 1),
  'move.half-down': (app, press) => selects(app, [press], 4),
  'move.half-up': (app, press) => selects(app, ['G', press], 4),
  'move.first': (app, press) => selects(app, ['j', 'j', press], 0),
  'move.last': (app, press) => selects(app, [press], 8),
  'dialog.confirm': async (app, press) => {
    await app.press('L', press)
    expect(app.daemon.callsOf('land')).toEqual([
      {
        tickets: [
          {ticket: 131, claim: null},
          {ticket: 118, claim: null},
        ],
      },
    ])
  },
  'dialog.cancel': closes,
  'dialog.close': closes,
  ...REVIEW_COMMANDS,
  'text.down': async (app, press) => {
    await app.press(':', press)
    expect(dialog(app)).toMatchObject({index: 1})
  },
  'text.up': async (app, press) => {
    await app.press(':', 'down', press)
    expect(dialog(app)).toMatchObject({index: 0})
  },
  'text.erase': async (app, press) => {
    await app.press('n', ...'añ', press)
    expect(dialog(app)).toMatchObject({text: 'a'})
  },
  'layout.narrower': async (app, press) => {
    const before = listsWidth(app)
    await app.press(press)
    expect(listsWidth(app)).toBeLessThan(before)
  },
  'layout.wider': async (app, press) => {
    const before = listsWidth(app)
    await app.press(press)
    expect(listsWidth(app)).toBeGreaterThan(before)
  },
  'layout.abreast': async (app, press) => {
    const before = app.state().layout.panes
    await app.press(press)
    expect(app.state().layout.panes).not.toEqual(before)
  },
  'text.clear': async (app, press) => {
    await app.press('n', ...'abc', press)
    expect(dialog(app)).toMatchObject({text: ''})
  },
}

const asking = (what: typeof asks | null) => ({...shop.agents[0]!, asks: what})

async function answers(app: Harness, press: string, answer: object): Promise<void> {
  await app.press('!', 'a', press)
  expect(app.daemon.callsOf('answerAgent')).toEqual([
    {agent: 'agent001', meant: {ticket: 123, claim: 'claim of #123'}, id: asks.id, answer},
  ])
  expect(app.toasts()).toEqual(['a001: allowed Bash: npm install'])
  expect(app.state().ui.dialogs).toEqual([])
}

/** From the second of three repositories. */
async function goesTo(app: Harness, press: string, index: number): Promise<void> {
  await app.press(press)
  expect(app.fleet.show).not.toHaveBeenCalled()
  expect(app.toasts().join()).toContain('this screen has one repository')
  const repositories = ['a', 'b', 'c'].map(name => repositoryRow(name, app.state()))
  app.client.store.apply(fleetIs({repositories, shown: 1}))
  await app.press(press)
  expect(app.fleet.show.mock.calls).toEqual([[index]])
}

function listsWidth(app: Harness): number {
  return app.state().layout.panels[0]!.rect.width
}

async function focuses(app: Harness, press: string, panel: string): Promise<void> {
  await app.press(press)
  expect(app.state().ui.focus).toEqual({place: 'panel', panel})
}

async function selects(app: Harness, presses: string[], index: number): Promise<void> {
  await app.press(...presses)
  expect(app.state().ui.selection.issues.index).toBe(index)
}

async function closes(app: Harness, press: string): Promise<void> {
  await app.press('L', press)
  expect(app.state().ui.dialogs).toEqual([])
  expect(app.daemon.callsOf('land')).toEqual([])
}

describe('every command by its default key', () => {
  it.each(BINDINGS.map(({command, keys}) => ({command, press: keys[0]})))('$command', async ({command, press}) => {
    await EVERY[command](await started(), press)
  })
})

describe('marked rows', () => {
  it('are claimed together, the ready ones, and the filter stays', async () => {
    const app = await started()
    await app.press('/', ...'#1', 'enter', 'j', 'j', 'j', 'v', 'v', 'v', 'P', 'enter')
    expect(app.daemon.callsOf('pop')).toEqual([{issue: 127}, {issue: 133}])
    expect(app.state().ui.marks.issues).toEqual([])
    expect(app.state().ui.filters.issues).toBe('#1')
  })

  it('land together and nothing else does', async () => {
    const app = await started()
    await app.press('j', 'v', 'L')
    expect(dialog(app)).toMatchObject({
      only: [131],
      plan: {value: {board: [{ticket: 131}], putOff: [{ticket: 118, reason: 'not chosen'}, {ticket: 140}]}},
    })
    await app.press('enter')
    expect(app.daemon.callsOf('land')).toEqual([{tickets: [{ticket: 131, claim: null}]}])
  })
})

describe('detail views', () => {
  it('show a pull request, a conflict, an event and an agent', async () => {
    const app = await started()
    const opened = async (...keys: string[]) => {
      await app.press(...keys)
      const open = dialog(app)
      await app.press('escape')
      return open
    }
    expect(await opened('2', 'enter')).toMatchObject({subject: {kind: 'pull', number: 209}, detail: {state: 'ready'}})
    expect(await opened('3', 'enter')).toMatchObject({
      detail: {value: {kind: 'conflict', conflict: {one: {ticket: 131}}}},
    })
    expect(await opened('4', 'enter')).toMatchObject({detail: {value: {kind: 'event', event: {seq: 3}}}})
    expect(await opened('5', 'enter')).toMatchObject({
      detail: {value: {kind: 'peer', peer: {id: 'cart-1a2b'}, mail: [{id: 15}, {id: 14}, {id: 12}, {id: 11}]}},
    })
    expect(await opened('tab', 'i')).toMatchObject({detail: {value: {kind: 'agent', why: {subject: 'agent001'}}}})
    expect(app.daemon.callsOf('history')).toEqual([{agent: 'agent001', limit: 50}])
  })

  it('scroll to their end and no further, and back', async () => {
    const app = await started({size: {cols: 80, rows: 24}})
    const top = () => dialog(app)
    await app.press('i', 'G')
    const end = top()
    expect(end).toMatchObject({top: expect.any(Number)})
    await app.press('j', 'ctrl+d')
    expect(top()).toEqual(end)
    await app.press('k', 'g')
    expect(top()).toMatchObject({top: 0})
  })

  it('keep the answer of another subject out', async () => {
    const app = await started()
    const slow = Promise.withResolvers<ReturnType<typeof detailAnswers.issue>>()
    app.daemon.answers.issue = ({number}) => (number === 123 ? slow.promise : {...detailAnswers.issue(), number})
    app.client.press(key('i'))
    app.client.press(key('escape'))
    app.client.press(key('j'))
    app.client.press(key('i'))
    slow.resolve(detailAnswers.issue())
    await app.client.idle()
    expect(dialog(app)).toMatchObject({subject: {number: 131}, detail: {value: {issue: {number: 131}}}})
  })

  it('say what went wrong', async () => {
    const app = await started()
    app.daemon.answers.issue = () => {
      throw new ClambakeError({code: 'github-unavailable', message: 'GitHub answers 503', next: 'press i again'})
    }
    await app.press('i')
    expect(dialog(app)).toMatchObject({detail: {state: 'failed', error: {message: 'GitHub answers 503'}}})
  })
})

describe('peek', () => {
  it('types the answer into the terminal of an agent that waits', async () => {
    const app = await started()
    await app.press('space', ...'yes', 'enter')
    await vi.waitFor(() => expect(app.host.callsOf('pane.write')).toEqual([{pane: 'pane-1', data: 'yes\r'}]))
    expect(app.daemon.callsOf('send')).toEqual([])
  })

  it('sends words to an agent that works', async () => {
    const app = await started()
    await app.press('j', 'space', ...'no hurry', 'enter')
    expect(app.daemon.callsOf('send')).toEqual([
      {to: 'agent002', text: 'no hurry', meant: {ticket: 131, claim: 'claim of #131'}},
    ])
    expect(app.host.callsOf('pane.write')).toEqual([])
  })

  it('looks at a hidden pane without changing its size, and closes when the pane is gone', async () => {
    const app = await started({size: {cols: 80, rows: 24}})
    await app.press('space')
    await vi.waitFor(() => expect(app.host.callsOf('view.open').at(-1)).toMatchObject({pane: 'pane-1', own: false}))
    app.daemon.tell('state', {agents: [agent(2)]})
    await app.until(({ui}) => ui.dialogs.length === 0)
  })
})

describe('the desktop', () => {
  it('shows the address where there is no browser', async () => {
    const app = await started()
    app.desktop.open.mockResolvedValue(false)
    await app.press('o')
    await vi.waitFor(() =>
      expect(app.state().ui.toasts[0]).toMatchObject({text: expect.stringContaining('https://github.com/acme/shop')}),
    )
  })

  it('copies branches, sentences and addresses', async () => {
    const app = await started()
    await app.press('3', 'y', '4', 'y', '2', 'y')
    await vi.waitFor(() => expect(app.desktop.copy).toHaveBeenCalledTimes(3))
    expect(app.desktop.copy.mock.calls.map(([text]) => text).toSorted()).toEqual([
      'a001 asks: run npm install',
      'agent002/131-limit',
      'https://github.com/acme/shop/pull/212',
    ])
  })
})

describe('a click', () => {
  it('focuses a pane, a panel, a row, a tab', async () => {
    const app = await started()
    const focus = () => app.state().ui.focus
    const {panes, panels} = app.state().layout
    app.client.click({row: panes[2]!.frame.row + 3, col: panes[2]!.frame.col + 3})
    expect(focus()).toEqual({place: 'pane', pane: 'pane-3', attached: false})
    const {rect} = panels[0]!
    app.client.click({row: rect.row + 4, col: rect.col + 5})
    expect(focus()).toEqual({place: 'panel', panel: 'issues'})
    expect(app.state().ui.selection.issues.key).toBe('#140')
    app.client.resize(80, 24)
    app.client.click({row: 1, col: 12})
    expect(focus()).toEqual({place: 'panel', panel: 'pulls'})
    app.client.click({row: 1, col: 78})
    expect(focus()).toMatchObject({pane: 'pane-4'})
  })

  it('does nothing under a dialog, and takes no keyboard from the terminal that has it', async () => {
    const app = await started()
    const {panes} = app.state().layout
    await app.press('enter')
    app.client.click({row: panes[0]!.inner.row, col: panes[0]!.inner.col})
    expect(app.state().ui.focus).toMatchObject({pane: 'pane-1', attached: true})
    app.client.run('app.help')
    app.client.click({row: panes[2]!.inner.row, col: panes[2]!.inner.col})
    expect(app.state().ui.focus).toMatchObject({pane: 'pane-1', attached: true})
  })
})

describe('a daemon that has no state yet', () => {
  it('is asked again until it can', async () => {
    const app = startClient()
    let asked = 0
    app.daemon.answers.state = () => {
      if (++asked < 3) throw new ClambakeError({code: 'not-running', message: 'still reading the claims'})
      return {...shop, header: {...header, aboard: 7}}
    }
    await vi.waitFor(() => expect(app.toasts()).toEqual(['still reading the claims']))
    await vi.waitFor(() => {
      app.clock.pass(1000)
      expect(app.state().link.state).toBe('connected')
    })
    expect(app.state().header?.aboard).toBe(7)
    expect(app.daemon.links()).toBe(1)
  })
})
