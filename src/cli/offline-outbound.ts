// What concerns other hosts while no server runs: the looks at the world work, nothing is sent.

import type { ProbeVerbs } from '#control/probe-verbs.ts'
import type { TestVerbs } from '#control/send-test.ts'
import { CommandError, exitCode } from './exit.ts'
import type { OfflineProbesNeeds } from './offline-probes.ts'

/** A message would only lie in the queue, with nobody to bring it anywhere. */
export const offlineTests: TestVerbs = { send: notRunning, follow: notRunning }

function notRunning(): never {
  throw new CommandError(exitCode.notRunning, 'the server does not run, and nobody would send it', 'posthouse serve')
}

/** Opened when they are first asked for. */
export function offlineProbes(needs: OfflineProbesNeeds, owned: AsyncDisposableStack): ProbeVerbs {
  let opened: Promise<ProbeVerbs> | undefined
  const probes = () => {
    // Most commands ask nothing of the world.
    opened ??= import('./offline-probes.ts').then(({ openProbes }) => openProbes(needs, owned))
    return opened
  }
  return {
    mx: async request => await (await probes()).mx(request),
    smtp: async request => await (await probes()).smtp(request),
  }
}
