import {Text} from 'ink'
import InkTable from 'ink-table'
import {type ComponentType, createContext, type PropsWithChildren, useContext} from 'react'
import {useTheme} from '../../hooks/useClient.ts'
import {fit as fitText} from '../../src/base/text.ts'
import type {Tone} from '../../src/client/text/theme.ts'

/** `key` names the value in a row, `heading` is above it. */
export type Column = {key: string; heading: string; width: number; align?: 'left' | 'right'; tone?: Tone}
export type Row = Readonly<Record<string, string>>

/**
 * ink-table's own types are those of React 16, and its module is CommonJS, so that the default import is all its
 * exports: only this file has to know.
 */
type InkTableProps = {
  data: readonly Row[]
  columns: readonly string[]
  padding: number
  header: ComponentType<PropsWithChildren>
  cell: ComponentType<PropsWithChildren<{column: number}>>
  skeleton: ComponentType<PropsWithChildren>
}
const Base = InkTable.default as unknown as ComponentType<InkTableProps>

const Columns = createContext<readonly Column[]>([])

/** Rows under headings, without borders; texts must be safe already. Columns have fixed widths, a space between. */
export function Table({columns, rows}: {columns: readonly Column[]; rows: readonly Row[]}) {
  return (
    <Columns value={columns}>
      <Base
        data={rows}
        columns={columns.map(({key}) => key)}
        padding={0}
        header={Heading}
        cell={Cell}
        skeleton={Nothing}
      />
    </Columns>
  )
}

function Heading({children}: PropsWithChildren) {
  const {looks} = useTheme()
  const column = useContext(Columns).find(({key}) => key === String(children).trim())
  if (!column) return null
  return <Text {...looks.muted}>{fitText(column.heading, column.width, column.align)} </Text>
}

function Cell({column: index, children}: PropsWithChildren<{column: number}>) {
  const {looks} = useTheme()
  const column = useContext(Columns)[index]
  if (!column) return null
  // ink-table pads by code units; the width in columns is what lines up.
  return <Text {...looks[column.tone ?? 'text']}>{fitText(String(children).trim(), column.width, column.align)} </Text>
}

function Nothing() {
  return null
}
