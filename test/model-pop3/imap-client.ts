// The IMAP client of the model: changes mailboxes by UID, and looks whether all is there that should be.

import assert from 'node:assert/strict'
import type { Draws } from '../fuzz/draws.ts'
import { printSet, type Response, readResponses } from '../model-imap/response.ts'
import type { FlagEdit } from '../model-imap/world.ts'
import { drawText } from './draw-text.ts'
import type { Connection } from './place.ts'
import { mostMessages } from './site.ts'
import { Text } from './text.ts'
import type { Box, World } from './world.ts'

export interface Change {
  readonly command: string
  /** Makes it in the model. */
  readonly apply: () => void
}

const mostBoxes = 9

const flagNames = ['\\Seen', '\\Deleted', '\\Flagged', '$Label']

export class ImapClient {
  readonly connection: Connection
  readonly #world: World
  readonly #note: (line: string) => void
  #selected: Box | undefined
  #tags = 0

  constructor(connection: Connection, world: World, note: (line: string) => void) {
    this.connection = connection
    this.#world = world
    this.#note = note
  }

  async logIn(): Promise<void> {
    await this.connection.peer.receive()
    await this.#run('LOGIN alice secret')
  }

  async logOut(): Promise<void> {
    await this.#run('LOGOUT')
    await this.connection.ended
  }

  async step(draws: Draws): Promise<void> {
    const box = this.#selected
    if (box === undefined || draws.oneIn(10)) return await this.#select(this.#drawBox(draws))
    const uids = [...box.entries.keys()].filter(() => draws.oneIn(4))
    switch (draws.below(12)) {
      case 0:
        return await this.#do({ command: 'EXPUNGE', apply: () => this.#expunge(box, [...box.entries.keys()]) })
      case 1:
      case 2:
        return await this.#append(draws)
      case 3:
        return await this.#mailboxes(draws, box)
      case 4:
        return await this.look(box)
      default:
    }
    if (uids.length > 0) await this.#do(this.#drawChange(draws, box, uids))
  }

  /** A change of messages in INBOX, sent: settles when it is done, and is not in the model yet. Undefined if another mailbox is selected. */
  begin(draws: Draws): { readonly done: Promise<unknown>; readonly change: Change } | undefined {
    const { inbox } = this.#world
    const uids = [...inbox.entries.keys()].filter(() => draws.oneIn(2))
    if (this.#selected !== inbox || uids.length === 0) return undefined
    const change = this.#drawChange(draws, inbox, uids)
    return { done: this.#run('NOOP', change.command), change }
  }

  #drawChange(draws: Draws, box: Box, uids: readonly number[]): Change {
    const world = this.#world
    const set = printSet(uids)
    const to = this.#drawBox(draws)
    switch (draws.below(6)) {
      case 0:
        if (to.entries.size > mostMessages) break
        return { command: `UID COPY ${set} ${to.name}`, apply: () => world.copy(box, to, uids) }
      case 1:
      case 2:
        return { command: `UID MOVE ${set} ${to.name}`, apply: () => world.move(box, to, uids) }
      case 3:
        return { command: `UID EXPUNGE ${set}`, apply: () => this.#expunge(box, uids) }
      default:
    }
    const edit: FlagEdit = { action: draws.pick(['+', '+', '-', '']), flags: flagNames.filter(() => draws.oneIn(2)) }
    const command = `UID STORE ${set} ${edit.action}FLAGS.SILENT (${edit.flags.join(' ')})`
    return { command, apply: () => world.setFlags(box, uids, edit) }
  }

  /** Of `uids` those that are \\Deleted. */
  #expunge(box: Box, uids: readonly number[]): void {
    const going = uids.filter(uid => box.entries.get(uid)?.flags.has('\\Deleted'))
    this.#world.expunge(box, going, 'imap')
  }

  async #do({ command, apply }: Change): Promise<void> {
    await this.#run('NOOP', command)
    apply()
  }

  /** Selects it, unless it is selected. */
  async see(box: Box): Promise<void> {
    if (this.#selected !== box) await this.#select(box)
  }

  /** The whole mailbox: UIDs, flags, octets. */
  async look(box: Box): Promise<void> {
    await this.see(box)
    const told = new Map<number, { readonly flags: string; readonly body: string | undefined }>()
    for (const response of await this.#run('NOOP', 'UID FETCH 1:* (UID FLAGS BODY.PEEK[])')) {
      if (response.kind !== 'fetch' || response.body === undefined) continue
      assert.ok(response.uid !== undefined && response.flags !== undefined)
      const flags = response.flags.filter(name => name !== '\\Recent')
      told.set(response.uid, { flags: flags.sort().join(' '), body: response.body })
    }
    assert.deepEqual([...told.keys()], [...box.entries.keys()], `UIDs of ${box.name}`)
    for (const [uid, { text, flags }] of box.entries) {
      assert.equal(told.get(uid)?.flags, [...flags].sort().join(' '), `flags of ${uid} in ${box.name}`)
      assert.ok(told.get(uid)?.body === text.stored, `octets of ${uid} in ${box.name}`)
    }
  }

  async #select(box: Box): Promise<void> {
    await this.#run(`SELECT ${box.name}`)
    this.#selected = box
  }

  async #append(draws: Draws): Promise<void> {
    const box = this.#drawBox(draws)
    if (box.entries.size > mostMessages) return
    const flags = flagNames.filter(() => draws.oneIn(4))
    const text = drawText(draws)
    await this.#run(`APPEND ${box.name} (${flags.join(' ')}) {${text.length}+}\r\n${text}`)
    this.#world.add(box, new Text(asStored(text)), flags)
  }

  /** Makes, removes and renames; of INBOX all messages move to the new name. */
  async #mailboxes(draws: Draws, selected: Box): Promise<void> {
    const boxes = [...this.#world.boxes.values()]
    const others = boxes.filter(box => box !== selected && box.name !== 'INBOX')
    const name = this.#world.newName()
    if (boxes.length > mostBoxes || (draws.oneIn(3) && others.length > 2)) {
      const box = draws.pick(others)
      await this.#run(`DELETE ${box.name}`)
      return this.#world.remove(box)
    }
    if (draws.oneIn(2) && others.length > 0) {
      const box = draws.pick(others)
      await this.#run(`RENAME ${box.name} ${name}`)
      return this.#world.rename(box, name)
    }
    const isOfInbox = draws.oneIn(4)
    await this.#run(isOfInbox ? `RENAME INBOX ${name}` : `CREATE ${name}`)
    const box = this.#world.make(name)
    if (isOfInbox) this.#world.move(this.#world.inbox, box, [...this.#world.inbox.entries.keys()])
  }

  /** INBOX as often as all others together. */
  #drawBox(draws: Draws): Box {
    return draws.oneIn(2) ? this.#world.inbox : draws.pick([...this.#world.boxes.values()])
  }

  /** Sends commands in one flight; all are to be done. */
  async #run(...commands: readonly string[]): Promise<readonly Response[]> {
    const tags = commands.map(() => `t${++this.#tags}`)
    this.#note(`imap: ${commands.map(command => command.slice(0, 300)).join('\\r\\n')}`)
    this.connection.peer.send(commands.map((command, index) => `${tags[index]} ${command}\r\n`).join(''))
    const text = await this.connection.peer.receive()
    const { responses, left } = readResponses(text)
    assert.equal(left, '')
    for (const tag of tags) {
      const answer = responses.find(response => response.kind === 'condition' && response.tag === tag)
      assert.ok(answer?.kind === 'condition' && answer.status === 'OK', `${tag} should be done: ${text.slice(-500)}`)
    }
    return responses
  }
}

/** Lines end with CRLF, the last one too. */
function asStored(text: string): string {
  return text === '' || text.endsWith('\r\n') ? text : `${text}\r\n`
}
