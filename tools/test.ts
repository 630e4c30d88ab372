// `npm test`: types, format and lint, then every test that needs nothing but npm's packages. Three lanes side by side, for the crash runs
// mostly wait for the disk.

import { bin, runLanes, testStep } from './test-steps.ts'

const inOneProcess = ['--test-isolation=none']

/** The second engine takes longer than all else together: `npm run long` has it. */
const onSqliteAlone = [...inOneProcess, '--test-skip-pattern=PGlite']

await runLanes([
  [testStep('unit and contract tests', onSqliteAlone, 'src/**/*.test.ts', 'tools/*.test.ts')],
  [
    testStep(
      'transcript, model, simulation and fuzz tests',
      inOneProcess,
      'test/{support,transcripts,fuzz,model-imap,model-pop3,differential,sim}/**/*.test.ts',
    ),
  ],
  [
    { name: 'types', command: [bin('tsc'), '--noEmit'] },
    { name: 'format and lint', command: [bin('biome'), 'ci', '.'] },
    testStep('crash runs', [], 'test/crash/**/*.test.ts'),
    testStep('server tests', ['--test-concurrency=2'], 'test/server/**/*.test.ts'),
  ],
])
