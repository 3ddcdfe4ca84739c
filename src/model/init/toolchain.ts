import type {ProjectType} from './manifest.ts'

/** What a repository is built with, as its files tell. */
export type Toolchain = {
  node: {
    scripts: readonly string[]
    /** Names of the packages that it needs. */
    packages: readonly string[]
    hasProgram: boolean
    /** By the lock file that git has: one that is only on this machine does not reach CI. */
    lock: 'npm' | 'pnpm' | 'yarn' | null
  } | null
  rust: {hasProgram: boolean} | null
  python: {hasRequirements: boolean} | null
  go: {hasProgram: boolean} | null
}

const WEB = /^(?:next|nuxt|react|react-dom|vue|svelte|@sveltejs\/kit|@angular\/core|astro|vite|solid-js)$/
const SERVER = /^(?:express|fastify|koa|hono|@nestjs\/core|@hapi\/hapi)$/

/** The kind of project that it most likely is. */
export function guessProject({node, rust, go}: Toolchain): ProjectType {
  if (node?.packages.some(name => WEB.test(name))) return 'webapp'
  if (node?.packages.some(name => SERVER.test(name))) return 'api'
  return node?.hasProgram || rust?.hasProgram || go?.hasProgram ? 'cli' : 'library'
}

/** A value that Actions fills in. */
export function expression(text: string): string {
  return `$\{{ ${text} }}`
}

/** One step of a job, as lines of YAML without indentation. */
export type JobStep = readonly string[]

const LANGUAGES = [
  ['node', nodeSteps],
  ['rust', rustSteps],
  ['python', pythonSteps],
  ['go', goSteps],
] as const

/** Versions that a library is tried on; everything else runs on the newest. */
const NODE_VERSIONS = [22, 24]

/** What sets the project up and verifies it in CI, for all that it is built with. */
export function verifySteps(
  tools: Toolchain,
  project: ProjectType,
): {steps: JobStep[]; nodeVersions: readonly number[]} {
  const steps = LANGUAGES.flatMap(([, stepsOf]) => stepsOf(tools, project))
  const several = project === 'library' && tools.node !== null
  if (steps.length === 0) {
    steps.push([
      'name: Nothing to build was found when this was written; the tests of the project go here',
      'run: git log -1',
    ])
  }
  return {steps, nodeVersions: several ? NODE_VERSIONS : NODE_VERSIONS.slice(-1)}
}

/** The names under which GitHub reports the job that runs these steps: one for each version that it is tried on. */
export function checkNames(job: string, tools: Toolchain, project: ProjectType): string[] {
  if (!tools.node) return [job]
  return verifySteps(tools, project).nodeVersions.map(version => `${job} (${version})`)
}

function nodeSteps({node}: Toolchain, project: ProjectType): JobStep[] {
  if (!node) return []
  const {lock, scripts} = node
  const manager = lock ?? 'npm'
  const install = {npm: 'npm ci', pnpm: 'pnpm install --frozen-lockfile', yarn: 'yarn install --frozen-lockfile'}[
    manager
  ]
  // A library may come without a built form; what people run must build.
  const wanted =
    project === 'library'
      ? ['lint', 'types', 'typecheck', 'test', 'build']
      : ['lint', 'types', 'typecheck', 'build', 'test']
  return [
    ...(manager === 'pnpm' ? [['uses: pnpm/action-setup@v4', 'with:', '  version: latest']] : []),
    [
      'uses: actions/setup-node@v4',
      'with:',
      `  node-version: ${expression('matrix.node')}`,
      ...(lock === null ? [] : [`  cache: ${manager}`]),
    ],
    [`run: ${lock === null ? 'npm install' : install}`],
    ...wanted.filter(script => scripts.includes(script)).map(script => [`run: ${manager} run ${script}`]),
    ...(project === 'cli' && scripts.includes('build') ? [['name: It can be packed', 'run: npm pack --dry-run']] : []),
  ]
}

function rustSteps({rust}: Toolchain, project: ProjectType): JobStep[] {
  if (!rust) return []
  const build = project === 'library' ? [] : [['run: cargo build --release']]
  return [['run: cargo test --all'], ...build]
}

function pythonSteps({python}: Toolchain): JobStep[] {
  if (!python) return []
  return [
    ['uses: actions/setup-python@v5', 'with:', '  python-version: "3.x"'],
    [`run: python -m pip install pytest ${python.hasRequirements ? '-r requirements.txt' : '.'}`],
    ['run: python -m pytest'],
  ]
}

function goSteps({go}: Toolchain, project: ProjectType): JobStep[] {
  if (!go) return []
  const build = project === 'library' ? [] : [['run: go build ./...']]
  return [
    ['uses: actions/setup-go@v5', 'with:', '  go-version-file: go.mod'],
    ['run: go vet ./...'],
    ['run: go test ./...'],
    ...build,
  ]
}
