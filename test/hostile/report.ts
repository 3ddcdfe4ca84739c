import type {Reporter, TestModule} from 'vitest/node'

/** The files whose tests try what a hostile agent could do; `npm run test:hostile` runs them. */
const FILES = [
  'test/hostile/',
  'test/git/attacks',
  'test/git/lfs',
  'test/git/read-main',
  'test/rpc/callers',
  'test/daemon/guard',
  'test/agents/sandbox',
]

/** Says in one line how many attacks were tried and how many of them held, after any run that has the hostile agent. */
export function hostileReport(): Reporter {
  return {
    onTestRunEnd(modules) {
      const tried = modules
        .filter(isHostile)
        .flatMap(module => [...module.children.allTests('passed'), ...failed(module)])
      if (!modules.some(({relativeModuleId: file}) => file === 'test/hostile/agent.test.ts')) return
      const held = tried.filter(test => test.result().state === 'passed')
      console.log(`hostile: ${tried.length} tried, ${held.length} held`)
    },
  }
}

function isHostile({relativeModuleId}: TestModule): boolean {
  return FILES.some(file => relativeModuleId.startsWith(file))
}

/** Those that failed, and all of a file that could not begin. */
function failed(module: TestModule) {
  return [...module.children.allTests('failed'), ...(module.ok() ? [] : module.children.allTests('pending'))]
}
