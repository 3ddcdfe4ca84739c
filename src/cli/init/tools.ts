import {existsSync} from 'node:fs'
import {join} from 'node:path'
import * as z from 'zod'
import type {Toolchain} from '../../model/init/toolchain.ts'
import {textAt} from './files.ts'

const packageShape = z.object({
  scripts: z.record(z.string(), z.unknown()).default({}),
  dependencies: z.record(z.string(), z.unknown()).default({}),
  devDependencies: z.record(z.string(), z.unknown()).default({}),
  bin: z.unknown().optional(),
})

/** Finds out from the files in the root how a repository is built. */
export async function findTools(root: string, tracks: (path: string) => Promise<boolean>): Promise<Toolchain> {
  const has = (path: string) => existsSync(join(root, path))
  const shipped = async (path: string) => has(path) && (await tracks(path))
  const lock = (await shipped('pnpm-lock.yaml'))
    ? 'pnpm'
    : (await shipped('yarn.lock'))
      ? 'yarn'
      : (await shipped('package-lock.json'))
        ? 'npm'
        : null
  const described = await packageOf(root)
  return {
    node: described && {
      scripts: Object.keys(described.scripts),
      packages: Object.keys({...described.dependencies, ...described.devDependencies}),
      hasProgram: described.bin !== undefined,
      lock,
    },
    rust: has('Cargo.toml') ? {hasProgram: has('src/main.rs')} : null,
    python: has('pyproject.toml') || has('requirements.txt') ? {hasRequirements: has('requirements.txt')} : null,
    go: has('go.mod') ? {hasProgram: has('main.go')} : null,
  }
}

/** The repository's package.json; null: it does not exist or cannot be read. */
async function packageOf(root: string): Promise<z.infer<typeof packageShape> | null> {
  const text = await textAt(root, 'package.json')
  if (text === null) return null
  try {
    return packageShape.parse(JSON.parse(text))
  } catch {
    return null
  }
}
