import {type AnyStateMachine, type EventFromLogic, type StateValueFrom, transition} from 'xstate'

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
 * xstate's pure `transition` over plain data. Machines use only states, guards, `assign` and the action `emit`,
 * whose params are what the transition asks for; no timers, actors or raised events.
 */
export function stepper<Machine extends AnyStateMachine, Context, Output>(machine: Machine) {
  type Value = StateValueFrom<Machine> & string
  return function step(
    state: MachineState<Value, Context>,
    event: EventFromLogic<Machine>,
  ): Stepped<Value, Context, Output> {
    const logic: AnyStateMachine = machine
    const snapshot = logic.resolveState({value: state.value, context: state.context})
    const [next, actions] = transition(logic, snapshot, event)
    // An internal transition with only an action keeps the snapshot but still asks for something.
    if (next === snapshot && actions.length === 0) return {state, output: [], moved: false}
    const output = (actions as readonly {type: string; params: unknown}[])
      .filter(action => action.type === 'emit')
      .map(action => action.params as Output)
    return {state: {value: next.value as Value, context: next.context as Context}, output, moved: true}
  }
}
