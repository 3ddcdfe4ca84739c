import type {Config} from '../model/data/config.ts'

/** A configuration whose sections are those in force at the moment in which they are read. */
export type LiveConfig = {
  config: Config
  /** From now on the sections come from here. */
  followConfig(read: () => Config): void
}

/**
 * Makes a view of the configuration that is given to gateways and handlers once and always shows the present one. Where
 * several sections have to fit together across an `await`, a copy of the view holds them: `{...config}`.
 */
export function liveConfig(first: Config): LiveConfig {
  let read = () => first
  return {
    config: {
      get github() {
        return read().github
      },
      get routing() {
        return read().routing
      },
      get agents() {
        return read().agents
      },
      get profiles() {
        return read().profiles
      },
      get worktree() {
        return read().worktree
      },
      get claims() {
        return read().claims
      },
      get integration() {
        return read().integration
      },
      get bundling() {
        return read().bundling
      },
      get landing() {
        return read().landing
      },
      get radar() {
        return read().radar
      },
      get recovery() {
        return read().recovery
      },
      get sync() {
        return read().sync
      },
      get hub() {
        return read().hub
      },
      get observability() {
        return read().observability
      },
      get polling() {
        return read().polling
      },
    },
    followConfig(next) {
      read = next
    },
  }
}
