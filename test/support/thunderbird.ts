// Debian's Thunderbird on a screen in memory (Xvfb), with one account in its profile, IMAP's or POP3's, driven through Marionette.

import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Login } from './mail-client.ts'
import { Marionette } from './marionette.ts'
import { ClientFolder, run } from './program.ts'
import type { RunningServer } from './running-server.ts'

/** They end with this process, however that ends. */
const untilWeEnd = ['--pdeathsig', 'KILL'] as const
const startsWithinMs = 60_000

/** What every script finds: the account's server, the window, `folder(name)`, `letter(folder, subject)`, `until(what, test)`. */
const prelude = `
  const { MailServices } = ChromeUtils.importESModule('resource:///modules/MailServices.sys.mjs')
  const account = MailServices.accounts.accounts[0]
  const server = account.incomingServer
  const view = Services.wm.getMostRecentWindow('mail:3pane')
  const folder = name => server.rootFolder.descendants.find(each => each.name === name)
  const inbox = server.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox)
  const letter = (folder, subject) => [...folder.messages].find(each => each.mime2DecodedSubject === subject)
  const until = async (what, test) => {
    for (const started = Date.now(); Date.now() - started < 40_000; ) {
      const found = await test()
      if (found) return found
      await new Promise(settle => view.setTimeout(settle, 20))
    }
    const titles = [...Services.wm.getEnumerator(null)].map(each => each.document.title)
    throw new Error('not within 40 s: ' + what + '; windows: ' + titles.join(', '))
  }
`

const keepPasswords = `
  for (const scheme of ['imap', 'mailbox', 'smtp']) {
    const login = Cc['@mozilla.org/login-manager/loginInfo;1'].createInstance(Ci.nsILoginInfo)
    login.init(scheme + '://localhost', null, scheme + '://localhost', words[0], words[1], '', '')
    await Services.logins.addLoginAsync(login)
  }
`

export interface ThunderbirdOptions {
  /** IMAP unless given. By POP3 it leaves on the server what it fetched, until that is deleted. */
  readonly protocol?: 'imap' | 'pop3'
}

export class Thunderbird implements AsyncDisposable {
  readonly #marionette: Marionette
  readonly #profile: string
  readonly #owned: AsyncDisposableStack

  private constructor(marionette: Marionette, profile: string, owned: AsyncDisposableStack) {
    this.#marionette = marionette
    this.#profile = profile
    this.#owned = owned
  }

  /** Settles when it takes scripts; it has not yet asked the server for anything. */
  static async start(
    server: RunningServer,
    login: Login,
    { protocol = 'imap' }: ThunderbirdOptions = {},
  ): Promise<Thunderbird> {
    await using owned = new AsyncDisposableStack()
    const profile = owned.use(new ClientFolder())
    await trust(profile.path, server.caPath)
    profile.write('user.js', settings(server, login, protocol))
    const display = await startScreen(owned)
    const words = ['--marionette', '--remote-allow-system-access', '--no-remote', '--profile', profile.path]
    const child = spawn('setpriv', [...untilWeEnd, 'thunderbird', ...words], {
      stdio: 'ignore',
      env: {
        ...process.env,
        DISPLAY: display,
        HOME: profile.path,
        MOZ_LOG: 'IMAP:3,sync',
        MOZ_LOG_FILE: join(profile.path, 'imap'),
      },
    })
    owned.defer(() => end(child))
    const thunderbird = new Thunderbird(owned.use(await connect(child, profile.path)), profile.path, owned.move())
    await thunderbird.run(keepPasswords, [login.address, login.password])
    return thunderbird
  }

  /** Runs the body of an asynchronous function inside, which finds what the prelude has, and `words`. */
  async run(body: string, words: readonly unknown[] = []): Promise<unknown> {
    return await this.#marionette.run(prelude + body, words)
  }

  /** Lines of the IMAP server that it could not read: it tells nobody, and gives up the connection. */
  complaints(): readonly string[] {
    const log = readFileSync(join(this.#profile, 'imap.moz_log'), 'utf8')
    return [...log.matchAll(/Internal Syntax Error on line: (?:%s: )?(.*)/g)].map(([, line = '']) => line)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync()
  }
}

/** The profile's certificate database, with the authority in it. */
async function trust(profile: string, caPath: string): Promise<void> {
  const database = ['-d', `sql:${profile}`]
  await run('certutil', ['-N', ...database, '--empty-password'])
  await run('certutil', ['-A', ...database, '-n', 'authority', '-t', 'C,,', '-i', caPath])
}

function settings(server: RunningServer, { address }: Login, protocol: 'imap' | 'pop3'): string {
  const [overTls, byPassword] = [3, 3]
  const preferences: Readonly<Record<string, string | number | boolean>> = {
    'marionette.port': 0, // a free one, which it writes to a file of the profile
    'mail.accountmanager.accounts': 'account1',
    'mail.accountmanager.defaultaccount': 'account1',
    'mail.account.account1.identities': 'id1',
    'mail.account.account1.server': 'server1',
    'mail.identity.id1.useremail': address,
    'mail.identity.id1.fullName': 'A Thunderbird',
    'mail.identity.id1.smtpServer': 'smtp1',
    'mail.identity.id1.compose_html': false,
    'mail.identity.id1.valid': true,
    'mail.server.server1.type': protocol,
    'mail.server.server1.name': address,
    'mail.server.server1.hostname': 'localhost',
    'mail.server.server1.port': server.ports[`${protocol}s`],
    'mail.server.server1.socketType': overTls,
    'mail.server.server1.authMethod': byPassword,
    'mail.server.server1.userName': address,
    // Only IDLE tells it of new mail.
    'mail.server.server1.login_at_startup': false,
    'mail.server.server1.check_new_mail': false,
    'mail.server.server1.leave_on_server': true,
    'mail.server.server1.delete_mail_left_on_server': true,
    'mail.smtpservers': 'smtp1',
    'mail.smtp.defaultserver': 'smtp1',
    'mail.smtpserver.smtp1.hostname': 'localhost',
    'mail.smtpserver.smtp1.port': server.ports.submissions,
    'mail.smtpserver.smtp1.try_ssl': overTls,
    'mail.smtpserver.smtp1.authMethod': byPassword,
    'mail.smtpserver.smtp1.username': address,
    // Nothing is asked of a new user, and nobody outside is called.
    'mail.rights.version': 1,
    'mail.shell.checkDefaultClient': false,
    'mail.spotlight.firstRunDone': true,
    'mailnews.start_page.enabled': false,
    'app.donation.eoy.version.viewed': 999,
    'app.update.enabled': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'extensions.update.enabled': false,
    'extensions.getAddons.cache.enabled': false,
    'mail.cloud_files.enabled': false,
    'services.settings.server': 'data:,',
    'toolkit.telemetry.enabled': false,
  }
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  )
  return lines.join('')
}

/** Settles with its name, for DISPLAY. */
async function startScreen(owned: AsyncDisposableStack): Promise<string> {
  const words = ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp']
  const child: ChildProcessByStdio<null, Readable, null> = spawn('setpriv', [...untilWeEnd, 'Xvfb', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  owned.defer(() => end(child))
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) return `:${String(chunk).trim()}`
  throw new Error('Xvfb ended before it had a display')
}

/** Waits until it has written down its port, and listens there. */
async function connect(child: ChildProcess, profile: string): Promise<Marionette> {
  const deadline = performance.now() + startsWithinMs
  for (;;) {
    try {
      return await Marionette.open(Number(readFileSync(join(profile, 'MarionetteActivePort'), 'utf8')))
    } catch (error) {
      if (performance.now() > deadline || child.exitCode !== null)
        throw new Error('Thunderbird did not start', { cause: error })
    }
    await new Promise(settle => setTimeout(settle, 100))
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
