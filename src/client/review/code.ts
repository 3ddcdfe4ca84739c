import type {Segment} from '../text/line.ts'

/** What a piece of code looks like beside the look of its line. */
export type CodeLook = Pick<Segment, 'tone' | 'bold' | 'italic'>
export type CodePiece = {text: string} & CodeLook
