/** The commands of a README's section, in order: the lines of its blocks of shell, without comments. */
export function commandsOf(readme: string, heading: string): string[] {
  const from = readme.indexOf(`\n${heading}\n`)
  if (from < 0) throw new Error(`the README has no section ${heading}`)
  const section = readme.slice(from + 1)
  const [own = ''] = section.split(/\n## (?!#)/, 1)
  const before = own.slice(0, own.indexOf('\n### ') < 0 ? undefined : own.indexOf('\n### '))
  return [...before.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block]) => block!.split('\n'))
    .map(line => line.replace(/\s#.*$/, '').trim())
    .filter(line => line !== '')
}

/** Whether the README names a command, as code in its text or in its table of commands. */
export function hasCommand(readme: string, command: string): boolean {
  return readme.includes(`\`${command}\``)
}

/** The commands of git among the steps that init says are next, without the words behind them. */
export function gitCommands(next: readonly string[]): string[] {
  return next
    .filter(line => line.startsWith('git '))
    .map(line => line.replace(/(?: && gh pr create.*)?: agents see what .*$/, ''))
}
