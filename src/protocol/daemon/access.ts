import type {DaemonApi} from '../daemon.ts'

/**
 * Who may call a method. `anyone`: it reads, or says who speaks; `own agent`: an agent for itself, and a person for any;
 * `person`: only a person. A program below a pane never counts as a person.
 */
export type Access = 'anyone' | 'own agent' | 'person'

export const DAEMON_ACCESS: {readonly [Method in keyof DaemonApi]: Access} = {
  pop: 'person',
  peek: 'anyone',
  route: 'person',
  pass: 'person',
  startAgent: 'person',
  stopAgent: 'person',
  answerAgent: 'person',
  send: 'anyone',
  messages: 'anyone',
  context: 'anyone',
  compact: 'person',
  clear: 'person',
  history: 'anyone',
  who: 'anyone',
  // A person's mail; a session has its own way to the hub, which knows it by its process.
  mailbox: 'person',
  post: 'person',
  readMail: 'person',
  bottle: 'own agent',
  landPlan: 'anyone',
  landingReport: 'anyone',
  land: 'person',
  pauseLanding: 'person',
  orphans: 'anyone',
  scanStep: 'anyone',
  recover: 'person',
  rescues: 'anyone',
  restore: 'person',
  undo: 'person',
  diagnose: 'anyone',
  cure: 'person',
  reset: 'person',
  cleanupPlan: 'anyone',
  cleanUp: 'person',
  mismatches: 'anyone',
  sync: 'person',
  issue: 'anyone',
  pull: 'anyone',
  diff: 'anyone',
  changes: 'anyone',
  changedFile: 'anyone',
  // A person's own words, before they are sent.
  reviewDraft: 'person',
  reviewReaders: 'person',
  keepReview: 'person',
  submitReview: 'person',
  hunks: 'anyone',
  tellConflict: 'person',
  claims: 'anyone',
  events: 'anyone',
  why: 'anyone',
  state: 'anyone',
  refresh: 'person',
  shutdown: 'person',
}
