import type {SetupGateway} from '../model/init/gateway.ts'
import {hasChecks} from './any-checks.ts'
import {completeBoard, ensureBoard, ensureNoBoard, findBoard} from './board/projects.ts'
import {createClient, type GithubOptions} from './client/client.ts'
import {ensureNoRepositoryLabel, ensureRepositoryLabel, isWorn, readLabels} from './labels.ts'
import {ensureNoProtection, ensureProtection, readProtection} from './protection.ts'
import {readRepository} from './repository.ts'

/** Sets a repository up on GitHub, and undoes that. */
export function createSetup(options: GithubOptions): SetupGateway {
  const client = createClient(options)
  return {
    repository: () => readRepository(client),
    labels: () => readLabels(client),
    ensureLabel: label => ensureRepositoryLabel(client, label),
    ensureNoLabel: name => ensureNoRepositoryLabel(client, name),
    isWorn: label => isWorn(client, label),
    board: wanted => findBoard(client, wanted),
    ensureBoard: wanted => ensureBoard(client, wanted),
    completeBoard: (id, wanted) => completeBoard(client, id, wanted),
    ensureNoBoard: id => ensureNoBoard(client, id),
    hasChecks: branch => hasChecks(client, branch),
    protection: branch => readProtection(client, branch),
    ensureProtection: (branch, checks) => ensureProtection(client, branch, checks),
    ensureNoProtection: branch => ensureNoProtection(client, branch),
  }
}
