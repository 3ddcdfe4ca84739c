import * as z from 'zod'
import {bashCompletion, fishCompletion, zshCompletion} from '../../completion-scripts.ts'
import {defineCommand} from '../../define.ts'

const SHELLS = {bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion}

export const completion = defineCommand({
  name: 'completion',
  summary: 'print a script that completes commands and options in your shell',
  does: 'reads',
  args: [{key: 'shell', name: 'shell', required: true, description: 'bash, zsh or fish'}],
  schema: () => z.object({shell: z.enum(['bash', 'zsh', 'fish'])}),
  examples: [
    ['source <(clambake completion bash)', 'in ~/.bashrc'],
    ['source <(clambake completion zsh)', 'in ~/.zshrc, after compinit'],
    ['clambake completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
  async run({shell}, {createProgram}) {
    return {shell, script: SHELLS[shell](createProgram())}
  },
  text: ({script}) => script,
})
