/** The hub is off here, so a command of it does nothing and ends well. `defineCommand` catches it. */
export class HubOff extends Error {
  readonly by: 'user' | 'project'

  constructor(by: 'user' | 'project') {
    super('the hub is off')
    this.by = by
  }
}
