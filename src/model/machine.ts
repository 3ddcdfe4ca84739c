import {type AnyActorScope, type AnyStateMachine, createActor, type EventFromLogic, type StateValueFrom} from 'xstate'

/** A machine's state as plain data: it can be stored, sent and compared. */
export type MachineState<Value extends string, Context> = {readonly value: Value; readonly context: Context}

type Stepped<Value extends string, Context, Output> = {
  state: MachineState<Value, Context>
  /** What the transition asks for, in order. */
  output: readonly Output[]
  /** Whether the event meant anything in this state. */
  moved: boolean
}

/**
 * xstate's machines as pure functions over plain data. Machines use only states, guards, `assign` and the action `emit`,
 * whose params are what the transition asks for; no timers, actors or raised events. Such a machine asks nothing of its
 * actor, so one that is never started serves all its steps: xstate's `transition` makes one for each, half of its time.
 */
export function stepper<Machine extends AnyStateMachine, Context, Output>(machine: Machine) {
  type Value = StateValueFrom<Machine> & string
  let scope: Omit<AnyActorScope, 'actionExecutor'> | null = null
  return function step(
    state: MachineState<Value, Context>,
    event: EventFromLogic<Machine>,
  ): Stepped<Value, Context, Output> {
    const logic: AnyStateMachine = machine
    const snapshot = logic.resolveState({value: state.value, context: state.context})
    scope ??= unstarted(logic)
    const actions: {type: string; params: unknown}[] = []
    const next = logic.transition(snapshot, event, {...scope, actionExecutor: action => actions.push(action)})
    // An internal transition with only an action keeps the snapshot but still asks for something.
    if (next === snapshot && actions.length === 0) return {state, output: [], moved: false}
    const output = actions.filter(action => action.type === 'emit').map(action => action.params as Output)
    return {state: {value: next.value as Value, context: next.context as Context}, output, moved: true}
  }
}

/** What a transition is given beside its event, of an actor that does nothing. */
function unstarted(logic: AnyStateMachine): Omit<AnyActorScope, 'actionExecutor'> {
  const self = createActor(logic)
  const nothing = () => {}
  return {
    self,
    system: self.system,
    id: '',
    sessionId: '',
    defer: nothing,
    logger: nothing,
    stopChild: nothing,
    emit: nothing,
  }
}
