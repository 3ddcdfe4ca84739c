import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {systemClock} from '../base/clock.ts'
import {plainText} from '../base/files.ts'
import {listSettings} from './command/own-config.ts'
import {createGitRunner} from './command/run-git.ts'

/** What the files of a clone need beside git itself. */
export type CloneNeeds = {
  /** Filters that its attributes name, with the programs that the configuration gives them; none: it is not set up. */
  filters: readonly {name: string; programs: readonly string[]}[]
  /** Paths of submodules that are not checked out. */
  emptySubmodules: readonly string[]
}

/** Attribute files that are read at most: one in each folder of a very large repository tells nothing new. */
const MOST_FILES = 200

/** Reads from a clone which filters and submodules it uses. Runs none of them. */
export async function cloneNeeds({root, env}: {root: string; env: NodeJS.ProcessEnv}): Promise<CloneNeeds> {
  const runner = createGitRunner({dir: root, env, token: async () => null, now: () => systemClock.now()})
  const entries = (await runner.text(['ls-files', '--stage', '-z'])).split('\0')
  const paths = (wanted: RegExp) => entries.filter(entry => wanted.test(entry)).map(entry => entry.split('\t')[1] ?? '')
  const texts = await Promise.all(
    paths(/[\t/]\.gitattributes$/)
      .slice(0, MOST_FILES)
      .map(path => plainText(join(root, path))),
  )
  const used = new Set(texts.flatMap(text => filtersIn(text ?? '')))
  const settings = await listSettings(runner)
  return {
    filters: [...used].sort().map(name => ({
      name,
      programs: ['clean', 'smudge', 'process'].flatMap(part => {
        const value = settings.findLast(({key}) => key === `filter.${name}.${part}`)?.value
        return value ? [programOf(value)] : []
      }),
    })),
    emptySubmodules: paths(/^160000 /).filter(path => !existsSync(join(root, path, '.git'))),
  }
}

/** Names of the filters that a file of attributes puts on paths. */
export function filtersIn(attributes: string): string[] {
  return attributes
    .split('\n')
    .filter(line => !line.startsWith('#'))
    .flatMap(line => [...line.matchAll(/\sfilter=(\S+)/g)].map(([, name]) => name!))
}

/** The program of a command line, without its quotes. */
export function programOf(command: string): string {
  const [, double, single, plain] = /^\s*(?:"([^"]+)"|'([^']+)'|(\S+))/.exec(command) ?? []
  return double ?? single ?? plain ?? ''
}
