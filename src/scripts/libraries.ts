import {readFileSync} from 'node:fs'
import {dirname} from 'node:path'
import type {Plugin} from 'esbuild'
import {NARROW} from '../base/text.ts'

type Change = {
  /** The file of a package that is changed while it is bundled. */
  file: RegExp
  change: (source: string) => string
}

/** What libraries do as soon as they are loaded, and what a person waits for at every start. */
const AT_START: readonly Change[] = [
  {
    // zod exports its fifty languages in a way that no bundler can leave out. What we say is English.
    file: /zod\/v4\/locales\/index\.js$/,
    change: () => "export {default as en} from './en.js'",
  },
  {
    // Ink's layout engine carries its machine code as a data URL and would fetch it, for which Node first loads a whole
    // HTTP client. Without `fetch` it decodes the text by itself.
    file: /yoga-wasm-base64-esm\.js$/,
    change: source => `const fetch = undefined;\n${source}`,
  },
  {
    // The first segmenter of a process takes 12 ms, a third of what node takes to start, and narrow text needs none.
    file: /(ink\/build\/line-update|wrap-ansi\/index|slice-ansi\/tokenize-ansi)\.js$/,
    change: segmentersAtUse,
  },
  {
    file: /ansi-tokenize\/build\/tokenize\.js$/,
    change: source =>
      segmentersAtUse(
        replaced(
          source,
          'of segmenter.segment(str)',
          `of (/^(?:${NARROW}|[\\n\\u001B])*$/.test(str)
            ? Array.from(str, (segment, index) => ({segment, index}))
            : segmenter.segment(str))`,
        ),
      ),
  },
  {
    // The terminal unpacks its table of all characters, which takes half as long as node takes to start. ASCII needs none,
    // and Node unpacks quicker.
    file: /addon-unicode-graphemes\.js$/,
    change: source =>
      replaced(
        replaced(
          replaced(source, 'const r=new(s(38).default)(', 'let r;const made=()=>new(s(38).default)('),
          'return r.get(e)',
          'return(r??=made()).get(e)',
        ),
        'const r=s(12),',
        "const r={default:packed=>new Uint8Array(process.getBuiltinModule('node:zlib').inflateRawSync(packed))},",
      ),
  },
  {
    // To build the set of all emoji takes longer than node takes to start, and hardly any text holds one: every emoji
    // holds one of the characters that are looked for first.
    file: /string-width\/index\.js$/,
    change: source =>
      replaced(
        source,
        'const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;',
        `const partOfEmoji = /[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\p{Regional_Indicator}\\u20E3]/u;
        let allEmoji;
        const rgiEmojiRegex = {
          test(segment) {
            if (!partOfEmoji.test(segment)) return false;
            allEmoji ??= new RegExp('^\\\\p{RGI_Emoji}$', 'v');
            return allEmoji.test(segment);
          },
        };`,
      ),
  },
]

/** Texts that are remembered: all lines of a large screen many times over. */
const REMEMBERED = 5000

/**
 * Ink draws the whole screen anew when one line has changed, and takes every text apart each time. What it found out
 * about a text holds for the next frame too.
 */
const AT_EACH_FRAME: readonly Change[] = [
  {
    file: /ink\/build\/output\.js$/,
    change: source =>
      replaced(
        replaced(source, 'caches = new OutputCaches();', 'caches = keptCaches();'),
        'export default class Output {',
        `let kept = new OutputCaches();
        function keptCaches() {
          if (kept.styledChars.size > ${REMEMBERED}) kept = new OutputCaches();
          return kept;
        }
        export default class Output {`,
      ),
  },
  {
    file: /ink\/build\/sanitize-ansi\.js$/,
    change: source => replaced(source, 'export default sanitizeAnsi;', remembering('sanitizeAnsi')),
  },
  {
    file: /widest-line\/index\.js$/,
    change: source => `${replaced(source, 'export default function', 'function')}\n${remembering('widestLine')}`,
  },
]

/**
 * What is hardly ever used of what a start imports, run with its first use: the width of other than NARROW text, whose
 * tables of characters take long to build; the validator and versions that the keeper of settings has for others; and
 * the reader of Markdown with its forty large expressions.
 */
const AT_USE: Readonly<Record<string, (load: string) => string>> = {
  'string-width': load => `
    const styles = /\u001B\\[[\\d;]*m/g;
    const narrow = /^${NARROW}*$/;
    let exact;
    export default (text, options) => {
      if (options === undefined && typeof text === 'string') {
        const plain = text.includes('\u001B') ? text.replace(styles, '') : text;
        if (narrow.test(plain)) return plain.length;
      }
      exact ??= ${load}.default;
      return exact(text, options);
    }`,
  'ajv/dist/2020.js': load => `export function Ajv2020(...args) { return new (${load}.Ajv2020)(...args) }`,
  // The keeper of settings calls its `default`, the MCP SDK the export itself.
  'ajv-formats': load => `
    const plugin = (...args) => ${load}.default(...args);
    plugin.default = plugin;
    export default plugin;`,
  semver: load => `export default new Proxy({}, {get: (_, name) => ${load}[name]})`,
  marked: load => `export const lexer = (...args) => ${load}.lexer(...args)`,
}

/** Changes libraries where their ways cost our users time. Fails the build when one is no longer as it was. */
export const quickLibraries: Plugin = {
  name: 'quick-libraries',
  setup({onLoad, onResolve}) {
    onResolve({filter: /^(string-width|ajv\/dist\/2020\.js|ajv-formats|semver|marked)$/}, ({path, kind, resolveDir}) =>
      // A bundler runs what is required when it is, what is imported at once.
      kind === 'import-statement' ? {path, namespace: 'at-use', pluginData: resolveDir} : undefined,
    )
    onLoad({filter: /./, namespace: 'at-use'}, ({path, pluginData}) => ({
      contents: AT_USE[path]!(`require(${JSON.stringify(path)})`),
      resolveDir: pluginData as string,
    }))
    for (const {file, change} of [...AT_START, ...AT_EACH_FRAME]) {
      onLoad({filter: file}, ({path}) => ({
        contents: change(readFileSync(path, 'utf8')),
        resolveDir: dirname(path),
      }))
    }
  },
}

/** The default export of a module: a pure function of one text that remembers its answers. */
function remembering(name: string): string {
  return `let known = new Map();
  export default text => {
    let answer = known.get(text);
    if (answer !== undefined) return answer;
    answer = ${name}(text);
    if (known.size > ${REMEMBERED}) known = new Map();
    known.set(text, answer);
    return answer;
  };`
}

/** Every segmenter of a module, made when a text is first taken apart. */
function segmentersAtUse(source: string): string {
  const made = source.replace(
    /new Intl\.Segmenter\(([^)]*)\)/g,
    (_, options: string) =>
      `(() => { let made; return {segment: text => (made ??= new Intl.Segmenter(${options})).segment(text)} })()`,
  )
  if (made === source) throw new Error('a library makes no segmenter any more')
  return made
}

function replaced(source: string, old: string, by: string): string {
  if (!source.includes(old)) throw new Error(`a library no longer holds \`${old}\``)
  return source.replace(old, () => by)
}
