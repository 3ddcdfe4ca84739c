import type {ProjectType} from './manifest.ts'
import {checkNames, expression, type JobStep, type Toolchain, verifySteps} from './toolchain.ts'

const YOURS = 'Written by `clambake init`; yours to change.'

/** The job of the checks. */
const JOB = 'verify'

/** The checks that `agentCi` makes, as a protection names them. */
export function agentChecks({project, tools}: {project: ProjectType; tools: Toolchain}): string[] {
  return checkNames(JOB, tools, project)
}

/** Checks for every pull request: what the train waits for. */
export function agentCi(options: {branch: string; project: ProjectType; tools: Toolchain}): string {
  const {branch, project, tools} = options
  const {steps, nodeVersions} = verifySteps(tools, project)
  const matrix = tools.node ? ['    strategy:', '      matrix:', `        node: [${nodeVersions.join(', ')}]`] : []
  return lines(
    `# The checks of this ${project}, for pull requests of agents and of people. ${YOURS}`,
    'name: Agent CI',
    'on:',
    '  pull_request:',
    `    branches: [${JSON.stringify(branch)}]`,
    '  push:',
    `    branches: [${JSON.stringify(branch)}]`,
    'permissions:',
    '  contents: read',
    'concurrency:',
    `  group: agent-ci-${expression('github.event_name')}-${expression('github.head_ref || github.sha')}`,
    '  cancel-in-progress: true',
    'jobs:',
    `  ${JOB}:`,
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 20',
    ...matrix,
    '    steps:',
    ...asSteps([['uses: actions/checkout@v4', 'with:', '  persist-credentials: false'], ...steps]),
  )
}

/** The train without anybody's machine: lands what is bottled, starts no agent. */
export function landingWorkflow(minutes: number): string {
  return lines(
    `# Lands finished work every ${minutes} minutes, also while no machine of yours is on. ${YOURS}`,
    '#',
    '# It runs once the repository variable CLAMBAKE_PACKAGE says what npm is to install: a name with its version, or an',
    '# address of git. With the secret CLAMBAKE_TOKEN, of a person or an app, the checks run on its pull requests too:',
    '# GitHub starts none for those that its own token opens.',
    'name: Clambake landing',
    'on:',
    '  schedule:',
    `    - cron: "*/${minutes} * * * *"`,
    '  workflow_dispatch:',
    'permissions:',
    '  contents: write',
    '  pull-requests: write',
    '  issues: write',
    '  checks: read',
    '  statuses: read',
    'concurrency:',
    '  group: clambake-landing',
    '  cancel-in-progress: false',
    'jobs:',
    '  land:',
    "    if: vars.CLAMBAKE_PACKAGE != ''",
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 60',
    '    steps:',
    ...asSteps([
      ['uses: actions/checkout@v4', 'with:', '  fetch-depth: 0', '  persist-credentials: false'],
      ['uses: actions/setup-node@v4', 'with:', '  node-version: 24'],
      [
        'run: npm install --global "$CLAMBAKE_PACKAGE"',
        'env:',
        `  CLAMBAKE_PACKAGE: ${expression('vars.CLAMBAKE_PACKAGE')}`,
      ],
      [
        'run: clambake --once --no-agents',
        'env:',
        `  GITHUB_TOKEN: ${expression('secrets.CLAMBAKE_TOKEN || github.token')}`,
      ],
    ]),
  )
}

/** A form for issues that an agent can take as they are. */
export function issueForm(routingLabel: string): string {
  return lines(
    `# ${YOURS}`,
    'name: Task for an agent',
    'description: One piece of work that an agent can do alone, in one sitting',
    `labels: [${JSON.stringify(routingLabel)}]`,
    'body:',
    '  - type: textarea',
    '    id: wanted',
    '    attributes:',
    '      label: What is wanted',
    '      description: What happens now, what should happen, and where in the code',
    '    validations:',
    '      required: true',
    '  - type: textarea',
    '    id: done',
    '    attributes:',
    '      label: Done when',
    '      description: How to tell that it is done, best as tests that pass',
    '    validations:',
    '      required: true',
    '  - type: input',
    '    id: order',
    '    attributes:',
    '      label: Waits for',
    '      description: Other issues that must be closed first, in these words',
    '      placeholder: "Depends on #12"',
  )
}

/** `- ` before the first line of each step, and all of them below `steps:`. */
function asSteps(steps: readonly JobStep[]): string[] {
  return steps.flatMap(([first = '', ...rest]) => [`      - ${first}`, ...rest.map(line => `        ${line}`)])
}

function lines(...all: string[]): string {
  return all.map(line => `${line}\n`).join('')
}
