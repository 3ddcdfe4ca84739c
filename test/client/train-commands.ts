import {expect} from 'vitest'
import {changedFiles, plan} from './details.ts'
import type {Harness} from './harness.ts'
import {diffOf} from './review-commands.ts'
import {NO_TRAIN} from './samples.ts'

const dialog = (app: Harness) => app.state().ui.dialogs.at(-1)

/** Opens the diff of the bundle that is under way, from the dialog that lands. */
export async function reviewOfBundle(app: Harness, press: string): Promise<void> {
  app.daemon.answers.landPlan = () => ({...plan, train: {...NO_TRAIN, stage: 'testing', pulls: [213, 214]}})
  app.daemon.answers.changes = () => ({...changedFiles, tickets: [[131], [118, 131], [], [118]]})
  await app.press('L', press)
  await app.until(state => diffOf(state).diffs['src/search/limit.ts']?.state === 'ready')
}

/** What keys do with the train. */
export const TRAIN_COMMANDS = {
  'train.land': async (app: Harness, press: string) => {
    await app.press(press)
    expect(dialog(app)).toMatchObject({kind: 'land', plan: {state: 'ready'}, only: null})
  },
  'train.pause': async (app: Harness, press: string) => {
    app.daemon.answers.pauseLanding = () => ({halt: null})
    await app.press(press)
    expect(app.daemon.callsOf('pauseLanding')).toEqual([{reason: ''}])
    expect(app.toasts()).toContain('landing is halted, L lifts it')
  },
  'land.diff': async (app: Harness, press: string) => {
    await reviewOfBundle(app, press)
    expect(app.daemon.callsOf('changes')).toEqual([{of: {pull: 214}}])
  },
  'land.edit': async (app: Harness, press: string) => {
    await app.press('L', press)
    expect(dialog(app)).toMatchObject({kind: 'land', edit: 0})
    await app.press('escape')
    expect(dialog(app)).toMatchObject({kind: 'land', edit: null})
  },
  'land.toggle': async (app: Harness, press: string) => {
    await app.press('L', 'e', 'G', press)
    expect(app.toasts()).toEqual(['#140 cannot board: conflicts with #131 in cart/total.ts'])
    await app.press('escape', 'L', 'e', press, 'j', 'j', press, 'j')
    expect(app.daemon.callsOf('landPlan').slice(-2)).toEqual([{tickets: [118]}, {tickets: [118, 140]}])
    expect(dialog(app)).toMatchObject({edit: 2, plan: {value: {board: [{ticket: 118}, {ticket: 140}]}}})
    await app.press('escape')
    expect(dialog(app)).toMatchObject({edit: null, only: [118, 140]})
    await app.press('enter')
    expect(app.daemon.callsOf('land')).toEqual([
      {
        tickets: [
          {ticket: 118, claim: null},
          {ticket: 140, claim: null},
        ],
      },
    ])
  },
}
