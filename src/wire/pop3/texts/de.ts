// German.

import type { Texts } from './texts.ts'

/** What parse.ts, receiver.ts and the SASL mechanisms find, by their English words. */
const found: ReadonlyMap<string, string> = new Map([
  ['unknown command', 'unbekannter Befehl'],
  ['expected a command', 'hier gehört ein Befehl hin'],
  ['expected an argument', 'hier fehlt eine Angabe'],
  ['expected a space', 'hier fehlt ein Leerzeichen'],
  ['expected a number', 'hier gehört eine Zahl hin'],
  ['expected a language', 'hier gehört eine Sprache hin'],
  ['expected a mechanism', 'hier gehört ein Verfahren hin'],
  ['expected a mechanism and one initial response', 'hier gehören ein Verfahren und höchstens eine Antwort hin'],
  ['expected the end of the line', 'dahinter steht zu viel'],
  ['number too long', 'die Zahl ist zu lang'],
  ['line too long', 'die Zeile ist zu lang'],
  ['a NUL in the line', 'ein NUL in der Zeile'],
  ['not base64', 'das ist kein base64'],
  ['not UTF-8', 'das ist kein UTF-8'],
])

export const german: Texts = {
  tag: 'de',
  name: 'Deutsch',

  greeting: hostname => `${hostname} POP3 bereit`,
  goodbye: 'auf Wiedersehen',
  stillHere: 'noch da',
  capabilities: 'was jetzt möglich ist',
  languages: 'Sprachen',
  languageChanged: 'das ist Deutsch',
  noSuchLanguage: range => `keine Sprache für ${range}`,
  utf8On: 'von jetzt an UTF-8',
  stlsAfterUtf8: 'nicht nach UTF8',
  beginTls: 'TLS beginnt',
  alreadyTls: 'schon unter TLS',
  noTls: 'hier gibt es kein TLS',
  needsTls: 'anmelden nur unter TLS: mit STLS oder am Port für TLS',

  sendPass: 'nun PASS',
  prohibitedCharacter: 'ein Zeichen, das in keinem Namen und keinem Passwort stehen darf',
  noSuchMechanism: 'dieses Verfahren gibt es hier nicht',
  givenUp: 'aufgegeben',
  welcome: counted => `willkommen, ${counted}`,
  wrongCredentials: 'Benutzername oder Passwort falsch',
  notYourself: 'niemand kann hier für einen anderen handeln',
  downgraded: 'Kanalbindung wurde angeboten, aber Ihr Programm hat das nicht gesehen',
  disabled: 'dieses Konto ist gesperrt',
  pinned: 'dieses Konto wird nur mit IMAP gelesen; der Administrator kann das ändern',
  tooManyFailed: seconds => `zu viele Anmeldungen sind gescheitert, wieder möglich in ${seconds} s`,
  busy: 'gerade melden sich zu viele an, gleich noch einmal versuchen',
  tooSoon: seconds => `zu früh nach der letzten Anmeldung, wieder möglich in ${seconds} s`,
  inUse: 'eine andere POP3-Sitzung hat dieses Postfach offen',

  counted: (messages, octets) => `${messages} ${messages === 1 ? 'Nachricht' : 'Nachrichten'} (${octets} Oktette)`,
  octets: octets => `${octets} Oktette`,
  topFollows: 'der Anfang der Nachricht folgt',
  marked: number => `Nachricht ${number} zum Löschen vorgemerkt`,
  noSuchMessage: 'diese Nachricht gibt es nicht',
  messageLost: 'diese Nachricht ist nicht mehr lesbar',

  notAfterLogin: 'nicht nach der Anmeldung',
  logInFirst: 'erst anmelden',
  notNow: 'nicht jetzt: erst anmelden, USER vor PASS',
  malformed: english => found.get(english) ?? 'der Befehl ist fehlerhaft',
  tooManyErrors: 'zu viele Fehler, auf Wiedersehen',
  internalError: id => `interner Fehler, später noch einmal versuchen (${id})`,
  shuttingDown: 'der Server wird beendet, nichts wurde gelöscht',
  accountGone: 'dieses Konto wurde gesperrt oder entfernt, nichts wurde gelöscht',
}
