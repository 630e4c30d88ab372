// Thunderbird, as a user would have it: folders, reading, flags, moving, deleting, searching at the server, what IDLE tells, and sending.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { deliver, imapLogin, readMailbox, type Stored } from '../support/mail-client.ts'
import { alice, bob, type RunningServer, startServer } from '../support/running-server.ts'
import { Thunderbird } from '../support/thunderbird.ts'

let server: RunningServer
let thunderbird: Thunderbird

const subjects = ['first', 'second', 'third', 'fourth'] as const

before(
  async () => {
    server = await startServer({ accounts: [alice, bob] })
    for (const subject of subjects) await arrive(subject, `The text of the ${subject}.`)
    // Thunderbird shows what one is subscribed to.
    await atServer('CREATE "Projekte/Gr&APYA3w-e"', 'SUBSCRIBE "Projekte/Gr&APYA3w-e"')
    thunderbird = await Thunderbird.start(server, alice)
    await thunderbird.run('inbox.updateFolder(view.msgWindow)')
  },
  { timeout: 120_000 },
)
after(async () => {
  await thunderbird?.[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

async function arrive(subject: string, text: string): Promise<void> {
  const lines = ['From: writer@example.org', `To: ${alice.address}`, `Subject: ${subject}`, '', text, '']
  await deliver(server, Buffer.from(lines.join('\r\n')), { to: [alice.address] })
}

/** By another session. */
async function atServer(...commands: readonly string[]): Promise<string> {
  const client = await imapLogin(server, alice)
  const answers: string[] = []
  for (const [index, words] of commands.entries()) answers.push(await client.command(`c${index}`, words))
  client.close()
  assert.match(answers.at(-1) ?? '', /^c\d+ OK/m)
  return answers.join('')
}

const subjectOf = ({ bytes }: Stored): string => /^Subject: (.*)\r$/m.exec(bytes.toString('latin1'))?.[1] ?? ''

async function inMailbox(mailbox: string): Promise<readonly string[]> {
  return (await readMailbox(server, alice, mailbox)).map(subjectOf)
}

describe('Thunderbird', { timeout: 180_000 }, () => {
  test('lists the folders, knows what they are for, and reads names beyond ASCII', async () => {
    const folders = await thunderbird.run(`
      const wanted = ['Inbox', 'Archive', 'Drafts', 'Junk', 'SentMail', 'Trash']
      await until('all folders', () => folder('Größe') && folder('Trash') && folder('Sent'))
      await until('their uses', () => folder('Sent').getFlag(Ci.nsMsgFolderFlags.SentMail))
      return wanted.map(name => [name, server.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags[name])?.name])
        .concat([[folder('Größe').parent.name, folder('Größe').name]])`)
    assert.deepEqual(folders, [
      ['Inbox', 'INBOX'],
      ['Archive', 'Archive'],
      ['Drafts', 'Drafts'],
      ['Junk', 'Junk'],
      ['SentMail', 'Sent'],
      ['Trash', 'Trash'],
      ['Projekte', 'Größe'],
    ])
  })

  test('shows a letter, and marks it as read', async () => {
    const text = await thunderbird.run(`
      const pane = view.document.getElementById('tabmail').currentAbout3Pane
      pane.displayFolder(inbox.URI)
      await until('the list of letters', () => pane.gDBView?.rowCount === 4)
      const shown = letter(inbox, 'second')
      pane.threadTree.selectedIndex = pane.gDBView.findIndexOfMsgHdr(shown, true)
      const text = await until('the text', () => {
        const page = pane.messageBrowser?.contentWindow?.getMessagePaneBrowser?.()?.contentDocument
        return page?.body?.querySelector('.moz-text-plain, pre')?.textContent
      })
      await until('its mark', () => shown.isRead)
      return text.trim()`)
    assert.equal(text, 'The text of the second.')
    await untilAtServer('INBOX', stored => flagsOf(stored, 'second').includes('\\Seen'))
  })

  test('flags a letter', async () => {
    await thunderbird.run(`inbox.markMessagesFlagged([letter(inbox, 'first')], true)`)
    await untilAtServer('INBOX', stored => flagsOf(stored, 'first').includes('\\Flagged'))
  })

  test('moves a letter to another folder, and deletes one into the trash', async () => {
    await thunderbird.run(`
      const copied = Promise.withResolvers()
      const listener = { onStartCopy() {}, onProgress() {}, setMessageKey() {}, getMessageId() {}, onStopCopy: copied.resolve }
      MailServices.copy.copyMessages(inbox, [letter(inbox, 'third')], folder('Größe'), true, listener, view.msgWindow, true)
      if ((await copied.promise) !== 0) throw new Error('not moved')
      folder('Größe').updateFolder(view.msgWindow)
      await until('the letter there', () => letter(folder('Größe'), 'third') && !letter(inbox, 'third'))
      inbox.deleteMessages([letter(inbox, 'fourth')], view.msgWindow, false, false, null, true)
      await until('the letter away', () => !letter(inbox, 'fourth'))`)
    await untilAtServer('Trash', stored => stored.some(each => subjectOf(each) === 'fourth'))
    assert.deepEqual(await inMailbox('Projekte/Gr&APYA3w-e'), ['third'])
    assert.deepEqual(await inMailbox('INBOX'), ['first', 'second'])
  })

  test('searches at the server', async () => {
    const found = await thunderbird.run(`
      const session = Cc['@mozilla.org/messenger/searchSession;1'].createInstance(Ci.nsIMsgSearchSession)
      session.addScopeTerm(Ci.nsMsgSearchScope.onlineMail, inbox)
      const term = session.createTerm()
      term.attrib = Ci.nsMsgSearchAttrib.Body
      term.op = Ci.nsMsgSearchOp.Contains
      const value = term.value
      value.attrib = term.attrib
      value.str = 'of the FIRST'
      term.value = value
      session.appendTerm(term)
      const [hits, done] = [[], Promise.withResolvers()]
      session.registerListener({
        QueryInterface: ChromeUtils.generateQI(['nsIMsgSearchNotify']),
        onSearchHit: header => hits.push(header.mime2DecodedSubject),
        onSearchDone: done.resolve,
        onNewSearch() {},
      })
      session.search(view.msgWindow)
      await done.promise
      return hits`)
    assert.deepEqual(found, ['first'])
  })

  test('is told by IDLE of a new letter, a flag and an expunge', async () => {
    await arrive('late', 'Came while it was idle.')
    await thunderbird.run(`await until('the new letter', () => letter(inbox, 'late'))`)
    await atServer('SELECT INBOX', 'STORE 3 +FLAGS.SILENT (\\Flagged)')
    await thunderbird.run(`await until('the flag', () => letter(inbox, 'late').isFlagged)`)
    await atServer('SELECT INBOX', 'STORE 2 +FLAGS.SILENT (\\Deleted)', 'EXPUNGE')
    await thunderbird.run(`await until('the expunge', () => !letter(inbox, 'second'))`)
  })

  test('sends a letter, and keeps a copy', async () => {
    await thunderbird.run(
      `
      const fields = Cc['@mozilla.org/messengercompose/composefields;1'].createInstance(Ci.nsIMsgCompFields)
      Object.assign(fields, { to: words[0], subject: 'Grüße', body: 'Written in Thunderbird ☃' })
      const asked = Cc['@mozilla.org/messengercompose/composeparams;1'].createInstance(Ci.nsIMsgComposeParams)
      asked.composeFields = fields
      asked.identity = account.defaultIdentity
      asked.type = Ci.nsIMsgCompType.New
      asked.format = Ci.nsIMsgCompFormat.PlainText
      MailServices.compose.OpenComposeWindowWithParams(null, asked)
      const editor = await until('the editor', () => {
        const open = Services.wm.getMostRecentWindow('msgcompose')
        const isReady = open?.document.readyState === 'complete' && open.gMsgCompose?.editor && !open.gWindowLocked
        return isReady && !open.document.getElementById('button-send').disabled && open
      })
      editor.goDoCommand('cmd_sendNow')
      await until('the letter sent', () => editor.closed)
      folder('Sent').updateFolder(view.msgWindow)
      await until('the copy', () => letter(folder('Sent'), 'Grüße'))`,
      [bob.address],
    )
    const [sent] = await readMailbox(server, bob)
    const text = sent?.bytes.toString('latin1') ?? ''
    assert.match(text, /^Subject: =\?UTF-8\?[BQ]\?/m)
    assert.match(text, /^From: A Thunderbird <alice@example\.test>\r$/m)
    const [copy] = await readMailbox(server, alice, 'Sent')
    assert.ok(copy?.flags.includes('\\Seen'))
    const bodyOf = (bytes: Buffer | undefined): string =>
      bytes?.toString('utf8').split('\r\n\r\n').slice(1).join() ?? ''
    assert.equal(bodyOf(copy?.bytes).trim(), bodyOf(sent?.bytes).trim())
  })

  test('could read all that it was told', () => {
    assert.deepEqual(thunderbird.complaints(), [])
  })
})

function flagsOf(stored: readonly Stored[], subject: string): readonly string[] {
  return stored.find(each => subjectOf(each) === subject)?.flags ?? []
}

/** Thunderbird's own view changes before the server's. */
async function untilAtServer(mailbox: string, test: (stored: readonly Stored[]) => boolean): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const stored = await readMailbox(server, alice, mailbox)
    if (test(stored)) return
    await new Promise(settle => setTimeout(settle, 50))
  }
  assert.fail(`${mailbox} never came to be as it should`)
}
