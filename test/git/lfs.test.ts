import {chmod, mkdir, readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {Sandbox} from './setup.ts'
import {createSandbox, refusal, startTicket} from './setup.ts'

/** The three things that git-lfs does: it stores content, gives it back, and uploads what it stored. */
const TOOL = `#!/bin/sh
store="$(git rev-parse --git-common-dir)/lfs/objects"; mkdir -p "$store"
case $1 in
clean) t=$(mktemp); cat > $t; s=$(sha256sum < $t | cut -d' ' -f1); cp $t "$store/$s"
  printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize %s\\n' $s $(wc -c < $t); rm -f $t;;
smudge) t=$(mktemp); cat > $t; s=$(sed -n 's/^oid sha256://p' $t); cat "$store/$s" 2>/dev/null || cat $t; rm -f $t;;
pre-push) read ref head rest; [ -n "$head" ] && cp "$store"/* "$LFS_SERVER"/;;
esac
`

async function lfsClone(sandbox: Sandbox, {hook}: {hook: boolean}) {
  const clone = await sandbox.clone()
  const tool = join(sandbox.path, 'mini-lfs')
  await writeFile(tool, TOOL)
  await chmod(tool, 0o755)
  await clone.git('config', 'filter.lfs.clean', `${tool} clean`)
  await clone.git('config', 'filter.lfs.smudge', `${tool} smudge`)
  if (hook) {
    await mkdir(join(clone.dir, '.git/hooks'), {recursive: true})
    await writeFile(join(clone.dir, '.git/hooks/pre-push'), `#!/bin/sh\nexec ${tool} pre-push "$@"\n`)
    await chmod(join(clone.dir, '.git/hooks/pre-push'), 0o755)
  }
  const server = join(sandbox.path, 'lfs-server')
  await mkdir(server)
  const repository = await sandbox.open(clone, {env: {...sandbox.env, LFS_SERVER: server}})
  return {clone, repository, server}
}

describe('content of git-lfs', () => {
  it('is uploaded before its pointers are pushed, by the hook that the clone had at first', async () => {
    await using sandbox = await createSandbox({'.gitattributes': '*.png filter=lfs\n'})
    const {clone, repository, server} = await lfsClone(sandbox, {hook: true})
    const {path, branch, claim, work} = await startTicket(repository, 1, clone)
    // What an agent writes into the hook is not run.
    await writeFile(join(clone.dir, '.git/hooks/pre-push'), `#!/bin/sh\ntouch ${join(sandbox.path, 'sprung')}\n`)
    const head = await work.commitFile('logo.png', 'a picture\n')
    await repository.pushWork({worktree: path, claim, head, patch: {}})
    expect(await sandbox.remote('show', `${branch}:logo.png`)).toContain('oid sha256:')
    expect(await readdir(server)).toHaveLength(1)
    expect(await readdir(sandbox.path)).not.toContain('sprung')
  })

  it('that cannot be uploaded stops the push and says so', async () => {
    await using sandbox = await createSandbox({'.gitattributes': '*.png filter=lfs\n'})
    const {clone, repository} = await lfsClone(sandbox, {hook: false})
    const {path, branch, claim, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('logo.png', 'a picture\n')
    expect((await refusal(repository.pushWork({worktree: path, claim, head, patch: {}}))).code).toBe('lfs-not-uploaded')
    expect(await sandbox.remoteRefs(`refs/heads/${branch}`)).toEqual([])
  })
})
