import type {TicketState, TicketValue} from './ticket.ts'

/** The phases that GitHub shows by labels and by the board's column. */
export type LabelPhase = 'claimed' | 'working' | 'repair' | 'review' | 'blocked' | 'merged'

/** The phases of claimed tickets on the screen. */
export type HeldPhase = 'claimed' | 'working' | 'review' | 'blocked' | 'merged' | 'orphaned'

/** The stages of a landing, in order. */
export const STAGES = ['bottled', 'boarded', 'tested', 'merged'] as const
export type Stage = (typeof STAGES)[number]

/** What the program knows about a ticket from its state alone. */
type Traits = {
  shown: {
    /** The phase on GitHub; null: GitHub shows nothing, as the claim is not won or is lost. */
    github: LabelPhase | null
    /** The phase on the screen. */
    screen: HeldPhase
    /** One word beside the phase on the screen, where the phase does not say it all. */
    detail: string | null
    /** The screen shows the ticket's reason in the colour that calls a person. */
    attention: boolean
  }
  may: {
    /** A person may stop it at once. What is being claimed, pushed or merged ends first. */
    stop: boolean
    /** A person may reset it: its claim is released and its work kept. What lands no longer needs its agent. */
    reset: boolean
    /** Its agent may cost money, so a used-up budget ends it. Inspecting, verifying and pushing cost nothing. */
    spend: boolean
    /** A person may retry it, or release it without stopping it first: its agent was stopped, and its work is kept. */
    retry: boolean
  }
  has: {
    /** It holds an agent's slot. */
    slot: boolean
    /** Its branch may hold work that conflicts with main. */
    work: boolean
    /** Its work is pushed as a whole and needs no repair, as far as known. */
    bottle: boolean
  }
  is: {
    /** Its claim, its agent or its worktree is still to come, so the caller who asked for the ticket waits. */
    beginning: boolean
    /** It is on its way from a finished turn to pushed work. */
    bottling: boolean
    /** It is on its way from pushed work to main, so its issue may be closed already. */
    landing: boolean
    /** It does not land with the next train: it waits for an agent or a person. */
    putOff: boolean
    /** Only a person or another daemon moves it. */
    atRest: boolean
    /** It needs no agent any more, so it counts as no agent's load. */
    over: boolean
  }
  lands: {
    /** The stage on its way to main that it reaches by entering the state; null: none by that. */
    stage: Stage | null
    /** Its pull request waits for checks and people, is green, or merges in a moment or has merged; null: none of these. */
    pull: 'waits' | 'green' | 'merges' | null
    /** Why a pass ends without having landed it; null: there is no more to say than the state. */
    unfinished: string | null
  }
  /**
   * What moves it on: an effect or a timer that is under way, its agent's process, a free agent, its turn to land, a
   * person, or the end of another daemon's claim. null: it is done.
   */
  next: 'effect' | 'agent' | 'slot' | 'turn' | 'person' | 'claim' | null
}

/** One row for each state of the machine. A state without a row does not compile. */
export const TICKET_STATES: Readonly<Record<TicketValue, Traits>> = {
  claiming: {
    shown: {github: null, screen: 'claimed', detail: 'claiming', attention: false},
    may: {stop: false, reset: false, spend: false, retry: false},
    has: {slot: true, work: false, bottle: false},
    is: {beginning: true, bottling: false, landing: false, putOff: false, atRest: false, over: false},
    lands: {stage: null, pull: null, unfinished: null},
    next: 'effect',
  },
  preparing: {
    shown: {github: 'claimed', screen: 'claimed', detail: 'worktree', attention: false},
    may: {stop: true, reset: true, spend: true, retry: false},
    has: {slot: true, work: false, bottle: false},
    is: {beginning: true, bottling: false, landing: false, putOff: false, atRest: false, over: false},
    lands: {stage: null, pull: null, unfinished: null},
    next: 'effect',
  },
  settingUp: {
    shown: {github: 'claimed', screen: 'claimed', detail: 'setting up', attention: false},
    may: {stop: true, reset: true, spend: true, retry: false},
    has: {slot: true, work: false, bottle: false},
    is: {beginning: false, bottling: false, landing: false, putOff: false, atRest: false, over: false},
    lands: {stage: null, pull: null, unfinished: null},
    next: 'effect',
  },
  starting: {
    shown: {github: 'claimed', screen: 'claimed', detail: 'starting', attention: false},
    may: {stop: true, reset: true, spend: true, retry: false},
    has: {slot: true, work: false, bottle: false},
    is: {beginning: false, bottling: false, landing: false, putOff: false, atRest: false, over: false},
    lands: {stage: null, pull: null, unfinished: null},
    next: 'effect',
  },
  working: {
    shown: {github: 'working', screen: 'working', detail: null, attention: false},
    may: {stop: true, reset: true, spend: true, retry: false},
    has: {slot: true, work: true, bottle: false},
    is: {beginning: false, bottling: false, landing: false, putOff: false, atRest: false, over: false},
    lands: {stage: null, pull: null, unfinished: null},
    next: 'agent',
  },
  inspecting: {
    shown: {github: 'working', screen: 'working', detail: 'checking', attention: false},
    may: {stop: true, reset: true, spend: false, retry: false},
    has: {slot: true, work: true, bottle: false},
    is: {beginning: false, bottling: true, landing: false, putOff: false, atRest: false, over: false},
    lands: {stage: null, pull: null, unfinished: null},
    next: 'effect',
  },
  verifying: {
    shown: {github: 'working', screen: 'working', detail: 'verifying', attention: false},
    may: {stop: true, reset: true, spend: false, retry: false},
    has: {slot: true, work: true, bottle: false},
    is: {beginning: false, bottling: true, landing: false, putOff: false, atRest: false, over: false},
    lands: {stage: null, pull: null, unfinished: null},
    next: 'effect',
  },
  bottling: {
    shown: {github: 'working', screen: 'working', detail: 'pushing', attention: false},
    may: {stop: false, reset: false, spend: false, retry: false},
    has: {slot: true, work: true, bottle: false},
    is: {beginning: false, bottling: true, landing: false, putOff: false, atRest: false, over: false},
    lands: {stage: null, pull: null, unfinished: null},
    next: 'effect',
  },
  bottled: {
    shown: {github: 'review', screen: 'review', detail: 'bottled', attention: false},
    may: {stop: true, reset: true, spend: false, retry: false},
    has: {slot: false, work: true, bottle: true},
    is: {beginning: false, bottling: false, landing: false, putOff: false, atRest: false, over: false},
    lands: {
      stage: 'bottled',
      pull: null,
      unfinished: 'it is bottled and waits: landing is halted, or the train is paused',
    },
    next: 'turn',
  },
  aboard: {
    shown: {github: 'review', screen: 'review', detail: 'aboard', attention: false},
    may: {stop: true, reset: false, spend: false, retry: false},
    has: {slot: false, work: true, bottle: true},
    is: {beginning: false, bottling: false, landing: true, putOff: false, atRest: false, over: false},
    lands: {stage: 'boarded', pull: null, unfinished: null},
    next: 'turn',
  },
  opening: {
    shown: {github: 'review', screen: 'review', detail: 'opening', attention: false},
    may: {stop: true, reset: false, spend: false, retry: false},
    has: {slot: false, work: true, bottle: true},
    is: {beginning: false, bottling: false, landing: true, putOff: false, atRest: false, over: false},
    lands: {stage: 'boarded', pull: null, unfinished: null},
    next: 'effect',
  },
  checking: {
    shown: {github: 'review', screen: 'review', detail: 'checks', attention: false},
    may: {stop: true, reset: false, spend: false, retry: false},
    has: {slot: false, work: true, bottle: true},
    is: {beginning: false, bottling: false, landing: true, putOff: false, atRest: false, over: false},
    lands: {stage: null, pull: 'waits', unfinished: null},
    next: 'effect',
  },
  mergeable: {
    shown: {github: 'review', screen: 'review', detail: 'green', attention: false},
    may: {stop: true, reset: false, spend: false, retry: false},
    has: {slot: false, work: true, bottle: true},
    is: {beginning: false, bottling: false, landing: true, putOff: false, atRest: false, over: false},
    lands: {
      stage: 'tested',
      pull: 'green',
      unfinished: 'its checks are green; merging is left to people by integration.auto_merge',
    },
    next: 'turn',
  },
  held: {
    shown: {github: 'review', screen: 'review', detail: 'needs you', attention: true},
    may: {stop: true, reset: false, spend: false, retry: false},
    has: {slot: false, work: true, bottle: true},
    is: {beginning: false, bottling: false, landing: true, putOff: false, atRest: true, over: false},
    lands: {stage: null, pull: 'waits', unfinished: null},
    next: 'effect',
  },
  updating: {
    shown: {github: 'review', screen: 'review', detail: 'updating', attention: false},
    may: {stop: false, reset: false, spend: false, retry: false},
    has: {slot: false, work: true, bottle: true},
    is: {beginning: false, bottling: false, landing: true, putOff: false, atRest: false, over: false},
    lands: {stage: null, pull: null, unfinished: null},
    next: 'effect',
  },
  merging: {
    shown: {github: 'review', screen: 'review', detail: 'merging', attention: false},
    may: {stop: false, reset: false, spend: false, retry: false},
    has: {slot: false, work: false, bottle: true},
    is: {beginning: false, bottling: false, landing: true, putOff: false, atRest: false, over: false},
    lands: {stage: 'tested', pull: 'merges', unfinished: null},
    next: 'effect',
  },
  finishing: {
    shown: {github: 'review', screen: 'review', detail: 'merged', attention: false},
    may: {stop: false, reset: false, spend: false, retry: false},
    has: {slot: false, work: false, bottle: true},
    is: {beginning: false, bottling: false, landing: true, putOff: false, atRest: false, over: false},
    lands: {stage: 'merged', pull: 'merges', unfinished: null},
    next: 'effect',
  },
  uncleaned: {
    shown: {github: 'review', screen: 'review', detail: 'clean-up', attention: true},
    may: {stop: false, reset: false, spend: false, retry: false},
    has: {slot: false, work: false, bottle: true},
    is: {beginning: false, bottling: false, landing: true, putOff: false, atRest: true, over: false},
    lands: {stage: null, pull: 'merges', unfinished: null},
    next: 'effect',
  },
  queued: {
    shown: {github: 'repair', screen: 'claimed', detail: 'repair', attention: false},
    may: {stop: true, reset: true, spend: false, retry: false},
    has: {slot: false, work: true, bottle: false},
    is: {beginning: true, bottling: false, landing: false, putOff: true, atRest: false, over: false},
    lands: {stage: null, pull: null, unfinished: 'its repair needs an agent'},
    next: 'slot',
  },
  blocked: {
    shown: {github: 'blocked', screen: 'blocked', detail: null, attention: true},
    may: {stop: false, reset: true, spend: false, retry: true},
    has: {slot: false, work: true, bottle: false},
    is: {beginning: false, bottling: false, landing: false, putOff: true, atRest: true, over: false},
    lands: {stage: null, pull: null, unfinished: null},
    next: 'person',
  },
  merged: {
    shown: {github: 'merged', screen: 'merged', detail: null, attention: false},
    may: {stop: false, reset: false, spend: false, retry: false},
    has: {slot: false, work: false, bottle: true},
    is: {beginning: false, bottling: false, landing: false, putOff: false, atRest: true, over: true},
    lands: {stage: null, pull: 'merges', unfinished: null},
    next: null,
  },
  lost: {
    shown: {github: null, screen: 'orphaned', detail: null, attention: true},
    may: {stop: false, reset: false, spend: false, retry: false},
    has: {slot: false, work: false, bottle: false},
    is: {beginning: false, bottling: false, landing: false, putOff: false, atRest: true, over: true},
    lands: {stage: null, pull: null, unfinished: null},
    next: 'claim',
  },
}

/** Whether the ticket holds an agent's slot. */
export function holdsSlot(ticket: TicketState): boolean {
  return TICKET_STATES[ticket.value].has.slot
}

/** Whether the ticket's work is on main, whatever is left to clean up. */
export function isOnMain({value}: TicketState): boolean {
  return TICKET_STATES[value].lands.pull === 'merges' && value !== 'merging'
}

/** Whether Clambake has nothing left to do for the ticket: it has landed, or only a person moves it. */
export function isDone({value}: TicketState): boolean {
  const {next} = TICKET_STATES[value]
  return next === null || next === 'person'
}
