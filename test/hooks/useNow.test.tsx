import {describe, expect, it} from 'vitest'
import * as update from '../../src/client/state/update.ts'
import {header, NOW, shop} from '../client/samples.ts'
import {mountApp} from '../components/render.tsx'

const SECOND = 1000

describe('ages', () => {
  it('cost a frame only when one of them reads otherwise', async () => {
    const screen = mountApp({cols: 120, rows: 34})
    await screen.after(update.daemonSaid({...shop, header: {...header, nextTrain: null}}))
    await screen.after(update.linkIs({state: 'connected'}))
    const before = screen.frames()
    for (let second = 1; second < 60; second++) await screen.after(update.timeIs(NOW + second * SECOND))
    expect(screen.frames()).toBe(before)
    const lines = await screen.after(update.timeIs(NOW + 60 * SECOND))
    expect(screen.frames()).toBeGreaterThan(before)
    expect(lines[2]).toMatch(/#123.*a001 +4m/)
  })

  it('count down with the train, one frame a second', async () => {
    const screen = mountApp({cols: 120, rows: 34})
    await screen.after(update.daemonSaid(shop), update.linkIs({state: 'connected'}))
    const before = screen.frames()
    for (let tick = 1; tick <= 12; tick++) await screen.after(update.timeIs(NOW + tick * 250))
    expect(screen.frames() - before).toBe(3)
    expect(screen.lines()[0]).toContain('train 04:09')
  })
})
