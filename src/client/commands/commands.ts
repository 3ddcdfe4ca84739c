import {openWelcome} from '../dialogs/welcome.ts'
import type {Keymap} from '../keys/keymap.ts'
import type {Key} from '../state/types.ts'
import type {CommandContext} from './binding.ts'
import {type Binding, disabledReason} from './binding.ts'
import type {CommandId} from './bindings.ts'
import {changeText} from './in-dialogs.ts'

type Commands = {
  /** Does a command, or shows why it cannot be done now. `key`: the key that was pressed, for commands with several. */
  run(command: CommandId, key?: Key): void
  /** Takes text that was typed or pasted into the line that is open for it. */
  enterText(text: string): void
  /** Called when the daemon has sent its state: on the first start, shows what is missing, if anything is. */
  greet(): void
}

/** Runs the commands of the keymap. */
export function createCommands(parts: Omit<CommandContext, 'commands' | 'run'> & {keymap: Keymap}): Commands {
  const {keymap, ...rest} = parts
  const context: CommandContext = {...rest, commands: keymap.commands, run}
  let greeted = false

  function run(binding: Binding, key?: Key): void {
    const reason = disabledReason(binding, context.store.getState())
    if (reason === null) return binding.run(context, key)
    const {short, help} = binding
    context.operations.notify({level: 'warning', text: `${short ?? help.split(/[;:,]/)[0]}: ${reason}`})
  }

  return {
    run: (command, key) => run(keymap.command(command), key),
    enterText: text => changeText(context, old => old + text),
    greet() {
      if (greeted) return
      greeted = true
      if (context.setup.some(({ok}) => !ok)) openWelcome(context)
    },
  }
}
