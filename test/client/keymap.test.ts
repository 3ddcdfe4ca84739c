import {describe, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {BINDINGS} from '../../src/client/commands/bindings.ts'
import {chordOf, parseChord, showChord} from '../../src/client/keys/chords.ts'
import {helpLines} from '../../src/client/keys/help.ts'
import {createKeymap} from '../../src/client/keys/keymap.ts'
import {paletteRows} from '../../src/client/keys/palette.ts'
import {initialState} from '../../src/client/state/state.ts'
import {key} from './keys.ts'

const keymap = createKeymap()

describe('the keymap', () => {
  it('has the keys that people expect', () => {
    const inLists = {
      p: 'queue.pop',
      r: 'queue.route',
      L: 'train.land',
      X: 'recovery.orphans',
      enter: 'row.open',
      i: 'row.details',
      space: 'agent.peek',
      n: 'agent.message',
      a: 'agent.answer',
      d: 'row.diff',
      o: 'row.browse',
      y: 'row.copy',
      s: 'list.sort',
      v: 'list.mark',
      '/': 'list.filter',
      z: 'app.zoom',
      tab: 'focus.next',
      'shift+tab': 'focus.previous',
      1: 'focus.issues',
      4: 'focus.events',
      j: 'move.down',
      up: 'move.up',
      g: 'move.first',
      G: 'move.last',
      'ctrl+d': 'move.half-down',
      'ctrl+u': 'move.half-up',
      '!': 'app.next-attention',
      D: 'agent.stop',
      R: 'app.refresh',
      '?': 'app.help',
      q: 'app.quit',
      escape: 'app.back',
      ':': 'app.palette',
    }
    for (const [chord, command] of Object.entries(inLists)) expect(keymap.find('panel', key(chord))).toBe(command)
    expect(keymap.find('attached', key('ctrl+]'))).toBe('agent.detach')
    expect(keymap.find('dialog', key('enter'))).toBe('dialog.confirm')
    expect(keymap.find('answer', key('y'))).toBe('answer.allow')
    expect(keymap.find('answer', key('3'))).toBe('answer.choose')
    expect(keymap.find('dialog', key('escape'))).toBe('dialog.cancel')
  })

  it(':q leaves, as the command whose key is typed comes first', () => {
    const state = initialState({now: 0, cols: 120, rows: 34})
    expect(paletteRows(BINDINGS, state, 'q')[0]?.bound.command).toBe('app.quit')
    expect(paletteRows(BINDINGS, state, 'L')[0]?.bound.command).toBe('train.land')
    // What only a shell has comes after what can be done here.
    const stop = paletteRows(BINDINGS, state, 'stop').map(({bound}) => bound.command)
    expect(stop[0]).toBe('agent.stop')
    expect(stop).toContain('clambake daemon stop')
  })

  it('leaves all keys but the detach key to an attached program', () => {
    const meant = BINDINGS.filter(({where}) => (where as readonly string[]).includes('attached'))
    expect(meant.map(({command}) => command)).toEqual(['agent.detach'])
    expect(keymap.find('attached', key('q'))).toBeUndefined()
    expect(keymap.matches('agent.detach', key('ctrl+]'))).toBe(true)
    expect(keymap.matches('agent.detach', key(']'))).toBe(false)
  })

  it('shows every command in the help, once', () => {
    const shown = helpLines(keymap.commands).flatMap(line => (line.kind === 'command' ? [line.bound.command] : []))
    expect(shown.toSorted()).toEqual(BINDINGS.map(({command}) => command).toSorted())
  })

  it('gives every command a key by default', () => {
    for (const {keys, command} of BINDINGS) expect(keys.length, command).toBeGreaterThan(0)
  })

  it('takes other keys, and only those', () => {
    const own = createKeymap({'app.quit': ['Q', 'ctrl+q'], 'agent.detach': ['ctrl+g']})
    expect(own.find('panel', key('Q'))).toBe('app.quit')
    expect(own.find('panel', key('ctrl+q'))).toBe('app.quit')
    expect(own.find('panel', key('q'))).toBeUndefined()
    expect(own.matches('agent.detach', key('ctrl+g'))).toBe(true)
  })

  it('refuses a collision and names both commands', () => {
    expect(refusal({'queue.pop': ['q']})).toMatchObject({
      code: 'key-collision',
      message: expect.stringMatching(/`q`.*`queue\.pop`.*`app\.quit`/),
    })
  })

  it('refuses unknown commands and keys', () => {
    expect(refusal({'queue.plop': ['q']})).toMatchObject({code: 'unknown-command', exitCode: 2})
    expect(refusal({'queue.pop': ['hyper+q']})).toMatchObject({code: 'unknown-key', exitCode: 2})
    expect(refusal({'queue.pop': ['shift+q']})).toMatchObject({code: 'unknown-key'})
  })

  it('gives a paste no meaning', () => {
    expect(keymap.find('panel', {...key('q'), paste: true})).toBeUndefined()
  })
})

it('what a command does fits beside its keys on a screen of 80 columns', () => {
  expect(BINDINGS.map(({help}) => help).filter(help => help.length > 60)).toEqual([])
})

describe('a chord', () => {
  it('is spelt the same by people and by the decoder', () => {
    for (const text of ['q', 'L', 'ctrl+]', 'shift+tab', 'ctrl+alt+x', '+', 'ctrl++']) {
      expect(parseChord(text)).toBe(text)
      expect(chordOf(key(text))).toBe(text)
    }
    expect(parseChord('Alt+Ctrl+Enter')).toBe('ctrl+alt+enter')
  })

  it('is shown in glyphs or in ASCII', () => {
    expect(showChord('ctrl+]', {ascii: false})).toBe('^]')
    expect(showChord('shift+tab', {ascii: false})).toBe('⇧Tab')
    expect(showChord('enter', {ascii: true})).toBe('Enter')
  })
})

function refusal(overrides: Record<string, string[]>): ClambakeError {
  try {
    createKeymap(overrides)
  } catch (error) {
    if (error instanceof ClambakeError) return error
    throw error
  }
  throw new Error('the overrides were taken')
}
