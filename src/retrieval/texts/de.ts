// German.

import type { NoticeTexts } from './texts.ts'

export const german: NoticeTexts = {
  tag: 'de',
  from: hostname => `Mailserver ${hostname}`,
  subject: 'Ihre Mail wird mit POP3 und mit IMAP gelesen',
  both: address =>
    `In den letzten 7 Tagen wurde die Mail von ${address} auf zwei Arten gelesen, mit POP3 und mit IMAP:`,
  device: ({ protocol, client, network, from, to, taken, removed, hidden }) =>
    `${protocol.toUpperCase()}${client === '' ? '' : `, ${client}`}, aus ${network}, ${from} bis ${to}: ` +
    `abgeholt ${taken}, entfernt ${removed}${protocol === 'pop3' ? `, vor POP3 verborgen ${hidden}` : ''}`,
  moreDevices: count => `und ${count} weitere`,
  explained: hidden => [
    'Ein Programm, das POP3 benutzt, holt Nachrichten ab und entfernt sie dann meist vom Server; IMAP zeigt, was auf ' +
      'dem Server liegt. Anderswo verschwinden Nachrichten so von allen Geräten außer einem.',
    'Hier verschwindet nichts: Was ein POP3-Programm entfernt, ist nur vor POP3 verborgen, und IMAP zeigt es ' +
      `weiterhin. Zurzeit ${hidden === 1 ? 'ist 1 Nachricht' : `sind ${hidden} Nachrichten`} so verborgen; ` +
      'Verborgenes zählt weiterhin zu dem, was Ihr Postfach belegt.',
  ],
  choice: 'Wenn Sie es so haben möchten, ist nichts zu tun. Es geht auch anders:',
  howTo: 'Öffnen Sie den Link und senden Sie die Nachricht, die dort beginnt; Ihr Administrator erledigt den Rest.',
  administrator: 'Für den Administrator steht jeweils der Befehl darunter.',
  remedies: {
    keep: 'So lassen, und nicht mehr darauf hinweisen',
    trash: 'Was POP3 entfernt, kommt in den Papierkorb, für alle Geräte',
    delete: 'Was POP3 entfernt, ist für alle Geräte weg',
    imap: 'Von jetzt an darf nur IMAP meine Mail lesen',
    pop3: 'Von jetzt an darf nur POP3 meine Mail lesen',
    show: 'POP3 das Verborgene wieder zeigen',
  },
  notAnswered: 'Diese Nachricht schrieb der Server. Sie kommt höchstens einmal in 30 Tagen.',
}
