import {describe, expect, it} from 'vitest'
import {judgeMergeRefusal, judgePushRefusal, type RefusalSays} from '../../src/model/landing/refusal.ts'

describe('what GitHub says of a merge', () => {
  it.each<[string, RefusalSays]>([
    ['Base branch was modified. Review and try the merge again.', 'passing'],
    ['Head branch was modified. Review and try the merge again.', 'passing'],
    ['the head moved', 'passing'],
    ['the branch moved to abc1234', 'passing'],
    ['Pull Request is not mergeable', 'passing'],
    ['Pull Request has merge conflicts', 'passing'],
    ['This branch is out-of-date with the base branch', 'passing'],
    ['Required status check "build" is expected.', 'passing'],
    ['2 of 3 required status checks have not succeeded: 1 expected.', 'passing'],
    ['Repository rule violations found Required status check "ci" is in progress.', 'passing'],
    ['Repository rule violations found Code scanning is waiting for results from CodeQL.', 'passing'],
    ['Required status check "x" is expected. At least 1 approving review is required.', 'person'],
    ['At least 1 approving review is required by reviewers with write access.', 'person'],
    ['Waiting on code owner review from acme/core.', 'person'],
    ['Changes have been requested.', 'person'],
    ['A conversation must be resolved before this pull request can be merged.', 'person'],
    ['Pull Request is still a draft', 'person'],
    ['Repository rule violations found File path secrets/ is restricted', 'agent'],
    ['Repository rule violations found Files exceed the maximum file size of 10 MB', 'agent'],
    ['Repository rule violations found File extension .exe is restricted', 'agent'],
    ['Push cannot contain secrets', 'agent'],
    ['Commits must have verified signatures.', 'person'],
    ['This branch must not contain merge commits.', 'person'],
    ['Squash merges are not allowed on this repository.', 'person'],
    ['Changes must be made through the merge queue', 'person'],
    ['Commit author email must match a given regex pattern: @acme.com$', 'person'],
    ['A rule that did not exist when this was written', 'person'],
    ['', 'person'],
  ])('%s → %s', (words, says) => {
    expect(judgeMergeRefusal(words, 'squash')).toBe(says)
  })

  it('about commit messages is the agent’s, unless the message is a squash’s, which is the pull request’s title', () => {
    const words = 'Repository rule violations found Commit message must match a given regex pattern: ^PROJ-'
    expect(judgeMergeRefusal(words, 'rebase')).toBe('agent')
    expect(judgeMergeRefusal(words, 'merge')).toBe('agent')
    expect(judgeMergeRefusal(words, 'squash')).toBe('person')
  })
})

describe('what a server says of a push that it declines', () => {
  it.each<[string, 'agent' | 'person']>([
    [
      'error: GH013: Repository rule violations found for refs/heads/x.\n- GITHUB PUSH PROTECTION\n path: config.py:1',
      'agent',
    ],
    ['error: GH001: Large files detected. You may want to try Git Large File Storage', 'agent'],
    ['error: GH013: Repository rule violations found\n- Commit message must match a given regex pattern', 'agent'],
    ['error: GH013: Repository rule violations found\n- Branch name must match a given regex pattern', 'person'],
    [
      'error: GH013: Repository rule violations found\n- Cannot create ref due to creations being restricted.',
      'person',
    ],
    [
      'error: GH006: Protected branch update failed for refs/heads/x.\nYou’re not authorized to push to this branch.',
      'person',
    ],
    ['GitLab: You are not allowed to push code to protected branches on this project.', 'person'],
    ['pre-receive hook declined', 'person'],
  ])('%s → %s', (words, says) => {
    expect(judgePushRefusal(words)).toBe(says)
  })
})
