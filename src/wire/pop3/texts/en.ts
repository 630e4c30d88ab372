// English: what is said before LANG, in ASCII.

import type { Texts } from './texts.ts'

export const english: Texts = {
  tag: 'en',
  name: 'English',

  greeting: hostname => `${hostname} POP3 ready`,
  goodbye: 'goodbye',
  stillHere: 'still here',
  capabilities: 'what can be done now',
  languages: 'languages',
  languageChanged: 'this is English',
  noSuchLanguage: range => `no language for ${range}`,
  utf8On: 'UTF-8 from now on',
  stlsAfterUtf8: 'not after UTF8',
  beginTls: 'begin TLS',
  alreadyTls: 'already under TLS',
  noTls: 'no TLS here',
  needsTls: 'log in under TLS only: use STLS, or the port for TLS',

  sendPass: 'send PASS',
  prohibitedCharacter: 'a character that no name and no password may have',
  noSuchMechanism: 'no such mechanism',
  givenUp: 'given up',
  welcome: counted => `welcome, ${counted}`,
  wrongCredentials: 'wrong user name or password',
  notYourself: 'nobody may act for another user here',
  downgraded: 'channel binding was offered, but your program did not see it',
  disabled: 'this account is disabled',
  pinned: 'this account is read by IMAP alone; its administrator can change that',
  tooManyFailed: seconds => `too many logins failed, try again in ${seconds} s`,
  busy: 'too many log in just now, try again soon',
  tooSoon: seconds => `too soon after the last login, try again in ${seconds} s`,
  inUse: 'another POP3 session has this maildrop open',

  counted: (messages, octets) => `${messages} ${messages === 1 ? 'message' : 'messages'} (${octets} octets)`,
  octets: octets => `${octets} octets`,
  topFollows: 'top of the message follows',
  marked: number => `message ${number} marked`,
  noSuchMessage: 'no such message',
  messageLost: 'this message can no longer be read',

  notAfterLogin: 'not after the login',
  logInFirst: 'log in first',
  notNow: 'not now: log in first, USER before PASS',
  malformed: found => found,
  tooManyErrors: 'too many errors, goodbye',
  internalError: id => `internal error, try again later (${id})`,
  shuttingDown: 'the server is shutting down, nothing was deleted',
  accountGone: 'this account was disabled or removed, nothing was deleted',
}
