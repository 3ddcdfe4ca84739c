import {expect} from 'vitest'
import {createContract} from '../../fixtures/github/contract.ts'
import {startGithub} from '../../fixtures/github/github.ts'
import {githubContract} from './github.ts'
import {openPlace, type Place} from './place.ts'

githubContract({name: 'the fake, whose answers fit GitHub’s descriptions', open})

async function open(): Promise<Place> {
  await using stack = new AsyncDisposableStack()
  const contract = createContract()
  const server = stack.use(await startGithub({inspect: contract.inspect}))
  const repository = await server.createRepository({unknownMergeabilityReads: 0})
  const address = {baseUrl: server.apiUrl, owner: repository.owner, repo: repository.name, token: server.token}
  const place = stack.use(
    // Git's objects come into it by git alone, checks by its own CI.
    await openPlace(address, (people, base) => ({
      async commit({branch, file, text}) {
        if (repository.branch(branch) === null) await people.branch(branch, base)
        return repository.pushCommit({branch, files: {[file]: text}})
      },
      addCheckRun: async (sha, run) => repository.addCheck({sha, ...run}),
      async review(pull, event) {
        repository.review(pull, {by: 'ann', state: event === 'APPROVE' ? 'APPROVED' : 'CHANGES_REQUESTED'})
      },
    })),
  )
  const owned = stack.move()
  return {
    ...place,
    async [Symbol.asyncDispose]() {
      await place[Symbol.asyncDispose]()
      expect(repository.branches(), 'all is taken back').toEqual(['main'])
      expect([...repository.issues(), ...repository.pulls()].filter(({state}) => state === 'open')).toEqual([])
      expect([contract.violations, server.unserved]).toEqual([[], []])
      await owned.disposeAsync()
    },
  }
}
