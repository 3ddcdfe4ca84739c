import {expect} from 'vitest'
import {shownRow} from '../../src/model/mirror/shown-row.ts'
import {changes} from './details.ts'
import type {Harness} from './harness.ts'

const dialog = (app: Harness) => app.state().ui.dialogs.at(-1)

/** What keys do in the lists that open over the screen: orphans, and changes by hand. */
export const LIST_COMMANDS = {
  'app.notices': async (app: Harness, press: string) => {
    await app.press(press)
    expect(app.toasts().at(-1)).toContain('there are no messages yet')
    await app.press(press)
    expect(dialog(app)).toMatchObject({
      kind: 'notices',
      notices: [{text: expect.stringContaining('there are no messages')}],
    })
  },
  'agent.reset': async (app: Harness, press: string) => {
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'reset', ticket: 123})
  },
  'conflicts.matrix': async (app: Harness, press: string) => {
    await app.press(press)
    expect(dialog(app)).toEqual({kind: 'matrix', top: 0})
  },
  'conflicts.tell': async (app: Harness, press: string) => {
    await app.press('3', press)
    expect(app.daemon.callsOf('tellConflict')).toEqual([{one: '#131', other: '#140'}])
    expect(app.toasts()).toEqual(['a002 and a004 will read of it'])
  },
  'recovery.orphans': async (app: Harness, press: string) => {
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'orphans', orphans: {state: 'ready'}})
  },
  'recover.resume': async (app: Harness, press: string) => {
    await app.press('X', press)
    expect(app.daemon.callsOf('recover')).toEqual([{kind: 'branch', name: 'agent001/7-search', action: 'resume'}])
    expect(app.toasts()).toEqual(['agent001 continues #7'])
  },
  'recover.open-pull': async (app: Harness, press: string) => {
    await app.press('X', press)
    expect(app.daemon.callsOf('recover')).toMatchObject([{action: 'open-pull'}])
  },
  'recover.leave': async (app: Harness, press: string) => {
    await app.press('X', 'j', press)
    expect(app.daemon.callsOf('recover')).toMatchObject([{kind: 'worktree', action: 'leave'}])
  },
  'recover.archive': async (app: Harness, press: string) => {
    await app.press('X', 'j', press)
    expect(app.daemon.callsOf('recover')).toMatchObject([{kind: 'worktree', action: 'archive'}])
    expect(app.state().ui.toasts[0]).toMatchObject({kept: 'refs/clambake/rescue/issue-9/1', next: 'u takes it back'})
  },
  'recover.mark': async (app: Harness, press: string) => {
    await app.press('X', press, 'j', press, 'a')
    const calls = app.daemon.callsOf('recover')
    expect(calls).toMatchObject([{kind: 'branch', action: 'archive'}, {kind: 'worktree'}])
    expect(new Set(calls.map(call => (call as {group?: string}).group)).size).toBe(1)
    expect(app.toasts()).toEqual(['2 of 2 done'])
    expect(dialog(app)).toMatchObject({marked: []})
  },
  'recover.mark-alike': async (app: Harness, press: string) => {
    await app.press('X', press)
    expect(dialog(app)).toMatchObject({marked: ['agent001/7-search']})
    await app.press(press)
    expect(dialog(app)).toMatchObject({marked: []})
  },
  'recover.all': async (app: Harness, press: string) => {
    await app.press('X', press)
    expect(app.daemon.callsOf('orphans')).toEqual([{}, {all: true}])
    expect(dialog(app)).toMatchObject({kind: 'orphans', all: true})
  },
  'recovery.undo': async (app: Harness, press: string) => {
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'undo', step: {state: 'ready'}})
    expect(app.daemon.callsOf('undo')).toEqual([{dryRun: true}])
    await app.press('enter')
    expect(app.daemon.callsOf('undo')).toEqual([{dryRun: true}, {at: ''}])
    expect(app.toasts()).toEqual(['taken back: archived agent001/7-search'])
  },
  'sync.changes': async (app: Harness, press: string) => {
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'changes', rows: {state: 'ready'}})
    expect(app.daemon.callsOf('mismatches')).toEqual([{strategy: 'manual'}])
  },
  'change.obey': async (app: Harness, press: string) => {
    await app.press('S', press)
    expect(app.daemon.callsOf('sync')).toEqual([
      {tickets: [131], strategy: 'github-wins', shown: [shownRow(changes[0]!)]},
    ])
    expect(app.toasts()).toEqual(['#131 column: its agent is stopped, its work kept'])
  },
  'change.put-back': async (app: Harness, press: string) => {
    await app.press('S', 'j', press)
    expect(app.daemon.callsOf('sync')).toEqual([
      {tickets: [123], strategy: 'local-wins', shown: [shownRow(changes[1]!)]},
    ])
  },
}
