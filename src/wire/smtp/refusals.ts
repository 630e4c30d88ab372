// Every refusal the SMTP side gives, in one table: reply code, enhanced code (RFC 3463, 5248), and in plain words what happened, who
// can mend it and how. The replies come from it, and so will the help pages. `{name}` stands for a value given with the refusal.

import { type Reply, reply } from './reply.ts'

interface RefusalText {
  readonly code: number
  readonly enhanced: string
  readonly what: string
  /** Who can mend it, and how. */
  readonly mend: string
}

const row = (code: number, enhanced: string, what: string, mend: string): RefusalText => ({
  code,
  enhanced,
  what,
  mend,
})

const checkProgram = 'The program that speaks to this server has to be mended or set up anew'
const tryLater = 'Your mail program or server can try again in a few minutes'

const table = {
  // Recipients
  'no-such-mailbox': row(
    550,
    '5.1.1',
    '<{address}>: there is no such mailbox here',
    'Please check the spelling; only the person you write to knows the right address',
  ),
  'mailbox-disabled': row(
    550,
    '5.2.1',
    '<{address}>: this mailbox takes no mail at present',
    'Its owner can ask the administrator of {hostname} to open it again',
  ),
  'relay-denied': row(
    550,
    '5.7.1',
    '<{address}>: relaying denied: this address is not ours and you have not logged in',
    'If you have an account here, log in: set your mail program to port 465 (TLS) or 587 (STARTTLS) with your user name and password. Else send to the mail server of that domain',
  ),
  'no-outbound': row(
    550,
    '5.7.1',
    '<{address}>: this address is at another mail server, and this server has no outbound queue yet, so it takes mail for its own mailboxes only',
    'Write from another account until the administrator of {hostname} has outbound mail',
  ),
  'mailbox-full': row(
    452,
    '4.2.2',
    '<{address}>: this mailbox is full',
    'Its owner has to delete messages or ask the administrator for more room; your mail server will try again by itself',
  ),
  'mailbox-too-small': row(
    552,
    '5.2.2',
    '<{address}>: the message has {sizeBytes} octets, more than this whole mailbox may hold ({limitBytes})',
    'Send a smaller message, or a link to the file; the administrator of {hostname} can raise the limit',
  ),
  'too-many-recipients': row(
    452,
    '4.5.3',
    'One message takes up to {limit} recipients',
    'Your mail server will send to the others in another message; a mail program needs the list in parts',
  ),

  // Senders
  'not-your-address': row(
    553,
    '5.7.1',
    '<{address}>: {user} may not send as this address',
    'Set the sender of your mail program to an address of this account, or ask the administrator of {hostname} for an alias',
  ),
  'from-not-yours': row(
    553,
    '5.7.1',
    'From: <{address}>: {user} may not send as this address',
    'Set the From address of your mail program to an address of this account, or ask the administrator of {hostname} for an alias',
  ),

  // The message
  'too-large': row(
    552,
    '5.3.4',
    'The message has {sizeBytes} octets; this server takes up to {limitBytes}',
    'Send a smaller message, or a link to the file; the administrator of {hostname} can raise the limit',
  ),
  'bare-line-end': row(
    554,
    '5.6.0',
    'The message has a line that ends in a bare {lineEnd}; lines end in CRLF (RFC 5321 2.3.8), and anything else can smuggle a second message past a server',
    checkProgram,
  ),
  loop: row(
    554,
    '5.4.6',
    'The message has passed {count} mail servers: it goes round in a loop',
    'The administrator of a server that forwards it has to look at its aliases and forwarding',
  ),

  // Us
  'disk-full': row(
    452,
    '4.3.1',
    "This server's disk is nearly full; nothing is lost",
    `${tryLater}; the administrator of {hostname} has to make room`,
  ),
  fault: row(
    451,
    '4.3.0',
    'A fault of ours; it was logged as {id}',
    `${tryLater}; if it stays, tell the administrator of {hostname} this id`,
  ),
  'shutting-down': row(421, '4.3.2', '{hostname} is shutting down', 'Please connect again in a minute'),
  'account-gone': row(
    421,
    '4.7.0',
    'This account was disabled or removed',
    'The administrator of {hostname} can tell why',
  ),
  'idle-too-long': row(421, '4.4.2', 'Nothing came for {seconds} seconds', 'Please connect again'),
  'too-many-errors': row(421, '4.7.0', 'Too many bad commands ({limit})', checkProgram),

  // Logging in
  'log-in-first': row(
    530,
    '5.7.0',
    'Log in first',
    'In your mail program, turn on authentication for the outgoing server, with the user name and password of your account',
  ),
  'tls-before-mail': row(
    530,
    '5.7.0',
    'Start TLS and log in first',
    'In your mail program, choose STARTTLS for port 587 or TLS for port 465, and turn on authentication',
  ),
  'tls-before-auth': row(
    538,
    '5.7.11',
    'A password is taken under TLS only',
    'In your mail program, choose STARTTLS for port 587 or TLS for port 465',
  ),
  'wrong-credentials': row(
    535,
    '5.7.8',
    'The user name or password is wrong',
    'Check both in your mail program; the administrator of {hostname} can set a new password',
  ),
  'account-disabled': row(525, '5.7.13', 'This account is disabled', 'Ask the administrator of {hostname}'),
  'too-many-logins': row(
    454,
    '4.7.0',
    'Too many failed logins',
    'Wait {seconds} seconds, then try again with the right password',
  ),
  'no-auth-here': row(
    502,
    '5.5.1',
    'AUTH is not offered on this port, which is for mail between servers',
    'In your mail program, choose port 465 (TLS) or 587 (STARTTLS)',
  ),
  'mechanism-unknown': row(504, '5.5.4', 'This mechanism is not offered', 'Use one of {mechanisms}'),
  'auth-cancelled': row(501, '5.7.0', 'Authentication cancelled', 'You can start again'),
  'auth-malformed': row(501, '5.5.2', 'This is no response of the mechanism: {reason}', checkProgram),
  'logged-in-already': row(503, '5.5.1', 'You are logged in already', 'Connect again to be somebody else'),

  // TLS
  'tls-unavailable': row(
    502,
    '5.5.1',
    'TLS is not offered on this connection',
    'The administrator of {hostname} can set up a certificate',
  ),
  'tls-already': row(503, '5.5.1', 'This connection is under TLS already', checkProgram),

  // Commands out of order (RFC 5321 4.1.4)
  'greet-first': row(503, '5.5.1', 'Say EHLO first', checkProgram),
  'sender-first': row(503, '5.5.1', 'Give the sender with MAIL first', checkProgram),
  'sender-given': row(503, '5.5.1', 'A sender is given already', 'RSET starts anew'),
  'recipient-first': row(503, '5.5.1', 'Give a recipient with RCPT first', checkProgram),
  'no-valid-recipients': row(554, '5.5.1', 'No valid recipients', 'The replies to RCPT say what is wrong with each'),
  'in-transaction': row(503, '5.5.1', 'Not between MAIL and the end of the message', 'RSET ends the transaction'),

  // Syntax
  'unknown-command': row(500, '5.5.1', 'There is no such command', 'HELP lists those there are'),
  'line-too-long': row(500, '5.5.6', 'The line is too long', checkProgram),
  'line-ends-in-lf': row(500, '5.5.2', 'The line ends in a bare LF; lines end in CRLF (RFC 5321 2.3.8)', checkProgram),
  syntax: row(501, '5.5.4', 'Syntax: {reason}', checkProgram),
  'sender-syntax': row(
    501,
    '5.1.7',
    'The sender is no mail address: {reason}',
    'Correct the address; forms are in RFC 5321 4.1.2',
  ),
  'recipient-syntax': row(
    501,
    '5.1.3',
    'The recipient is no mail address: {reason}',
    'Correct the address; forms are in RFC 5321 4.1.2',
  ),
  'address-not-ascii': row(
    553,
    '5.6.7',
    'An address with letters outside ASCII needs SMTPUTF8, which this server does not offer yet',
    'Use the ASCII form of the address',
  ),
  'parameter-unknown': row(555, '5.5.4', 'The parameter {keyword} is not offered by this server', checkProgram),
  'expn-refused': row(502, '5.5.1', 'EXPN is not offered: lists of members are private', 'Ask the owner of the list'),
} satisfies Readonly<Record<string, RefusalText>>

export type RefusalName = keyof typeof table

/** Every refusal by its name. */
export const refusals: Readonly<Record<RefusalName, RefusalText>> = table

export type RefusalValues = Readonly<Record<string, string | number>>

/** A "no" as a value: the name goes to the log, the reply to the peer. */
export interface Refusal {
  readonly kind: 'refused'
  readonly reason: RefusalName
  readonly reply: Reply
}

export function refuse(reason: RefusalName, values: RefusalValues = {}): Refusal {
  const { code, enhanced, what, mend } = refusals[reason]
  const text = `${what}. ${mend}.`
  return { kind: 'refused', reason, reply: reply(code, enhanced, fill(text, values)) }
}

function fill(text: string, values: RefusalValues): string {
  return text.replace(/\{(\w+)\}/g, (written, name) => String(values[name] ?? written))
}
