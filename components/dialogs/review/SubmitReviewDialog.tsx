import {submitLines} from '../../../src/client/dialogs/review/submit-review.ts'
import {contentRect} from '../../../src/client/layout/overlays.ts'
import {fitLine} from '../../../src/client/text/line.ts'
import {Lines} from '../../elements/Lines.tsx'
import {Dialog, type DialogKeys, type OpenDialog} from '../Dialog.tsx'

/** Who gets a review and what is published; nothing is sent before it is confirmed. */
export function SubmitReviewDialog({rect, dialog}: OpenDialog<'submit'>) {
  const {width} = contentRect(rect)
  const {readers, pull, publish} = dialog
  const sends = readers.length > 0 || publish !== 'no'
  const keys: DialogKeys = [
    ...(sends ? ([['dialog.confirm', 'send']] as const) : []),
    ...(pull === null ? [] : ([['submit.publish', publish === 'no' ? 'publish too' : 'do not publish']] as const)),
    ...(pull === null || publish === 'no'
      ? []
      : ([['submit.verdict', publish === 'changes' ? 'comments only' : 'request changes']] as const)),
    ['dialog.cancel', 'not now'],
  ]
  return (
    <Dialog rect={rect} title="Send the review?" opener="diff.submit" keys={keys}>
      <Lines lines={submitLines(dialog, width).map(line => fitLine(line, width))} />
    </Dialog>
  )
}
