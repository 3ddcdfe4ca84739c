import {systemClock} from '../base/clock.ts'
import {listSettings} from './command/own-config.ts'
import {createGitRunner} from './command/run-git.ts'
import {findRemote} from './open.ts'

/** Reads from a checkout's commits. It needs no remote and contacts none. */
export type Checkout = {
  /** Address of `origin` without credentials. Throws `no-remote`, `remote-protocol`. */
  remoteUrl(): Promise<string>
  /** The main branch as the clone noted it, else the one that is checked out. */
  mainBranch(): Promise<string>
  /** Whether the remote's branch holds workflows, as of the last fetch. */
  hasWorkflows(branch: string): Promise<boolean>
  /** Whether git has the file, committed or staged. */
  tracks(path: string): Promise<boolean>
  /** The git object that the last commit has at a path, when its text is exactly this; null: it is not. */
  committed(path: string, text: string): Promise<string | null>
  /** The text of a git object; null: it is not here. */
  textOf(object: string): Promise<string | null>
}

/** Opens a clone for what `init` reads of it: no network, no folder of our own. */
export function openCheckout({root, env}: {root: string; env: NodeJS.ProcessEnv}): Checkout {
  const runner = createGitRunner({dir: root, env, token: async () => null, now: () => systemClock.now()})
  const hashOf = (text: string) => runner.text(['hash-object', '--no-filters', '--stdin'], {input: text})
  return {
    async remoteUrl() {
      const settings = await listSettings(runner)
      return (await findRemote(runner, {dir: root, name: 'origin', settings})).url
    },
    async mainBranch() {
      const noted = await runner.git(['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD'], {accept: [0, 1, 128]})
      if (noted.exitCode === 0) return noted.stdout.replace('refs/remotes/origin/', '')
      const here = await runner.git(['symbolic-ref', '--quiet', 'HEAD'], {accept: [0, 1, 128]})
      return here.exitCode === 0 ? here.stdout.replace('refs/heads/', '') : 'main'
    },
    async hasWorkflows(branch) {
      const tree = `refs/remotes/origin/${branch}:.github/workflows`
      const {exitCode, stdout} = await runner.git(['ls-tree', '--name-only', tree], {accept: [0, 128]})
      return exitCode === 0 && stdout.split('\n').some(name => /\.ya?ml$/.test(name))
    },
    async tracks(path) {
      return (await runner.git(['ls-files', '--', `:(literal)${path}`])).stdout !== ''
    },
    async committed(path, text) {
      const found = await runner.git(['rev-parse', '--verify', '--quiet', `HEAD:${path}`], {accept: [0, 1, 128]})
      return found.exitCode === 0 && found.stdout === (await hashOf(text)) ? found.stdout : null
    },
    async textOf(object) {
      const {exitCode, stdout} = await runner.git(['cat-file', 'blob', object], {accept: [0, 128]})
      if (exitCode !== 0) return null
      // The last newline was kept off; the object's own name says whether there was one.
      for (const text of [`${stdout}\n`, stdout]) if ((await hashOf(text)) === object) return text
      return null
    },
  }
}
