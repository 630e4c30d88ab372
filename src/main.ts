// The program, started by bin/posthouse.js: `posthouse COMMAND`. Everything it does is a file of cli/.

import { setFlagsFromString } from 'node:v8'

// Mail and keys are their owner's alone, in whatever folder they come to lie.
process.umask(0o077)

// The heap of a busy server would grow to four times of what lives in it: docs/decisions/0040-heap.md.
setFlagsFromString('--heap-growing-percent=50')

const { processTerminal } = await import('#cli/process-terminal.ts')
const { run } = await import('#cli/run.ts')

// Set, not called with: what is still on its way to stdout gets there first.
process.exitCode = await run(process.argv.slice(2), processTerminal())
