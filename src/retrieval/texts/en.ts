// English.

import type { NoticeTexts } from './texts.ts'

export const english: NoticeTexts = {
  tag: 'en',
  from: hostname => `Mail server ${hostname}`,
  subject: 'Your mail is read by POP3 and by IMAP',
  both: address => `In the last 7 days the mail of ${address} was read in two ways, by POP3 and by IMAP:`,
  device: ({ protocol, client, network, from, to, taken, removed, hidden }) =>
    `${protocol.toUpperCase()}${client === '' ? '' : `, ${client}`}, from ${network}, ${from} to ${to}: ` +
    `fetched ${taken}, removed ${removed}${protocol === 'pop3' ? `, hidden from POP3 ${hidden}` : ''}`,
  moreDevices: count => `and ${count} more`,
  explained: hidden => [
    'A program that uses POP3 fetches messages and then mostly removes them from the server, while IMAP shows what is ' +
      'on the server. On other servers messages vanish that way from all devices but one.',
    'Here nothing vanishes: what a POP3 program removes is hidden from POP3 alone, and IMAP goes on showing it. ' +
      `Now ${hidden === 1 ? '1 message is' : `${hidden} messages are`} hidden so; ` +
      'what is hidden still counts as what your mailbox holds.',
  ],
  choice: 'If that is how you want it, there is nothing to do. These are the other ways:',
  howTo: 'To ask for one, open its link and send the message that begins there; your administrator does the rest.',
  administrator: 'For the administrator, the command that does it stands below each.',
  remedies: {
    keep: 'Leave it so, and tell me of it no more',
    trash: 'What POP3 removes goes to Trash, for all devices',
    delete: 'What POP3 removes is removed for all devices',
    imap: 'Only IMAP may read my mail from now on',
    pop3: 'Only POP3 may read my mail from now on',
    show: 'Show POP3 again what is hidden from it',
  },
  notAnswered: 'The server wrote this message. It comes once in 30 days at most.',
}
