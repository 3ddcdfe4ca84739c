import {basename} from 'node:path'
import type {Log} from '../../base/log.ts'
import type {RepositoryOptions} from '../../client/fleet/fleet.ts'
import type {Arrangement} from '../../client/state/types.ts'
import {type LayoutTaste, layoutFor, type TasteStore} from '../../config/taste.ts'
import type {CommandContext} from '../context.ts'
import {doctorChecks, firstStartChecks} from './first-start.ts'

/** The read-only connections. They bring the daemon's code along, so they are loaded only for a read-only screen. */
type ReadOnly = typeof import('../read-only.ts')

type Given = {tasteStore: TasteStore; log: Log; readOnly: ReadOnly | null; reading: AsyncDisposableStack}

/** A repository for the screen: its connections, layout and first checks. Throws outside of a repository. */
export async function repositoryOf(context: CommandContext, given: Given): Promise<RepositoryOptions> {
  const {tasteStore, log} = given
  const {root} = await context.place()
  const remember = (arrangement: Arrangement) => {
    try {
      tasteStore.set({layouts: {...tasteStore.taste.layouts, [root]: layoutTasteOf(arrangement)}})
    } catch (error) {
      log.warn('the layout is not remembered', {file: tasteStore.file, error})
    }
  }
  return {
    name: basename(root),
    ...linksOf(context, given),
    arrangement: arrangementOf(layoutFor(tasteStore.taste, root)),
    onArranged: remember,
    setup: await firstStartChecks(context),
    checkSetup: () => doctorChecks(context),
  }
}

/** A folder without a repository for the screen, which keeps trying to connect to it. */
export function missingRepository(context: CommandContext, given: Given): RepositoryOptions {
  return {name: basename(context.cwd), ...linksOf(context, given)}
}

function linksOf(
  context: CommandContext,
  {readOnly, reading}: Pick<Given, 'readOnly' | 'reading'>,
): Pick<RepositoryOptions, 'daemon' | 'host'> {
  return {
    daemon: () => (readOnly ? readOnly.readOnlyDaemon(context, reading) : context.daemon()),
    host: () => (readOnly ? readOnly.readOnlyHost(context) : context.host()),
  }
}

function arrangementOf({lists, agents_abreast: abreast}: LayoutTaste): Arrangement {
  return {lists: lists ?? null, abreast: abreast ?? null}
}

function layoutTasteOf({lists, abreast}: Arrangement): LayoutTaste {
  return {...(lists === null ? {} : {lists}), ...(abreast === null ? {} : {agents_abreast: abreast})}
}
