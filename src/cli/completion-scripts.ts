import type {Command} from 'commander'

/** A command in the tree of commands, with what may follow its words. */
type Node = {words: readonly string[]; summary: string; options: readonly Flag[]; children: readonly Node[]}
type Flag = {flags: readonly string[]; about: string; takesValue: boolean}

function nodeOf(command: Command, words: readonly string[] = []): Node {
  return {
    words,
    summary: command.description(),
    options: command.options.map(option => ({
      flags: [option.short, option.long].filter(flag => flag !== undefined && flag !== null),
      about: option.description,
      takesValue: option.required || option.optional,
    })),
    children: command.commands.map(child => nodeOf(child, [...words, child.name()])),
  }
}

function all(node: Node): Node[] {
  return [node, ...node.children.flatMap(all)]
}

function names({children}: Pick<Node, 'children'>): string[] {
  return children.map(({words}) => words.at(-1)!)
}

function flagsOf({options}: Node): string[] {
  return [...options.flatMap(({flags}) => flags), '--help']
}

/** A bash completion script, with one case for each command; it offers files where no word fits. */
export function bashCompletion(program: Command): string {
  const nodes = all(nodeOf(program))
  const cases = nodes.map(
    node => `    '${node.words.join(' ')}') words='${[...names(node), ...flagsOf(node)].join(' ')}' ;;`,
  )
  const groups = nodes.filter(({children}) => children.length > 0).map(({words}) => `'${words.join(' ')}'`)
  return [
    '_clambake() {',
    `  local current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" index`,
    '  for ((index = 1; index < COMP_CWORD; index++)); do',
    `    case "\${COMP_WORDS[index]}" in -*) continue ;; esac`,
    '    case "$path" in',
    `      ${groups.join(' | ')}) path="\${path:+$path }\${COMP_WORDS[index]}" ;;`,
    '    esac',
    '  done',
    '  case "$path" in',
    ...cases,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -o default -F _clambake clambake',
  ].join('\n')
}

/** A zsh completion script that describes each word by `_describe`. */
export function zshCompletion(program: Command): string {
  const nodes = all(nodeOf(program))
  const groups = nodes.filter(({children}) => children.length > 0).map(({words}) => `'${words.join(' ')}'`)
  const cases = nodes.flatMap(node => [
    `    '${node.words.join(' ')}')`,
    `      commands=(${node.children.map(({words, summary}) => quoted(words.at(-1)!, summary)).join(' ')})`,
    `      options=(${[
      ...node.options.flatMap(({flags, about}) => flags.map(flag => quoted(flag, about))),
      quoted('--help', 'print help'),
    ].join(' ')})`,
    '      ;;',
  ])
  return [
    '#compdef clambake',
    '_clambake() {',
    '  local path="" word',
    '  local -a commands options',
    `  for word in \${words[2,CURRENT-1]}; do`,
    '    [[ $word == -* ]] && continue',
    '    case "$path" in',
    `      ${groups.join(' | ')}) path="\${path:+$path }$word" ;;`,
    '    esac',
    '  done',
    '  case "$path" in',
    ...cases,
    '  esac',
    `  if [[ \${words[CURRENT]} == -* ]]; then _describe option options`,
    `  elif (( \${#commands} )); then _describe command commands`,
    '  else _files; fi',
    '}',
    'compdef _clambake clambake',
  ].join('\n')
}

/** A fish completion script, with one `complete` line for each word and option. */
export function fishCompletion(program: Command): string {
  const nodes = all(nodeOf(program))
  return nodes
    .flatMap(node => {
      const place = condition(node)
      return [
        ...node.children.map(
          ({words, summary}) => `complete -c clambake -f -n '${place}' -a ${words.at(-1)} -d ${single(summary)}`,
        ),
        ...node.options.map(({flags, about, takesValue}) => {
          const named = flags.map(flag => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
          return `complete -c clambake -n '${place}' ${named.join(' ')}${takesValue ? ' -r' : ''} -d ${single(about)}`
        }),
      ]
    })
    .join('\n')
}

function condition({words, children}: Node): string {
  if (words.length === 0) return '__fish_use_subcommand'
  const seen = words.map(word => `__fish_seen_subcommand_from ${word}`)
  const none = children.length > 0 ? [`not __fish_seen_subcommand_from ${names({children}).join(' ')}`] : []
  return [...seen, ...none].join('; and ')
}

/** `word:description` for `_describe`, which ends the word at a colon. */
function quoted(word: string, about: string): string {
  return single(`${word.replaceAll(':', '\\:')}:${about}`)
}

function single(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
