import {parse} from 'smol-toml'
import {expect, it} from 'vitest'
import {DOCS, exampleConfig} from '../../src/config/example.ts'
import {parseConfig} from '../../src/config/load.ts'
import {settings} from '../../src/config/shape.ts'
import {defaultConfig} from '../../src/model/data/config.ts'

const example = exampleConfig()
/** The file with every setting in force. */
const inForce = example.replaceAll(/^#(?=[\w[])/gm, '')

it('changes nothing as it is written', () => {
  expect(parseConfig(example)).toEqual(defaultConfig)
})

it('is right with every setting in force, and shows the defaults', () => {
  const config = parseConfig(inForce)
  for (const {path, fallback} of settings()) {
    if (fallback === undefined || path.includes('*')) continue
    expect(valueAt(config, path), path.join('.')).toEqual(fallback)
  }
})

it('shows every setting, with a word on each', () => {
  const written = parse(inForce)
  const missing = settings().filter(({path}) => {
    const shown = path
      .join('.')
      .replace('agents.slots.*', 'agents.agent-001')
      .replace('profiles.*', 'profiles.my-agent')
    return valueAt(written, shown.split('.')) === undefined
  })
  expect(missing).toEqual([])
  expect(Object.keys(DOCS).sort()).toEqual(
    settings()
      .map(({path}) => path.join('.'))
      .sort(),
  )
})

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value)
}
