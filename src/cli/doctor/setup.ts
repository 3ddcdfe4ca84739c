import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {profileFault} from '../../agents/profile.ts'
import {hasCode} from '../../base/errors.ts'
import {CONFIG_FILE} from '../../config/load.ts'
import {programsOf} from '../../model/data/config/profiles.ts'
import {withoutEffect} from '../../model/data/config/without-effect.ts'
import type {Config} from '../../model/data/config.ts'
import type {CommandContext} from '../context.ts'
import {bad, checked, type Finding, good, hint} from './finding.ts'

/** Says whether there is a configuration, and what of it does nothing or waits for a restart of the daemon. Throws `wrong-config`. */
export async function configurationFindings(context: CommandContext): Promise<Finding[]> {
  const {root, config} = await context.surrounding()
  const daemon = await context.runningDaemon()
  const troubles = daemon ? (await daemon.call('state', {})).header.troubles : []
  const waiting = troubles.find(text => text.includes(CONFIG_FILE))
  if (waiting !== undefined) return [hint('configuration', waiting, 'clambake daemon restart')]
  if (existsSync(join(root, CONFIG_FILE))) {
    const idle = withoutEffect(config).map(({what, mend}) => hint('configuration', what, mend))
    return idle.length > 0 ? idle : [good('configuration', 'the configuration is valid')]
  }
  return [
    hint(
      'configuration',
      `no ${CONFIG_FILE}: all settings have their defaults`,
      'clambake init writes it and creates labels, board and checks; it shows its plan and asks first',
    ),
  ]
}

/** The findings that need no time: of the configuration, and of the programs that agents run. */
export async function quickFindings(context: CommandContext): Promise<Finding[]> {
  return [
    ...(await checked('configuration', () => configurationFindings(context))),
    ...(await configured(context, config => [programFinding({env: context.env, config})])),
  ]
}

/** What is found by the configuration; nothing as long as that is wrong, which is a finding of its own. */
async function configured(context: CommandContext, find: (config: Config) => Finding[]): Promise<Finding[]> {
  try {
    return find((await context.surrounding()).config)
  } catch (error) {
    if (hasCode(error, 'wrong-config')) return []
    throw error
  }
}

/** Says whether the programs are there that agents need, without starting one. */
export function programFinding({env, config}: {env: NodeJS.ProcessEnv; config: Config}): Finding {
  const fault = profileFault({config, hostEnv: env})
  if (fault !== null) return bad('agent', fault.what, fault.mend)
  return good('agent', `agents run ${programsOf(config).join(', ')}`)
}
