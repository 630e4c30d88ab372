// The two POP3 clients of a walk: one has the maildrop, the other knocks in vain until it is let go. Sessions end in every way there is.

import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import type { OnDelete } from '#retrieval/retrieval.ts'
import { deliver } from './deliver.ts'
import type { Change, ImapClient } from './imap-client.ts'
import { accountId, type Connection } from './place.ts'
import { Pop3Client, type Pop3Step, runPop3, shownIn } from './pop3-client.ts'
import { isShown, lookAtCounts, over, type Site } from './site.ts'

/** Who else is there. */
export interface Beside {
  /** Undefined while nobody has logged in by IMAP. */
  readonly imap: ImapClient | undefined
  /** What DELE means now. */
  readonly onDelete: OnDelete
}

export class Pop3Sessions {
  readonly #site: Site
  readonly #beside: Beside
  /** Who has the maildrop. */
  #client: Pop3Client | undefined

  constructor(site: Site, beside: Beside) {
    this.#site = site
    this.#beside = beside
  }

  async step(): Promise<void> {
    const { draws } = this.#site
    const client = this.#client
    if (client === undefined || draws.oneIn(20)) return await this.#logIn()
    if (draws.oneIn(6)) return await this.#end(client)
    await this.#say(
      client.connection,
      Array.from({ length: 1 + draws.below(5) }, () => client.draw(draws)),
    )
  }

  /** Takes every message there is, and leaves. */
  async lookAtAll(): Promise<void> {
    await this.#logIn()
    assert.ok(this.#client)
    await this.#say(this.#client.connection, this.#client.all())
    await this.leave(over)
  }

  /** The session ends without QUIT, which deletes nothing; `how` says how, and settles when it is over. */
  async leave(how: (connection: Connection) => Promise<void>): Promise<void> {
    const client = this.#client
    if (client === undefined) return
    await how(client.connection)
    this.#left(client)
  }

  /** Now and then while a message comes in, which is in the maildrop or is not. */
  async #logIn(): Promise<void> {
    const { place, world, draws } = this.#site
    const isLocked = this.#client !== undefined
    const [utf8, marksSeen] = [draws.oneIn(2), draws.oneIn(3)]
    const connection = place.pop3(marksSeen)
    await this.#greet(connection, utf8)
    let counts: readonly number[] | undefined
    const check = (status: string) => {
      counts = /^\+OK .*?(\d+) messages? \((\d+) octets\)$/.exec(status)?.slice(1).map(Number)
      if (isLocked) assert.match(status, /^-ERR \[IN-USE\] /)
      else assert.ok(counts, `a login: ${status}`)
    }
    const before = shownIn(world)
    const said = this.#say(connection, [{ line: 'PASS secret', check }])
    await (draws.oneIn(6) ? Promise.all([said, deliver(this.#site)]) : said)
    if (counts === undefined) return await over(connection)
    const after = shownIn(world)
    const [messages = 0, octets = 0] = counts
    assert.ok(messages === before.length || messages === after.length, `${messages} messages at login`)
    const numbered = messages === before.length ? before : after
    this.#client = new Pop3Client(connection, world, { utf8, marksSeen, numbered })
    await this.#say(connection, this.#client.first(octets))
  }

  async #greet(connection: Connection, utf8: boolean): Promise<void> {
    await connection.peer.receive()
    const check = (status: string) => assert.match(status, /^\+OK/)
    const user = { line: 'USER alice', check }
    await this.#say(connection, utf8 ? [{ line: 'UTF8', check }, user] : [user])
  }

  async #say({ peer, name }: Connection, steps: readonly Pop3Step[]): Promise<void> {
    await runPop3(peer, steps, line => this.#site.note(`pop3 ${name}: ${line}`))
  }

  async #end(client: Pop3Client): Promise<void> {
    const { draws, note } = this.#site
    const choice = draws.below(17)
    if (choice < 2) {
      note('pop3: the client ends its side')
      return await this.leave(async ({ peer, ended }) => {
        peer.end()
        await ended
      })
    }
    if (choice < 4) {
      note('pop3: the connection breaks')
      return await this.leave(over)
    }
    if (choice < 6) return await this.#cut(client)
    if (choice < 8) return await this.#quitBesideImap(client)
    if (choice < 10) return await this.#quitBesideLogin(client)
    if (choice < 14) return await this.#quitWithFailure(client)
    const [answer] = await Promise.all([this.#quit(client), choice === 14 ? deliver(this.#site) : undefined])
    this.#done(client, answer)
  }

  /** Settles with the answer, when the session is over. */
  async #quit({ connection: { peer, ended, name } }: Pop3Client): Promise<string> {
    peer.send('QUIT\r\n')
    const answer = await peer.receive()
    this.#site.note(`pop3 ${name}: QUIT: ${answer.trimEnd()}`)
    await ended
    return answer
  }

  #done(client: Pop3Client, answer: string): void {
    assert.match(answer, /^\+OK /)
    this.#left(client)
    this.#update(client)
  }

  /** The disk fails amid one of the writes, or there are fewer: all that is marked goes, or nothing. */
  async #quitWithFailure(client: Pop3Client): Promise<void> {
    const { place, draws, note } = this.#site
    await this.#say(client.connection, client.drawMarks(draws))
    place.database.failure = { after: draws.below(3), statements: draws.below(15) }
    note(JSON.stringify(place.database.failure))
    const answer = await this.#quit(client)
    place.database.failure = undefined
    if (answer.startsWith('+OK ')) return this.#done(client, answer)
    assert.match(answer, /^-ERR \[SYS\/TEMP\] /)
    this.#left(client)
    await this.#learnTrash()
    await lookAtCounts(this.#site)
  }

  /** It is made before messages go there, which may come to nothing. */
  async #learnTrash(): Promise<void> {
    const { place, world } = this.#site
    if (this.#beside.onDelete !== 'trash' || world.trash !== undefined) return
    if ((await place.store.mailbox(accountId, 'Trash')) !== undefined) world.make('Trash', true)
  }

  /** IMAP changes messages in INBOX at once: in the model both come in the order in which the store was asked. */
  async #quitBesideImap(client: Pop3Client): Promise<void> {
    const { place, world, draws } = this.#site
    const { imap } = this.#beside
    await imap?.see(world.inbox)
    place.changes.length = 0
    const isFirst = draws.oneIn(2)
    const early = isFirst ? imap?.begin(draws) : undefined
    if (isFirst) await this.#turns()
    const quit = this.#quit(client)
    if (!isFirst) await this.#turns()
    const begun = early ?? (isFirst ? undefined : imap?.begin(draws))
    const [answer] = await Promise.all([quit, begun?.done])
    if (begun === undefined) return this.#done(client, answer)
    assert.match(answer, /^\+OK /)
    this.#replay(client, begun.change)
  }

  #replay(client: Pop3Client, change: Change): void {
    const { changes } = this.#site.place
    this.#site.note(`beside it ${change.command}: ${changes.join(', ')}`)
    const effects = new Map([
      ['pop3 setFlags', () => this.#left(client)],
      ['imap', () => change.apply()],
      ['pop3', () => this.#update(client)],
    ])
    const keyOf = (name: string) => (effects.has(name) ? name : (name.split(' ')[0] ?? ''))
    // \Seen is set by QUIT, and again at the session's end; the others come once.
    const asked = changes
      .map(keyOf)
      .filter((key, index, keys) => key === 'pop3 setFlags' || keys.indexOf(key) === index)
    // What asked the store for nothing comes to nothing.
    const others = [...effects.keys()].filter(key => !asked.includes(key))
    for (const key of [...asked, ...others]) effects.get(key)?.()
  }

  /** The next session knocks while QUIT is at work: it has to wait outside, or finds what QUIT has left. */
  async #quitBesideLogin(client: Pop3Client): Promise<void> {
    const { place, world, note } = this.#site
    const next = place.pop3(false)
    await this.#greet(next, true)
    const quit = this.#quit(client)
    await this.#turns()
    next.peer.send('PASS secret\r\n')
    const [answer, login] = await Promise.all([quit, next.peer.receive()])
    this.#done(client, answer)
    note(`the next session: ${login.trimEnd()}`)
    const shown = shownIn(world)
    const octets = shown.reduce((sum, { entry }) => sum + entry.text.whole.length, 0)
    if (login.startsWith('+OK'))
      assert.match(login, new RegExp(`\\b${shown.length} messages? \\(${octets} octets\\)\r\n$`))
    else assert.match(login, /^-ERR \[IN-USE\] /)
    await over(next)
  }

  /** The connection breaks while QUIT is on its way, or at work: all is gone, or nothing is. */
  async #cut(client: Pop3Client): Promise<void> {
    const { world, note } = this.#site
    await this.#say(client.connection, client.drawMarks(this.#site.draws))
    client.connection.peer.send('QUIT\r\n')
    await this.#turns()
    await this.leave(over)
    const first = client.markedUids.find(uid => world.inbox.entries.has(uid))
    const isDone = first !== undefined && !(await isShown(this.#site, first))
    note(`pop3: QUIT is cut: ${isDone ? 'done' : 'not done'}`)
    if (isDone) this.#update(client)
    await this.#learnTrash()
    await lookAtCounts(this.#site)
  }

  async #turns(): Promise<void> {
    for (let turns = this.#site.draws.below(6); turns > 0; turns -= 1) await setImmediate()
  }

  #left(client: Pop3Client): void {
    this.#client = undefined
    const { world } = this.#site
    if (client.marksSeen) world.setFlags(world.inbox, client.retrievedUids, { action: '+', flags: ['\\Seen'] })
  }

  #update({ markedUids }: Pop3Client): void {
    const { world } = this.#site
    if (markedUids.length === 0) return
    switch (this.#beside.onDelete) {
      case 'hide':
        world.take(world.inbox, markedUids)
        break
      case 'trash':
        // It is made even if nothing is left to go there.
        world.move(world.inbox, world.trash ?? world.make('Trash', true), markedUids)
        break
      case 'delete':
        world.expunge(world.inbox, markedUids, 'pop3')
    }
  }
}
