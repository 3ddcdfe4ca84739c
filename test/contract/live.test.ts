import {it} from 'vitest'
import {githubContract} from './github.ts'
import {liveAddress, openLivePlace} from './live-place.ts'

const address = liveAddress(process.env)

if ('missing' in address) {
  it.skip(`the contract with a GitHub that is no fake (left out: ${address.missing})`, () => {})
} else {
  githubContract({
    name: `${address.owner}/${address.repo} at ${address.baseUrl}`,
    lacks: {
      'check runs': 'only GitHub Apps make them',
      'another person': 'the author cannot review their own pull request',
      'cheap writes': 'a hundred comments are more than GitHub allows in a minute',
    },
    open: () => openLivePlace(address),
    lag: {timeout: 60_000, interval: 1000},
  })
}
