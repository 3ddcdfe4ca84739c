/** The most characters that GitHub takes of a body: of an issue, a pull request, a comment, a review. */
const LONGEST = 65_536
const CUT = '\n\n(cut here: GitHub takes no more)'

/** As much of a body as GitHub takes. One that is too long would be refused as a whole, at each try. */
export function fitBody(body: string): string {
  if (body.length <= LONGEST) return body
  return body.slice(0, LONGEST - CUT.length).toWellFormed() + CUT
}
