// posthouse dev

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startApp } from '#app.ts'
import { devConfig } from '#config/dev.ts'
import { version } from '#config/version.ts'
import type { Call, Command } from './command.ts'
import { prepareAccounts } from './dev-accounts.ts'
import { type DevChoices, readDevOptions } from './dev-options.ts'
import { type Welcome, welcomeLines, welcomeObjects } from './dev-welcome.ts'
import { exitCode } from './exit.ts'
import { mustBeOwn } from './installation.ts'
import { stopInTime } from './stop-in-time.ts'

export const command: Command = {
  name: 'dev',
  summary: 'a complete server to try things on, in one process, until it is told to stop',
  positionals: [],
  insteadOfConfig: 'posthouse serve --config FILE',
  options: {
    host: { value: 'ADDRESS', help: 'the address to listen on (127.0.0.1)' },
    'port-offset': { value: 'NUMBER', help: 'added to the standard ports (2000: SMTP on 2025, IMAP on 2143, ...)' },
    domain: { value: 'DOMAIN', multiple: true, help: 'a domain to take mail for (example.test)' },
    smarthost: { value: 'HOST:PORT', help: 'mail to other hosts goes there, all of it' },
    direct: { help: 'mail to other hosts really goes out' },
    account: {
      value: 'NAME@DOMAIN:PASSWORD',
      multiple: true,
      help: 'an account to make (alice and bob, with passwords that are printed)',
    },
  },
  details: [
    'SMTP, submission, IMAP and POP3 with TLS by a CA of its own; the CA is in DIR/tls/ca.pem.',
    'Without --data everything is in a folder that is removed at the end. Prints "ready" when it takes connections.',
    'Mail to other hosts is held in the queue: posthouse queue list shows it, and with --smarthost or --direct it goes.',
  ].join('\n'),
  examples: [
    'posthouse dev --data ./mail --domain example.test --account alice@example.test:secret',
    'posthouse dev --smarthost 127.0.0.1:1025',
  ],
  async run(call) {
    const choices = readDevOptions(call.options)
    const stopped = call.terminal.stopped()
    await using folder = await openFolder(call)
    await serveUntil(stopped, call, choices, folder)
    return exitCode.ok
  },
}

interface Folder extends AsyncDisposable {
  readonly path: string
  readonly isKept: boolean
}

async function openFolder({ options, terminal }: Call): Promise<Folder> {
  const data = options.text('data')
  if (data !== undefined) {
    const path = resolve(terminal.folder, data)
    await mustBeOwn(path)
    await mkdir(path, { recursive: true, mode: 0o700 })
    return { path, isKept: true, [Symbol.asyncDispose]: async () => undefined }
  }
  const path = await mkdtemp(join(tmpdir(), 'posthouse-'))
  const remove = () => rm(path, { recursive: true, force: true })
  return { path, isKept: false, [Symbol.asyncDispose]: remove }
}

async function serveUntil(stopped: Promise<void>, call: Call, choices: DevChoices, folder: Folder): Promise<void> {
  const { host, portOffset, domains, outbound } = choices
  const app = await startApp(devConfig({ data: folder.path, host, portOffset, domains, outbound }))
  try {
    const accounts = await prepareAccounts(app.administration, choices)
    const { listeners, caPath } = app
    const { program } = call.terminal
    greet(call, {
      program,
      version,
      data: folder.path,
      dataIsKept: folder.isKept,
      caPath,
      listeners,
      outbound,
      ...accounts,
    })
    await stopped
  } finally {
    await stopInTime(app)
  }
}

function greet({ options, terminal }: Call, welcome: Welcome): void {
  if (options.flag('json')) for (const one of welcomeObjects(welcome)) terminal.out(JSON.stringify(one))
  else for (const line of [...welcomeLines(welcome), 'ready']) terminal.out(line)
}
