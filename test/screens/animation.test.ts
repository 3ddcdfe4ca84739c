import {expect, it} from 'vitest'
import {createGrid, type Grid} from '../../src/tui/grid.ts'
import {animatedSvg} from './animation.ts'

function gridOf(...rows: string[]): Grid {
  const grid = createGrid(rows[0]!.length, rows.length)
  for (const [row, text] of rows.entries()) {
    for (const [col, char] of [...text].entries()) grid.text[row * grid.cols + col] = char
  }
  return grid
}

/** What each frame paints: the text of each run and its row. */
function painted(svg: string): string[][] {
  const contents = new Map([...svg.matchAll(/<g id="(\w+)">(.*?)<\/g>/g)].map(([, id, text]) => [id, text!]))
  return [...svg.matchAll(/<g class="f\d+">([\s\S]*?)<\/g>/g)].map(([, uses]) =>
    [...uses!.matchAll(/<use href="#(\w+)" x="[\d.]+" y="(\d+)"\/>/g)].map(
      ([, id, y]) => `${Number(y) / 16}: ${contents.get(id)!.replaceAll(/<[^>]*>/g, '')}`,
    ),
  )
}

const FRAMES = [
  {grid: gridOf('│first line of text│', '│                  │', '│7 s               │'), ms: 1000},
  {grid: gridOf('│                  │', '│first line of text│', '│8 s               │'), ms: 3000},
]

it('paints in each frame what differs from the one before', () => {
  expect(painted(animatedSvg(FRAMES, {poster: 0}))).toEqual([
    ['0: ', '0: first line of text', '0: ', '1: ', '1: ', '2: ', '2: 7 s', '2: '],
    ['0: ', '1: first line of text', '2: 8'],
  ])
})

it('has a text once that is shown in several places', () => {
  expect(animatedSvg(FRAMES, {poster: 0}).match(/first line of text/g)).toHaveLength(1)
})

it('shows a frame from its moment on, and the poster where nothing plays', () => {
  const last = animatedSvg(FRAMES, {poster: 1})
  expect(last).toContain('.f1{animation:f1 4000ms step-end infinite}')
  expect(last).toContain('@keyframes f1{0%{visibility:hidden}25%,to{visibility:visible}}')
  expect(animatedSvg(FRAMES, {poster: 0})).toContain('.f1{visibility:hidden;animation:f1 4000ms')
})

it('is still for a reader who wants no motion, and runs no script', () => {
  const svg = animatedSvg(FRAMES, {poster: 0})
  expect(svg).toContain('@media (prefers-reduced-motion){g{animation:none!important}}')
  expect(svg).not.toMatch(/<script|<animate/)
})
