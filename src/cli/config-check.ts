// posthouse config check

import { saslSettings } from '#accounts/sasl/settings.ts'
import { ConfigError } from '#config/config-error.ts'
import { systemClock } from '#io/clock.ts'
import { jsonLog } from '#io/json-log.ts'
import { readCredentials } from '#send/credentials.ts'
import { loadContexts } from '#tls/contexts.ts'
import type { Call, Command } from './command.ts'
import { CommandError, exitCode } from './exit.ts'
import { readConfig } from './read-config.ts'

export const command: Command = {
  name: 'config check',
  summary:
    'say what is wrong with a configuration file, and on which line; certificates and password files are looked at too',
  positionals: [],
  options: {},
  details: 'Without --config the posthouse.config.ts (.js, .json, .yaml) of the working folder is meant.',
  examples: ['posthouse config check --config posthouse.config.ts'],
  async run(call) {
    const { file, config } = await readConfig(call).catch(error => shown(call, error))
    const { authorities } = config.auth.clientCertificates
    if (config.tls.kind === 'files') await loadContexts(config.tls.certificates, authorities).catch(unusable)
    await saslSettings(config.auth, { clock: systemClock, log: jsonLog('error') }).catch(unusable)
    await readCredentials(config.send).catch(unusable)
    call.terminal.err(`${file}: all is well`)
    return exitCode.ok
  },
}

/** With --json the problems are data. */
function shown({ options, terminal }: Call, error: unknown): never {
  if (options.flag('json') && error instanceof ConfigError)
    for (const { file, line, key, message } of error.problems)
      terminal.out(JSON.stringify({ file, line: line ?? null, key, message }))
  throw error
}

function unusable(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error)
  throw new CommandError(exitCode.configuration, reason, 'correct tls.certificates, auth or send.routes, or the files')
}
