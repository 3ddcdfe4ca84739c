import {join, resolve} from 'node:path'
import {stateFolder} from '../../base/paths.ts'
import {hookPaths} from '../../hub/hooks/folder.ts'
import {hubPlace} from '../../hub/place.ts'
import {defaultConfig} from '../../model/data/config.ts'
import {type Hello, isOtherBuild} from '../../protocol/hello.ts'
import {type CommandContext, helloOf} from '../context.ts'
import {projectHere} from '../hub/off.ts'
import {checkClone} from './clone.ts'
import {checkEmbeddings} from './embeddings.ts'
import type {Finding} from './finding.ts'
import {checked, good, hint, unknown} from './finding.ts'
import {checkHub} from './hub.ts'
import {checkClient, checkMachine} from './machine.ts'
import {checkPeers} from './peers.ts'
import {checkRepository} from './repository.ts'
import {checkSandbox} from './sandbox.ts'
import {configurationFindings} from './setup.ts'

/** Checks everything that agents need to work here, in the order of its dependencies. */
export async function runDoctor(context: CommandContext): Promise<Finding[]> {
  const {env, cwd, clock} = context
  let place: Awaited<ReturnType<CommandContext['place']>> | undefined
  let config = defaultConfig
  const here = [
    ...(await checked('repository', async () => {
      place = await context.place()
      return good('repository', place.root)
    })),
    ...(place === undefined
      ? [unknown('configuration', 'a repository')]
      : await checked('configuration', async () => {
          config = (await context.surrounding()).config
          return configurationFindings(context)
        })),
  ]
  const worktrees = place && resolve(place.root, config.agents.workspace_root)
  const machine = await checkMachine({env, folder: cwd, worktrees})
  const peers = () => checked('hub hooks', () => peersHere(context))
  // Sessions of folders without a repository use the hub too.
  const file = place?.paths.hub ?? join(stateFolder(env), 'hub.db')
  const hub = () => checked('hub', () => checkHub(hubPlace({file, url: config.hub.url, env})))
  if (place === undefined) return [...machine, ...here, ...(await hub()), ...(await peers())]
  return [
    ...machine,
    ...here,
    ...(await checkClient({env, config})),
    ...(await checkSandbox({env, config})),
    ...(await checked('files', () => checkClone({root: place!.root, env}))),
    ...(await checkRepository({place, config, env, clock})),
    ...(await processes(context)),
    ...(await hub()),
    ...(await checked('embeddings', () => checkEmbeddings({hub: config.hub, env, clock}))),
    ...(await peers()),
  ]
}

async function peersHere({env, place}: CommandContext): Promise<Finding[]> {
  return checkPeers(hookPaths(stateFolder(env)), await projectHere(place))
}

/** Reports this repository's processes. It is fine that none runs: they start when needed. */
async function processes(context: CommandContext): Promise<Finding[]> {
  const look = (name: string, open: () => Promise<{readonly peer: Hello} | undefined>) =>
    checked(name, async () => {
      const peer = (await open())?.peer
      if (peer?.role === 'daemon' && isOtherBuild(helloOf('command'), peer)) {
        return hint(name, `pid ${peer.pid}, of another build of clambake than this program`, 'clambake daemon restart')
      }
      return good(name, peer ? `pid ${peer.pid}, version ${peer.version}` : 'does not run; starts when needed')
    })
  return [...(await look('daemon', context.runningDaemon)), ...(await look('host', context.runningHost))]
}
