import {chmodSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {runThrough} from '../../src/base/run.ts'
import {localFailure, remoteFailure} from '../../src/git/command/failures.ts'
import {createGitRunner} from '../../src/git/command/run-git.ts'

/** Words of git and of the libraries below it. */
const RAW = /fatal:|remote:|returned error|curl|terminal prompts|unable to access|libcurl|Username for|RPC failed/i

it.each([
  ["fatal: could not read Username for 'https://x': terminal prompts disabled", 'r refused the login'],
  ["fatal: unable to access 'https://x/': The requested URL returned error: 403", 'r refused the login'],
  ["fatal: repository 'https://x/' not found", 'there is no repository at r'],
  ["fatal: unable to access 'https://x/': Could not resolve host: x", 'r does not answer: its name is not known here'],
  [
    "fatal: unable to access 'https://x/': Failed to connect to x port 443: Connection refused",
    'r does not answer: the connection is refused',
  ],
  [
    "fatal: unable to access 'https://x/': Failed to connect to x port 443: Connection timed out",
    'r does not answer: there is no answer in time',
  ],
  ['error: RPC failed; curl 56 Recv failure: Connection reset by peer', 'r does not answer: the connection was cut'],
  [
    "fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate",
    'r does not answer: its certificate is not trusted',
  ],
  [
    "fatal: unable to access 'https://x/': Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server",
    'r does not answer: there is no connection to 127.0.0.1 port 9',
  ],
  [
    "fatal: unable to access 'https://x/': Operation too slow. Less than 1000 bytes/sec transferred the last 30 seconds",
    'r does not answer: there is no answer in time',
  ],
  [
    "fatal: unable to access 'https://x/': CONNECT tunnel failed, response 407",
    'r does not answer: the proxy answers 407',
  ],
  [
    "fatal: unable to access 'https://x/': Could not resolve proxy: p",
    'r does not answer: the name of the proxy p is not known here',
  ],
  [
    "remote: This repository was archived so it is read-only.\nfatal: unable to access 'https://x/': The requested URL returned error: 403",
    'r was archived, so it is read-only',
  ],
  [
    'ERROR: This repository was archived so it is read-only.\nfatal: Could not read from remote repository.',
    'r was archived, so it is read-only',
  ],
  [
    'ERROR: Permission to acme/shop.git denied to ann.\nfatal: Could not read from remote repository.',
    'r refused the login (Permission to acme/shop.git denied to ann.)',
  ],
  [
    "ERROR: The `acme' organization has enabled or enforced SAML SSO.\nfatal: Could not read from remote repository.",
    "r refused the login (The `acme' organization has enabled or enforced SAML SSO.)",
  ],
  [
    'ERROR: Repository not found.\nfatal: Could not read from remote repository.',
    'there is no repository at r (Repository not found.)',
  ],
  [
    'ERROR: Internal server error, try again later.\nfatal: Could not read from remote repository.',
    'r does not answer: the connection failed',
  ],
  ["fatal: unable to access 'https://x/': The requested URL returned error: 502", 'r answers 502'],
  ["fatal: unable to access 'https://x/': The requested URL returned error: 422", 'r answers 422'],
])('says in words what git said of the remote: %s', (detail, words) => {
  const {message, next = '', cause} = remoteFailure({doing: 'fetch', remote: 'r', detail})
  expect(message).toBe(`git could not fetch: ${words}`)
  expect(`${message} ${next}`).not.toMatch(RAW)
  // What git said may hold an address with a login.
  expect(cause).toBeUndefined()
})

it('adds what the server itself said', () => {
  const detail =
    "remote: The repository is archived.\nfatal: unable to access 'https://x/': The requested URL returned error: 403"
  expect(remoteFailure({doing: 'push', remote: 'r', detail}).message).toBe(
    'git could not push: r refused the login (The repository is archived.)',
  )
})

it.each([
  "error: unable to write file src/a.ts\nfatal: Could not reset index file to revision 'HEAD'.",
  'fatal: unable to write new index file',
  'error: unable to write loose object file: No space left on device',
])('takes for a full disk what git cannot write: %s', stderr => {
  const {code} = localFailure({args: ['reset', '--hard'], exitCode: 128, stderr})
  expect(code).toBe('disk-full')
})

it('waits for a disk that is read-only and for a system that starts nothing more, at the remote too', () => {
  const stderr = 'error: unable to create temporary file: Read-only file system'
  expect(localFailure({args: ['commit-tree'], exitCode: 1, stderr}).code).toBe('disk-broken')
  const detail = 'error: cannot fork() for git-remote-https: Resource temporarily unavailable'
  expect(remoteFailure({doing: 'push', remote: 'r', detail}).code).toBe('machine-exhausted')
})

it('takes what may not be written for no full disk', () => {
  const stderr =
    "error: unable to create file a.ts: Permission denied\nfatal: Could not reset index file to revision 'HEAD'."
  expect(localFailure({args: ['reset'], exitCode: 128, stderr}).code).toBe('git-failed')
})

it('takes a full disk for no answer that a caller accepts', async () => {
  using folder = temporaryFolder()
  writeFileSync(
    join(folder.path, 'git'),
    '#!/bin/sh\necho "fatal: could not write: No space left on device" >&2\nexit 128\n',
  )
  chmodSync(join(folder.path, 'git'), 0o755)
  const git = createGitRunner({dir: folder.path, env: {PATH: folder.path}, token: async () => null, now: () => 0})
  await expect(git.git(['worktree', 'add'], {accept: [0, 128]})).rejects.toMatchObject({code: 'disk-full'})
})

it('says of a command that does not end which one it is, where, and what to look for', async () => {
  const ended = {exitCode: undefined, signal: 'SIGTERM', stdout: '', stderr: '', isUnknown: false} as const
  using _through = runThrough({
    execute: async () => ({...ended, timedOut: true, failure: 'it took over 180000 ms'}),
    async [Symbol.asyncDispose]() {},
  })
  const git = createGitRunner({dir: '/', env: {}, token: async () => null, now: () => 0})
  const hangs = {code: 'git-failed', next: expect.stringMatching(/a pipe.*filter program/)}
  await expect(git.git(['status', '--porcelain'])).rejects.toMatchObject({
    ...hangs,
    message: 'git status did not end in 3 minutes, in /',
  })
  await expect(git.bytes(['cat-file', 'blob'])).rejects.toMatchObject(hangs)
})
