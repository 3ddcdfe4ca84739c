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

type Action = {type: string; params: unknown}

/**
 * xstate's pure transitions over plain data. Machines use only states, guards, `assign` and the action `emit`, whose params
 * are what the transition asks for; no timers, actors or raised events.
 */
export function stepper<Machine extends AnyStateMachine, Context, Output>(machine: Machine) {
  type Value = StateValueFrom<Machine> & string
  const logic: AnyStateMachine = machine
  let transition: ReturnType<typeof pureTransition> | undefined
  return function step(
    state: MachineState<Value, Context>,
    event: EventFromLogic<Machine>,
  ): Stepped<Value, Context, Output> {
    transition ??= pureTransition(logic)
    const snapshot = logic.resolveState({value: state.value, context: state.context})
    const [next, actions] = transition(snapshot, event)
    // An internal transition with only an action keeps the snapshot but still asks for something.
    if (next === snapshot && actions.length === 0) return {state, output: [], moved: false}
    const output = actions.filter(action => action.type === 'emit').map(action => action.params as Output)
    return {state: {value: next.value as Value, context: next.context as Context}, output, moved: true}
  }
}

/**
 * What xstate's own `transition` does, which makes an actor with a system around it for each event, half of what an event
 * costs. None of our machines has anything to do with its actor, so one that is never started is enough for all.
 */
function pureTransition(logic: AnyStateMachine) {
  const self = createActor(logic)
  let actions: Action[] = []
  const nothing = () => {}
  const scope: AnyActorScope = {
    ...{self, system: self.system, id: '', sessionId: ''},
    ...{logger: nothing, defer: nothing, stopChild: nothing, emit: nothing},
    actionExecutor: action => void actions.push(action as Action),
  }
  return (snapshot: ReturnType<AnyStateMachine['resolveState']>, event: EventFromLogic<AnyStateMachine>) => {
    const asked: Action[] = []
    actions = asked
    return [logic.transition(snapshot, event, scope), asked] as const
  }
}
