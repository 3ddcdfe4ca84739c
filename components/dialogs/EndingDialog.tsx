import {contentRect} from '../../src/client/layout/overlays.ts'
import {fitLine, type Line} from '../../src/client/text/line.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog} from './Dialog.tsx'

type EndingProps = Required<Pick<Parameters<typeof Dialog>[0], 'rect' | 'title' | 'opener'>> & {
  /** What is done to each agent: `stop`. */
  verb: string
  /** How many agents end. */
  agents: number
  lines: (width: number) => readonly Line[]
}

/** Asks before agents are ended, and says what becomes of their work. */
export function EndingDialog({rect, title, opener, verb, agents, lines}: EndingProps) {
  const {width} = contentRect(rect)
  const them = agents === 1 ? 'it' : 'them'
  return (
    <Dialog
      rect={rect}
      title={title}
      opener={opener}
      keys={[
        ['dialog.confirm', `${verb} ${them}`],
        ['dialog.cancel', `let ${them} work`],
      ]}
    >
      <Lines lines={lines(width).map(line => fitLine(line, width))} />
    </Dialog>
  )
}
