import {appendFile, chmod, mkdir, rename, rm, symlink, utimes, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {createSampleRepository, type Files, type SampleRepository} from '../../fixtures/repos/sample.ts'
import type {Sandbox} from '../git/setup.ts'

/** A kind of repository that people have, and what must become of a ticket in it. */
export type Kind = {
  /** Files of main at the start. */
  files?: Files
  /** Makes the clone that Clambake works in; default: a plain clone. */
  clone?: (sandbox: Sandbox) => Promise<SampleRepository>
  /** Changes the clone before Clambake opens it; may give how it is opened. */
  shape?: (sandbox: Sandbox, clone: SampleRepository) => Promise<unknown>
  /** Happens after the worktree was made, before the agent works. */
  meanwhile?: (sandbox: Sandbox, clone: SampleRepository, path: string) => Promise<void>
  /** Files that the agent writes besides those of every ticket. */
  writes?: Files
  /** Options of the agent's `git commit`. */
  commit?: readonly string[]
  /** The code with which it is refused before any work is lost; default: its work lands. */
  refused?: {when: 'open' | 'push'; code: string}
}

async function hook(clone: SampleRepository, name: string, lines: string): Promise<void> {
  const file = join(clone.dir, '.git/hooks', name)
  await mkdir(dirname(file), {recursive: true})
  await writeFile(file, `#!/bin/sh\n${lines}\n`)
  await chmod(file, 0o755)
}

/** Clones with more of git's options than a plain clone has. */
function cloneWith(...options: string[]) {
  return async (sandbox: Sandbox): Promise<SampleRepository> => {
    await sandbox.remote('config', 'uploadpack.allowFilter', 'true')
    await sandbox.remote('config', 'uploadpack.allowAnySHA1InWant', 'true')
    const clone = await sandbox.clone('plain')
    const dir = join(sandbox.path, 'special')
    await clone.git('clone', '--quiet', ...options, '--', sandbox.url, dir)
    await writeFile(join(dir, '.git/config'), '[user]\n\tname = Test\n\temail = test@example.test\n', {flag: 'a'})
    return {...clone, dir, git: (...args) => clone.git('-C', dir, ...args)}
  }
}

/** A filter that stores content elsewhere, as git-lfs does; `upload`: its hook brings it to the server. */
async function storage(sandbox: Sandbox, clone: SampleRepository, upload: boolean) {
  const [tool, server] = [join(sandbox.path, 'mini-lfs'), join(sandbox.path, 'lfs-server')]
  await writeFile(
    tool,
    `#!/bin/sh
store="$(git rev-parse --git-common-dir)/lfs/objects"; mkdir -p "$store"
case $1 in
clean) t=$(mktemp); cat > $t; s=$(sha256sum < $t | cut -d' ' -f1); cp $t "$store/$s"
  printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize %s\\n' $s $(wc -c < $t); rm -f $t;;
smudge) t=$(mktemp); cat > $t; s=$(sed -n 's/^oid sha256://p' $t); cat "$store/$s" 2>/dev/null || cat $t; rm -f $t;;
pre-push) read ref head rest; [ -n "$head" ] && cp "$store"/* "$LFS_SERVER"/;;
esac
`,
  )
  await chmod(tool, 0o755)
  await mkdir(server)
  await clone.git('config', 'filter.lfs.clean', `${tool} clean`)
  await clone.git('config', 'filter.lfs.smudge', `${tool} smudge`)
  if (upload) await hook(clone, 'pre-push', `exec ${tool} pre-push "$@"`)
  return {env: {...sandbox.env, LFS_SERVER: server}}
}

/** Every kind, by its name. */
export const KINDS: Readonly<Record<string, Kind>> = {
  plain: {},
  'a submodule': {
    async shape(sandbox, clone) {
      const library = await createSampleRepository({dir: join(sandbox.path, 'library'), home: sandbox.path})
      await clone.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', `file://${library.dir}`, 'lib')
      await clone.git('commit', '--quiet', '-m', 'Add lib')
      await clone.git('push', '--quiet', 'origin', 'main')
    },
  },
  'a repository within the worktree': {
    files: {'.gitignore': 'vendor/\n*.log\n'},
    async meanwhile(_sandbox, _clone, path) {
      const nested = await createSampleRepository({dir: join(path, 'vendor/nested'), home: dirname(dirname(path))})
      await nested.commitFile('nested.txt', 'made in the nested repository\n')
    },
  },
  'storage of large files': {
    files: {'.gitattributes': '*.png filter=lfs\n'},
    shape: (sandbox, clone) => storage(sandbox, clone, true),
    writes: {'logo.png': 'a picture\n'},
  },
  'storage of large files that cannot be uploaded': {
    files: {'.gitattributes': '*.png filter=lfs\n'},
    shape: (sandbox, clone) => storage(sandbox, clone, false),
    writes: {'logo.png': 'a picture\n'},
    refused: {when: 'push', code: 'lfs-not-uploaded'},
  },
  'a sparse checkout': {
    files: {'README.md': '# S\n', 'near/a.txt': 'a\n', 'far/b.txt': 'b\n'},
    async shape(_sandbox, clone) {
      await clone.git('sparse-checkout', 'set', '--cone', 'near')
    },
    writes: {'near/new.txt': 'near\n'},
  },
  'a partial clone': {
    files: {'README.md': '# S\n', 'deep/a.txt': 'a\n'},
    clone: cloneWith('--filter=blob:none'),
    refused: {when: 'open', code: 'clone-refused'},
  },
  'a shallow clone': {clone: cloneWith('--depth=1', '--no-single-branch')},
  'line ends by attributes': {
    files: {'.gitattributes': '* text=auto eol=crlf\n*.bin binary\n', 'a.txt': 'one\ntwo\n', 'b.bin': 'x\r\ny\n'},
    writes: {'a.txt': 'one\r\ntwo\r\nthree\r\n', 'mixed.txt': 'one\r\ntwo\n', 'b.bin': 'x\r\ny\nz\r'},
  },
  'line ends by the configuration': {
    async shape(_sandbox, clone) {
      await clone.git('config', 'core.autocrlf', 'true')
    },
    writes: {'a.txt': 'one\r\ntwo\r\n'},
  },
  'a filter that fails': {
    files: {'.gitattributes': '*.enc filter=secret\n', 'a.enc': 'cipher\n'},
    async shape(_sandbox, clone) {
      await clone.git('config', 'filter.secret.clean', 'false')
      await clone.git('config', 'filter.secret.smudge', 'false')
    },
    writes: {'b.txt': 'no filter\n'},
  },
  'hooks that fail': {
    async shape(_sandbox, clone) {
      const names = ['pre-commit', 'pre-push', 'post-checkout', 'reference-transaction', 'post-merge', 'pre-rebase']
      for (const name of names) await hook(clone, name, 'echo no >&2; exit 1')
      // The agent gets by its own hook as people do, and Clambake runs none.
      await rm(join(clone.dir, '.git/hooks/reference-transaction'))
    },
    commit: ['--no-verify'],
  },
  'signing without a key': {
    async shape(_sandbox, clone) {
      await clone.git('config', 'commit.gpgSign', 'true')
      await clone.git('config', 'tag.gpgSign', 'true')
      await clone.git('config', 'user.signingKey', '0000000000000000')
    },
    commit: ['--no-gpg-sign'],
  },
  'symbolic links': {
    async meanwhile(_sandbox, _clone, path) {
      await symlink('README.md', join(path, 'link'))
      await symlink('/nowhere/at/all', join(path, 'dangling'))
      await symlink('..', join(path, 'up'))
    },
  },
  'spaces and other letters': {
    clone: sandbox => sandbox.clone("a clone, größer 'naïve' 日本"),
    files: {'README.md': '# S\n', 'größe mit leer.txt': 'g\n', '-dash': 'd\n'},
    writes: {'neue größe.txt': 'n\n', 'new "quoted"\n.txt': 'q\n', '-dash': 'changed\n'},
  },
  'a clone that was moved': {
    async shape(sandbox, clone) {
      const dir = join(sandbox.path, 'moved')
      await rename(clone.dir, dir)
      return {dir}
    },
  },
  'a clone that an agent made bare': {
    async meanwhile(_sandbox, clone) {
      await appendFile(join(clone.dir, '.git/config'), '[core]\n\tbare = true\n')
    },
  },
  'no identity': {
    async shape(_sandbox, clone) {
      await clone.git('config', '--unset-all', 'user.name')
      await clone.git('config', '--unset-all', 'user.email')
      await clone.git('config', 'user.useConfigOnly', 'true')
    },
  },
  'locks that were left behind': {
    async shape(_sandbox, clone) {
      const old = new Date(Date.now() - 3_600_000)
      for (const lock of ['packed-refs.lock', 'HEAD.lock', 'config.lock', 'refs/remotes/origin/main.lock']) {
        const file = join(clone.dir, '.git', lock)
        await mkdir(dirname(file), {recursive: true})
        await writeFile(file, '')
        await utimes(file, old, old)
      }
    },
  },
  'a bare repository': {
    clone: async sandbox => {
      const clone = await sandbox.clone('plain')
      return {...clone, dir: join(sandbox.path, 'remote.git')}
    },
    refused: {when: 'open', code: 'bare-repository'},
  },
}
