/** What a text means; a theme decides how that looks. `edge` is for borders, which no one has to read. */
export type Tone = 'text' | 'muted' | 'accent' | 'attention' | 'working' | 'good' | 'bad' | 'edge'

/** How Ink draws a tone. No colour: by weight alone. */
export type Look = {color?: string; bold?: boolean; dimColor?: boolean}

export type Looks = Readonly<Record<Tone, Look>>

/** Readable (WCAG AA, 4.5 to 1) on black and on the usual dark backgrounds up to that of Nord. */
export const DARK: Looks = {
  text: {},
  muted: {color: '#9aa2ae'},
  accent: {color: '#7cc0ff'},
  attention: {color: '#e9c46a', bold: true},
  working: {color: '#5cc8d4'},
  good: {color: '#9ccf7f'},
  bad: {color: '#f7858c'},
  edge: {color: '#5c6370'},
}

/** Readable (WCAG AA, 4.5 to 1) on white and on the usual light backgrounds down to that of Solarized. */
export const LIGHT: Looks = {
  text: {},
  muted: {color: '#5f6672'},
  accent: {color: '#1f56c4'},
  attention: {color: '#7d5200', bold: true},
  working: {color: '#0a6375'},
  good: {color: '#2c6e2f'},
  bad: {color: '#b3261e'},
  edge: {color: '#aab0ba'},
}

/**
 * Of the 16 names, those that can be read on black and on white: red, magenta and bright blue. The other meanings are
 * shown by glyph and weight. Dim is the terminal's own, made for its background.
 */
export const SIXTEEN: Looks = {
  text: {},
  muted: {dimColor: true},
  accent: {color: 'blueBright'},
  attention: {color: 'magenta', bold: true},
  working: {color: 'blueBright'},
  good: {},
  bad: {color: 'red'},
  edge: {dimColor: true},
}

/** More of the 16 names, when the terminal has said that its background is dark. */
export const SIXTEEN_ON_DARK: Looks = {
  ...SIXTEEN,
  accent: {color: 'blueBright'},
  attention: {color: 'yellow', bold: true},
  working: {color: 'cyan'},
  good: {color: 'green'},
  bad: {color: 'redBright'},
}

/** No colour at all. */
export const PLAIN: Looks = {
  text: {},
  muted: {dimColor: true},
  accent: {bold: true},
  attention: {bold: true},
  working: {},
  good: {},
  bad: {bold: true},
  edge: {dimColor: true},
}
