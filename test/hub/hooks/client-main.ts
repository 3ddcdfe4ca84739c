import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'

/**
 * Stands for a client that a person started: it runs the hooks that it is told of on its standard input, as Claude Code
 * does, and prints what each answered.
 */
for await (const line of createInterface({input: process.stdin})) {
  const {command, input} = JSON.parse(line) as {command: string; input: string}
  const start = performance.now()
  const child = spawn(command, {shell: '/bin/sh'})
  let [out, err] = ['', '']
  child.stdout.on('data', data => (out += data))
  child.stderr.on('data', data => (err += data))
  child.stdin.on('error', () => {}) // A hook need not read what it does not need.
  child.stdin.end(input)
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  process.stdout.write(`${JSON.stringify({out, err, code, ms: performance.now() - start})}\n`)
}
