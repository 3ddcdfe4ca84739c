import {stripVTControlCharacters} from 'node:util'
import {renderToString} from 'ink'
import {ScreenContext} from '../../hooks/useClient.ts'
import {createKeymap} from '../../src/client/keys/keymap.ts'
import {createClientStore} from '../../src/client/state/store.ts'
import {defaultTheme} from '../../src/client/text/theme.ts'
import {type Column, type Row, Table} from './Table.tsx'

/**
 * The screen's table as the plain lines of a command: the same columns, headings and cutting, without colours. Texts
 * must be safe already.
 */
export function tableText(columns: readonly Column[], rows: readonly Row[]): string {
  const width = columns.reduce((sum, column) => sum + column.width + 1, 0)
  const screen = {
    store: createClientStore({now: 0, cols: width, rows: rows.length + 1}),
    keymap: createKeymap(),
    theme: defaultTheme,
  }
  const drawn = renderToString(
    <ScreenContext value={screen}>
      <Table columns={columns} rows={rows} />
    </ScreenContext>,
    {columns: width},
  )
  return stripVTControlCharacters(drawn)
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
}
