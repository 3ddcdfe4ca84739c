import {BaseSequencer, type TestSpecification} from 'vitest/node'

/**
 * Starts the end-to-end files before all others, the long ones first: a long file that starts last would run alone
 * while the other workers have nothing to do. Vitest itself knows how long files take only after a first run.
 */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isEndToEnd = ({moduleId}: TestSpecification) => moduleId.includes('/test/e2e/')
    return [...sorted.filter(isEndToEnd), ...sorted.filter(file => !isEndToEnd(file))]
  }
}
