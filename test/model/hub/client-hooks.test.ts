import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {HOOK_EVENTS, hookCommand, isHookCommand} from '../../../src/hub/hooks/script.ts'
import {type OwnHooks, SettingsProblem, withHooks, withoutHooks} from '../../../src/model/hub/client-hooks.ts'

function hooksOf(script: string): OwnHooks {
  const commands = Object.fromEntries(HOOK_EVENTS.map(event => [event, hookCommand(script, event)]))
  return {commands, timeout: 15, isOwn: isHookCommand}
}
const own = hooksOf("/home/o'brien/.local/state/clambake/hooks/hub-hook.sh")

const command = (text: string) => ({hooks: [{type: 'command', command: text}]})
const groups = fc.array(
  fc.oneof(
    fc.constant(command('notify-send done')),
    fc.constant({
      matcher: 'Bash',
      hooks: [
        {type: 'command', command: 'audit'},
        {type: 'http', url: 'http://x'},
      ],
    }),
  ),
  {minLength: 1, maxLength: 3},
)
const settings = fc.record(
  {
    model: fc.string(),
    env: fc.dictionary(fc.string({unit: 'grapheme'}), fc.string()),
    permissions: fc.record({allow: fc.array(fc.string())}),
    hooks: fc.dictionary(fc.constantFrom('Stop', 'PreToolUse', 'Notification'), groups, {minKeys: 1}),
  },
  {requiredKeys: []},
)

describe('hooks in the settings of a client', () => {
  it('are added once, change nothing else, and are taken out again to the byte', () => {
    const written = fc.tuple(settings, fc.constantFrom(2, 4, '\t'), fc.constantFrom('', '\n'))
    fc.assert(
      fc.property(written, ([value, indent, end]) => {
        const text = JSON.stringify(value, null, indent) + end
        const added = withHooks(text, own)
        expect(withHooks(added, own)).toBe(added)
        const all = JSON.parse(added).hooks as Record<string, {hooks: {command?: string}[]}[]>
        for (const event of HOOK_EVENTS) {
          const commands = all[event]!.flatMap(({hooks}) => hooks.map(hook => hook.command))
          expect(commands.filter(one => one === own.commands[event])).toHaveLength(1)
        }
        expect(withoutHooks(added, own)).toBe(text)
        // Those of an older place are replaced, not joined.
        expect(withHooks(withHooks(text, hooksOf('/old/hooks/hub-hook.sh')), own)).toBe(added)
      }),
    )
  })

  it('leave a file that holds something else on one line as it is written', () => {
    const text = '{"model": "opus",   "hooks": {"Stop": [{"hooks":[{"type":"command","command":"mine"}]}]}}'
    const added = withHooks(text, own)
    expect(added).toMatch(
      /^\{"model": "opus", {3}"hooks": \{"Stop": \[\{"hooks":\[\{"type":"command","command":"mine"\}\]\}, /,
    )
    expect(withoutHooks(added, own)).toBe(text)
  })

  it('stay with another hook that a person put into the same group', () => {
    const added = JSON.parse(withHooks('', own))
    added.hooks.Stop[0].hooks.push({type: 'command', command: 'mine'})
    const left = JSON.parse(withoutHooks(JSON.stringify(added), own))
    expect(left).toEqual({hooks: {Stop: [{hooks: [{type: 'command', command: 'mine'}]}]}})
  })

  it.each(['{"model": "opus", // the best\n}', '{"a": 1,}', '[]', '{"hooks": []}', '{"hooks": {"Stop": {}}}', 'x'])(
    'are not written into %j',
    text => {
      expect(() => withHooks(text, own)).toThrow(SettingsProblem)
      expect(() => withoutHooks(text, own)).toThrow(SettingsProblem)
    },
  )

  it.each([
    '{"hooks": {"Stop": []}, "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "mine"}]}]}}',
    '{"hooks": {}, "hooks": {"Stop": []}}',
  ])('are not written where a key is there twice, which an edit would confuse: %s', text => {
    expect(() => withHooks(text, own)).toThrow(SettingsProblem)
  })
})
