declare const __CLAMBAKE_TEST_BUILD__: boolean | undefined

export type CrashPoints = (name: string, side: 'before' | 'after') => void

/**
 * Points at which a test build kills itself: `CLAMBAKE_CRASH=<effect>:<before|after>`. It uses SIGKILL, so that nothing
 * can clean up. A release build has none.
 */
export function crashPoints(env: NodeJS.ProcessEnv): CrashPoints {
  const wanted = env.CLAMBAKE_CRASH
  const enabled = typeof __CLAMBAKE_TEST_BUILD__ === 'undefined' || __CLAMBAKE_TEST_BUILD__
  if (!wanted || !enabled) return () => {}
  return (name, side) => {
    if (`${name}:${side}` === wanted) process.kill(process.pid, 'SIGKILL')
  }
}
