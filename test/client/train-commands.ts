import {expect} from 'vitest'
import type {Harness} from './harness.ts'

const dialog = (app: Harness) => app.state().ui.dialogs.at(-1)

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
    expect(app.daemon.callsOf('land')).toEqual([{tickets: [118, 140]}])
  },
}
