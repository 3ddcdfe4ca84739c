import type {Config} from '../data/config.ts'
import {MANIFEST_FILE, type ProjectType} from './manifest.ts'
import type {WantedFile} from './plan.ts'
import {PRESETS, ROLES} from './presets.ts'
import {STARTING_PROMPTS} from './prompts.ts'
import type {Toolchain} from './toolchain.ts'
import {agentChecks, agentCi, issueForm, landingWorkflow} from './workflows.ts'

/** What cron can say as every so many minutes, and GitHub starts at all. */
const CRON_MINUTES = {least: 5, most: 30, usual: 10} as const

/** The files that a repository begins with, but its configuration. */
export function startingFiles(options: {
  branch: string
  project: ProjectType
  tools: Toolchain
  config: Config
}): WantedFile[] {
  const {config} = options
  const {schedule_minutes: minutes} = config.bundling
  const fits = Number.isInteger(minutes) && minutes >= CRON_MINUTES.least && minutes <= CRON_MINUTES.most
  return [
    {
      path: '.github/ISSUE_TEMPLATE/agent-task.yml',
      text: issueForm(config.routing.routing_label),
      about: 'a form for issues that agents can take',
    },
    {
      path: '.github/workflows/agent-ci.yml',
      text: agentCi(options),
      about: 'checks of pull requests',
      checks: agentChecks(options),
    },
    {
      path: '.github/workflows/clambake-landing.yml',
      text: landingWorkflow(fits ? minutes : CRON_MINUTES.usual),
      about: 'lands finished work while no machine of yours is on',
    },
    {path: '.clambake/README.md', text: README, about: 'what is in this folder'},
    ...Object.entries(STARTING_PROMPTS).map(([kind, text]) => ({
      path: `.clambake/prompts/${kind}.md`,
      text,
      about: 'the prompts of the agents',
    })),
    ...ROLES.map(role => ({
      path: `.clambake/agents/${role}.json`,
      text: `${JSON.stringify(PRESETS[role], null, 2)}\n`,
      about: `permissions for setup-claude --role ${role}`,
    })),
  ]
}

const README = `# What Clambake keeps here

- \`prompts/\`: the prompts of the agents in your words, read from main; {title}, {body}, {branch}, {number}, {done},
  {failures} and {paths} are filled in. Without a file, Clambake's own words are taken.
- \`agents/\`: what a role may do unasked and what not; \`clambake setup-claude --role reviewer --yes\` adds it to the
  settings of the client.
- \`${MANIFEST_FILE.replace('.clambake/', '')}\`: what \`clambake init\` wrote, so that \`clambake init --undo\` can take it back. Commit it.
- \`worktrees/\`: one folder for each ticket that an agent works on; ignored by git.

The settings are in \`clambake.toml\`.
`
