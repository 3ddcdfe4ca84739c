import type {Config} from '../config.ts'

/** The profile that needs no configuration; a `[profiles.claude]` table replaces it. */
export const BUILTIN_PROFILE = 'claude'

/** The profiles that `agents.profile` may name. */
export function profileNames({profiles}: Config): string[] {
  return [...new Set([BUILTIN_PROFILE, ...Object.keys(profiles)])]
}

/** The programs of this machine without which no agent of the chosen profile starts. */
export function programsOf({agents, profiles}: Config): string[] {
  const profile = profiles[agents.profile]
  if (profile?.runner) return [profile.runner]
  const [program] = profile?.command ?? agents.command
  return [...(profile?.sandbox === 'bwrap' ? ['bwrap'] : []), ...(program === undefined ? [] : [program])]
}
