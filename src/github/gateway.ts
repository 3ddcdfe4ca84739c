import type {CheckUpGateway} from '../model/gateways/forge.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import {hasChecks} from './any-checks.ts'
import {createCards} from './board/cards.ts'
import {findBoard} from './board/projects.ts'
import {createClient, type GithubOptions} from './client/client.ts'
import {ensureComment} from './comments.ts'
import {readDiscussion} from './discussion.ts'
import {pullsOfBranches} from './gate/branch-pulls.ts'
import {readCheckRows} from './gate/checks.ts'
import {createGateIssues} from './gate/issues.ts'
import {readCheckLog} from './gate/log.ts'
import {createGateReader} from './gate/read.ts'
import {readBundleRules} from './gate/rules.ts'
import {ensureAssignee, ensureClosed, findIssue} from './issues.ts'
import {ensureLabels, repositoryLabels} from './labels.ts'
import {setAutoMerge} from './landing/auto-merge.ts'
import {ensureDraft} from './landing/drafts.ts'
import {merge} from './landing/merge.ts'
import {enqueue} from './landing/merge-queue.ts'
import {requestReviews} from './landing/review-requests.ts'
import {missingIssues} from './missing-issues.ts'
import {publishReview} from './publish-review.ts'
import {closedPulls, ensurePull, ensurePullState, pullOfBranch, readPull} from './pulls.ts'
import {isProtected, readRepository, readViewer} from './repository.ts'
import {readReview} from './reviews.ts'
import {createShowing} from './showing.ts'
import {createSnapshots, type SnapshotOptions} from './snapshot/snapshot.ts'
import {readWords} from './words.ts'

/** One repository on GitHub, or on a server that speaks its REST. */
export function createGithub(
  options: GithubOptions & {
    snapshot?: Partial<SnapshotOptions>
    /** The branch that work is meant for; null: GitHub's default branch. */
    defaultBranch?: string | null
  },
): GithubGateway & CheckUpGateway {
  const client = createClient(options)
  const issue = (number: number) => findIssue(client, number)
  const {board = null, gate = null} = options.snapshot ?? {}
  const showing = createShowing(client, board)
  return {
    repository: () => readRepository(client),
    viewer: () => readViewer(client),
    snapshot: createSnapshots(client, {board, gate, clock: options.clock, log: options.log}),
    issue,
    ...missingIssues(issue),
    discussion: number => readDiscussion(client, number),
    pull: number => readPull(client, number),
    closedPulls: () => closedPulls(client),
    ensurePullClosed: number => ensurePullState(client, number, 'closed'),
    ensurePullOpen: number => ensurePullState(client, number, 'open'),
    pullOfBranch: branch => pullOfBranch(client, branch),
    checkRows: sha => readCheckRows(client, sha),
    review: pull => readReview(client, pull),
    requestReviews: request => requestReviews(client, request),
    words: pull => readWords(client, pull),
    publishReview: review => publishReview(client, review),
    isProtected: branch => isProtected(client, branch),
    hasChecks: branch => hasChecks(client, branch),
    repositoryLabels: () => repositoryLabels(client),
    board: id => findBoard(client, {id, title: ''}),
    ensureLabels: (issue, change, worn) => ensureLabels(client, issue, change, worn),
    showing,
    gate: createGateReader(client, {showing, board, defaultBranch: options.defaultBranch ?? null}),
    bundleRules: () => readBundleRules(client, options.defaultBranch ?? null),
    gateIssues: createGateIssues(client, {showing, board}),
    pullsOfBranches: branches => pullsOfBranches(client, branches),
    checkLog: asked => readCheckLog(client, asked),
    ensureColumn: createCards(client, board),
    ensureAssignee: (issue, change) => ensureAssignee(client, issue, change),
    setAutoMerge: request => setAutoMerge(client, request),
    enqueue: options => enqueue(client, options),
    ensureComment: (issue, key, body, tried) => ensureComment(client, {issue, key, body, ...tried}),
    ensurePull: pull => ensurePull(client, pull),
    ensureDraft: pull => ensureDraft(client, pull),
    merge: pull => merge(client, pull),
    ensureClosed: issue => ensureClosed(client, issue),
    budget: client.budget,
    scopes: client.scopes,
  }
}
