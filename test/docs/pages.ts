import {resolve} from 'node:path'
import {commandReference, programOptions} from './commands.ts'
import {errorReference, exitCodes} from './errors.ts'
import {keyReference} from './keys.ts'
import {settingReference} from './settings.ts'
import {findingReference, troubleReference} from './troubles.ts'

export const FOLDER = resolve(import.meta.dirname, '../../docs')

/** The parts of the pages of docs/ that are made from the code, by page and by the name in their marker. */
export const PAGES: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'configuration.md': {settings: settingReference},
  'commands.md': {options: programOptions, commands: commandReference},
  'keys.md': {keys: keyReference},
  'troubleshooting.md': {
    troubles: troubleReference,
    findings: findingReference,
    'exit codes': exitCodes,
    errors: errorReference,
  },
}
