import {readTrusted, SETTINGS_FILE} from '../../agents/claude/trusted.ts'
import {commitEnvironment, isClaude} from '../../agents/profile.ts'
import {type Clock, systemClock} from '../../base/clock.ts'
import {hasCode} from '../../base/errors.ts'
import {silentLog} from '../../base/log.ts'
import type {Place} from '../../daemon/place.ts'
import {assertBranch, type Forge, openForge} from '../../forge/open.ts'
import {assertSameRepository} from '../../forge/same-repository.ts'
import {openCheckout} from '../../git/checkout.ts'
import {commitFault} from '../../git/commits/commit-fault.ts'
import {tokenVariable} from '../../github/client/token.ts'
import type {Config} from '../../model/data/config.ts'
import {hasName} from '../../model/data/names.ts'
import {BOARD_COLUMNS, type Board} from '../../model/data/show.ts'
import type {BundleRules} from '../../model/gateways/bundle.ts'
import type {ApiBudget} from '../../model/gateways/github.ts'
import {type Need, needsOf, unmetNeeds} from '../../model/init/scopes.ts'
import {isBudgetLow, tighterQuota} from '../../model/spending/api-budget.ts'
import {bad, checked, type Finding, failed, good, hint, unknown} from './finding.ts'

/** What is checked with a token, as it is listed where there is none. */
const WITH_TOKEN = ['github', 'labels', 'board', 'claims']
const ASKED_OF_GITHUB = ['main branch', 'checks', 'merging', 'labels', 'board', 'claims']

type Asked = {place: Place; config: Config; env: NodeJS.ProcessEnv; clock?: Clock}

/** Checks the repository's remote, its token and its setup on GitHub. Writes nothing anywhere. */
export async function checkRepository(options: Asked): Promise<Finding[]> {
  const {place, config, env} = options
  const {forge, finding: remote} = await checkRemote(options)
  if (forge === null) return [remote, ...unchecked(['token', ...WITH_TOKEN], 'the remote')]
  const variable = tokenVariable(env, config.github)
  const token = await checkToken(forge, variable)
  if (token.state === 'bad') return [remote, token, ...unchecked(WITH_TOKEN, 'a token')]
  const answer = await askForRepository(forge)
  const findings = [
    remote,
    token,
    ...answer.findings,
    // Also if GitHub says that there is no such repository: it hides a private one from a token without `repo`.
    ...scopeFindings(forge.github.scopes(), {
      needs: needsOf({isPrivate: answer.isPrivate, hasBoard: config.github.project_id !== undefined}),
      host: forge.address.host,
      fromGh: variable === undefined,
    }),
    ...(await checked('commits', () => commitFinding({place, config, env}))),
  ]
  // Each check would wait for GitHub as long as the first.
  if (answer.isAway) return [...findings, ...unchecked(ASKED_OF_GITHUB, 'an answer of GitHub')]
  return [...findings, ...(await checkSetUp(forge, {...options, defaultBranch: answer.defaultBranch}))]
}

function unchecked(names: readonly string[], waitsFor: string): Finding[] {
  return names.map(name => unknown(name, waitsFor))
}

async function checkRemote({place, config, env, clock = systemClock}: Asked): Promise<{
  forge: Forge | null
  finding: Finding
}> {
  const {root, paths} = place
  try {
    const options = {root, state: paths.state, config, env, clock, log: silentLog}
    const forge = await openForge({...options, owner: 'doctor', readOnly: true})
    return {forge, finding: good('remote', `${forge.git.remoteUrl}, main branch ${forge.git.mainBranch}`)}
  } catch (error) {
    return {forge: null, finding: failed('remote', error)}
  }
}

async function checkToken({token}: Forge, variable: string | undefined): Promise<Finding> {
  try {
    await token()
    return good('token', `from ${variable ?? 'gh auth token'}`)
  } catch (error) {
    return failed('token', error)
  }
}

type Answer = {
  findings: readonly Finding[]
  isPrivate: boolean
  defaultBranch: string
  /** GitHub does not answer, or answers nothing to this token. */
  isAway: boolean
}

async function askForRepository({git, github, address}: Forge): Promise<Answer> {
  let isPrivate = true
  try {
    const found = await github.repository()
    isPrivate = found.isPrivate
    assertSameRepository({pushesTo: git.slug, asks: address, found: found.fullName})
    return {findings: repositoryFindings(found), isPrivate, defaultBranch: found.defaultBranch, isAway: false}
  } catch (error) {
    const isAway = hasCode(error, 'github-unreachable', 'github-unavailable', 'github-rate-limited', 'github-bad-token')
    return {findings: [failed('github', error)], isPrivate, defaultBranch: git.mainBranch, isAway}
  }
}

/** Checks what `init` sets up, and the claims. */
async function checkSetUp(
  forge: Forge,
  {place, config, env, defaultBranch}: Asked & {defaultBranch: string},
): Promise<Finding[]> {
  const {git, github} = forge
  return [
    ...(await checked('main branch', () => mainBranchFinding(forge, {config, defaultBranch}))),
    ...(await checked('checks', () => checksFinding(forge, {config, defaultBranch, root: place.root, env}))),
    ...(await checked('merging', async () => mergingFindings(config, await github.bundleRules()))),
    ...(await checked('labels', async () => labelFinding(config, await github.repositoryLabels()))),
    ...(await checked('board', async () => {
      const id = config.github.project_id
      return boardFinding(id === undefined ? null : await github.board(id))
    })),
    ...(await checked('claims', async () => {
      const [claims, broken] = [await git.claims(), await git.brokenClaims()]
      const [first] = broken
      if (first) {
        const next = first.newer ? 'update clambake here: clambake version --check' : `git show ${first.oid}`
        return bad('claims', `${first.ref} cannot be read: ${first.problem}`, next)
      }
      return good('claims', claims.length === 1 ? '1 issue is claimed' : `${claims.length} issues are claimed`)
    })),
    ...(await checked('agent settings', () => trustedFinding(git, config))),
    budgetFinding(github.budget()),
  ]
}

/** Whether Claude's settings and MCP servers can be read on main; without them no agent starts. */
async function trustedFinding(git: Forge['git'], config: Config): Promise<Finding[]> {
  if (!isClaude(config)) return []
  const {settings, mcp} = await readTrusted(git, config)
  const found = [
    ...(Object.keys(settings).length === 0 ? [] : [SETTINGS_FILE]),
    ...(mcp === null ? [] : [config.agents.mcp_config]),
  ]
  return found.length === 0 ? [] : [good('agent settings', `agents use ${found.join(' and ')} of main`)]
}

/** Says whether agents can commit: git needs an author, and a key where commits are to be signed. */
async function commitFinding(options: {place: Place; config: Config; env: NodeJS.ProcessEnv}): Promise<Finding> {
  const {place, config, env} = options
  const agentEnv = commitEnvironment({config, hostEnv: env})
  if (agentEnv === null) return good('commits', 'agents commit on another machine or in a container')
  const fault = await commitFault({dir: place.root, env: agentEnv})
  return fault === null ? good('commits', 'agents can commit here') : bad('commits', fault.message, fault.next ?? '')
}

/** Reports scopes that a classic token lacks. Other tokens have permissions, which GitHub does not reveal. */
function scopeFindings(
  scopes: readonly string[] | null,
  {needs, host, fromGh}: {needs: readonly Need[]; host: string; fromGh: boolean},
): Finding[] {
  if (scopes === null) return []
  const unmet = unmetNeeds(scopes, needs)
  if (unmet.length === 0) return [good('scopes', 'the token has all needed scopes')]
  const missing = unmet.map(need => need.scopes[0])
  const detail = unmet.map(need => `no ${need.scopes[0]}: ${need.for}`).join('; ')
  const mend = fromGh
    ? `gh auth refresh -h ${host} -s ${missing.join(',')}`
    : `give the token ${missing.join(', ')}: https://${host}/settings/tokens`
  return [unmet.some(({urgent}) => urgent) ? bad('scopes', detail, mend) : hint('scopes', detail, mend)]
}

/** Judges what GitHub says of the repository: whether it has issues, takes pushes and is no fork. */
export function repositoryFindings(found: {
  fullName: string
  hasIssues: boolean
  canPush: boolean | null
  forkOf: string | null
}): Finding[] {
  const {fullName, hasIssues, canPush, forkOf} = found
  return [
    hasIssues
      ? good('github', `${fullName} answers`)
      : bad('github', `${fullName} has no issues`, 'turn Issues on in the settings of the repository'),
    canPush === false
      ? bad('push', 'the token may only read', 'give it write access to contents, issues and pull requests')
      : good('push', canPush === null ? 'GitHub does not say whether the token may push' : 'the token may push'),
    ...(forkOf === null
      ? []
      : [
          hint(
            'fork',
            `${fullName} is a fork of ${forkOf}: issues are read and work lands in the fork`,
            `if you mean ${forkOf}, use a clone whose origin it is; otherwise there is nothing to do`,
          ),
        ]),
  ]
}

/** Says whether the repository admits the way of merging that the configuration wants. Null: GitHub does not tell. */
export function mergingFindings({integration}: Config, rules: BundleRules): Finding[] {
  if (rules === null) return []
  const {merge_strategy: wanted} = integration
  const {methods} = rules
  const [other] = methods
  if (other === undefined) {
    return [
      bad('merging', 'GitHub allows no way of merging', 'allow one in the settings of the repository, or its rules'),
    ]
  }
  if (!methods.includes(wanted)) {
    const detail = `integration.merge_strategy is ${wanted}, which GitHub does not allow here`
    const mend = `set integration.merge_strategy = "${other}" in clambake.toml, or allow ${wanted} on GitHub`
    return [bad('merging', detail, mend)]
  }
  return methods.includes('merge') || methods.includes('rebase')
    ? [good('merging', `by ${wanted}`)]
    : [
        hint(
          'merging',
          `by ${wanted}; GitHub allows only squash, so tickets land one by one`,
          'allow rebase or merge on GitHub, so that the train can carry many',
        ),
      ]
}

/** Says on which branch work lands and whether it is protected. `defaultBranch`: GitHub's. */
async function mainBranchFinding(
  forge: Forge,
  {config, defaultBranch}: {config: Config; defaultBranch: string},
): Promise<Finding> {
  const {git, github} = forge
  const branch = config.github.default_branch ?? defaultBranch
  if (config.github.default_branch !== undefined) await assertBranch(forge)
  else if (branch !== git.mainBranch) {
    return hint(
      'main branch',
      `GitHub's default branch is ${branch}, where work lands; this clone notes ${git.mainBranch}`,
      'git remote set-head origin --auto',
    )
  }
  const where =
    branch === defaultBranch
      ? ''
      : `work lands on ${branch}, as github.default_branch says; GitHub's default is ${defaultBranch}; `
  return (await github.isProtected(branch))
    ? good('main branch', `${where}${branch} is protected`)
    : hint(
        'main branch',
        `${where}${branch} is not protected: anyone with write access may push to it`,
        'clambake init',
      )
}

/** Says whether anything checks pull requests, as nothing unchecked lands unless the configuration allows it. */
async function checksFinding(
  {github}: Forge,
  options: {config: Config; defaultBranch: string; root: string; env: NodeJS.ProcessEnv},
): Promise<Finding> {
  const {config, defaultBranch, root, env} = options
  const branch = config.github.default_branch ?? defaultBranch
  if ((await openCheckout({root, env}).hasWorkflows(branch)) || (await github.hasChecks(branch))) {
    return good('checks', `${branch} is checked, so work lands when its checks have passed`)
  }
  return config.integration.allow_no_checks
    ? good('checks', `nothing checks ${branch}; integration.allow_no_checks lets work land without`)
    : hint(
        'checks',
        `nothing checks ${branch}, so each pull request waits for you`,
        'set integration.allow_no_checks = true in clambake.toml, or add a workflow that runs on pull_request',
      )
}

function labelFinding({routing}: Config, names: readonly string[]): Finding {
  const needed = [routing.routing_label, routing.human_label, ...Object.values(routing.priority_labels)]
  const missing = needed.filter(name => !hasName(names, name))
  if (missing.length === 0) return good('labels', 'all exist')
  // Clambake's own labels are created on first use; these are for people to set.
  return hint('labels', `missing: ${missing.join(', ')}`, 'clambake init')
}

/** Says which columns the board lacks; `clambake init` adds none to a board with cards, which would lose their place. */
export function boardFinding(board: Board | null): Finding {
  if (board === null) return hint('board', 'no board shows the tickets', 'clambake init')
  const missing = BOARD_COLUMNS.filter(column => !board.columns.includes(column))
  if (missing.length === 0) return good('board', board.title)
  const mend = board.items > 0 ? `add them to Status on ${board.url}` : 'clambake init'
  return hint('board', `${board.title} has no column ${missing.join(', ')}`, mend)
}

function budgetFinding(budget: ApiBudget): Finding {
  const {limit, remaining, resetAt, unit} = tighterQuota(budget)
  if (limit === 0) return unknown('api budget', 'an answer from GitHub')
  const detail = `${remaining} of ${limit} ${unit} left`
  if (!isBudgetLow(budget)) return good('api budget', detail)
  return hint('api budget', detail, `wait until ${new Date(resetAt).toTimeString().slice(0, 5)}`)
}
