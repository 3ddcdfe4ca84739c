import type {Stage} from '../../fixtures/demo/stage.ts'
import type {RunResult} from '../../src/base/run.ts'
import type {DaemonApi, DaemonState, DaemonTopics} from '../../src/protocol/daemon.ts'
import type {HostApi, HostTopics} from '../../src/protocol/host-api.ts'
import type {Connection} from '../../src/rpc/connect.ts'
import type {App, AppOptions} from './driver/app.ts'

export type Pids = {daemon: number | null; host: number | null}

export type Play = AsyncDisposable &
  Stage & {
    /** The play's own folder: home, state, clones. */
    folder: string
    /** The screen, or a command with its arguments, in a real terminal. */
    open(
      options?: Partial<Pick<AppOptions, 'args' | 'cols' | 'rows' | 'background'>> & {env?: Record<string, string>},
    ): App
    /** A command without a terminal; any exit code is an answer. `cwd`: another clone. */
    command(args: readonly string[], env?: Record<string, string>, cwd?: string): Promise<RunResult>
    /** A command that is ended by a signal; throws when it is not. */
    dies(args: readonly string[], env: Record<string, string>): Promise<NodeJS.Signals>
    /** The command's `--json`, parsed. */
    json(...args: string[]): Promise<unknown>
    /** Claims an issue, or the next ready one, and starts its agent; fails when that is refused. */
    popped(issue?: number): Promise<void>
    /** The state once the ticket's work is bottled. */
    bottled(issue: number): Promise<DaemonState>
    /** Lands the train; fails unless exactly these tickets are merged. */
    landed(...issues: number[]): Promise<void>
    /** Process ids of the daemon and the host as they say themselves; null: not running. */
    pids(): Pids
    /** A further clone, whose processes are ended with those of the play's own. */
    alsoIn(checkout: string): void
    /** Connections to the processes as they run, without starting any. Rejects with `not-running`. */
    daemon(): Promise<Connection<DaemonApi, DaemonTopics>>
    host(): Promise<Connection<HostApi, HostTopics>>
    /** Everything of this play that runs, as `pid command`. */
    processes(): Promise<string[]>
  }
