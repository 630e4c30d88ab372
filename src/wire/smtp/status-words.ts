// What reply codes mean in general, whoever gives them, in plain words: basic codes (RFC 5321 4.2.3 and the extensions), enhanced ones
// (RFC 3463, IANA's registry of RFC 5248). For replies of other servers; ours say more (refusals.ts).

/** A reply code's meaning; undefined if there is no such code. */
export function basicCodeInWords(code: number): string | undefined {
  return basicCodes[code]
}

export interface EnhancedCodeWords {
  /** What the first number says. */
  readonly class: string
  /** What it is about: the second number. */
  readonly subject: string
  /** What exactly: all of it. Undefined where the registry has no such code: it is the server's own. */
  readonly detail: string | undefined
}

/** Takes `5.7.1`; undefined if its first or second number is none that there is. */
export function enhancedCodeInWords(enhanced: string): EnhancedCodeWords | undefined {
  const [, first = '', second = '', third = ''] = /^(\d)\.(\d{1,3})\.(\d{1,3})$/.exec(enhanced) ?? []
  const [kind, subject] = [classes[first], subjects[second]]
  if (kind === undefined || subject === undefined) return undefined
  return { class: kind, subject, detail: details[`${second}.${third}`] }
}

const classes: Readonly<Record<string, string>> = {
  2: 'done',
  4: 'not now: the sending server tries again by itself',
  5: 'no: trying again unchanged will not help',
}

const subjects: Readonly<Record<string, string>> = {
  0: 'nothing more is said',
  1: 'an address',
  2: 'the mailbox',
  3: 'the mail system that it was sent to',
  4: 'the network or the way there',
  5: 'the commands between the two servers',
  6: 'the content of the message',
  7: 'security or policy',
}

const details: Readonly<Record<string, string>> = {
  '0.0': 'nothing more is said',
  '1.0': 'something about an address',
  '1.1': 'there is no such mailbox',
  '1.2': 'there is no such domain, or it takes no mail',
  '1.3': 'the recipient is written wrongly',
  '1.4': 'the address fits more than one recipient',
  '1.5': 'the address is right',
  '1.6': 'the mailbox has moved, and nobody said where to',
  '1.7': 'the sender is written wrongly',
  '1.8': "there is no such domain as the sender's, or it takes no mail",
  '1.9': 'handed on to a server that understands less',
  '1.10': "the recipient's domain says that it takes no mail (null MX)",
  '2.0': 'something about the mailbox',
  '2.1': 'the mailbox is disabled and takes no mail',
  '2.2': 'the mailbox is full',
  '2.3': 'the message is larger than this mailbox takes',
  '2.4': 'a mailing list could not be expanded',
  '3.0': 'something about the mail system',
  '3.1': 'the mail system is full',
  '3.2': 'the mail system takes no messages at present',
  '3.3': 'the mail system cannot do what was asked',
  '3.4': 'the message is larger than the mail system takes',
  '3.5': 'the mail system is set up wrongly',
  '3.6': 'the priority asked for was changed',
  '4.0': 'something about the network or the way there',
  '4.1': 'no answer from the server',
  '4.2': 'the connection broke or was ended',
  '4.3': 'a directory (DNS) gave no answer',
  '4.4': 'no way to the server was found',
  '4.5': 'too much mail at present',
  '4.6': 'the message goes round in a loop',
  '4.7': 'it could not be delivered in time',
  '5.0': 'something about the commands',
  '5.1': 'the command is not known, or not possible now',
  '5.2': 'the command is written wrongly',
  '5.3': 'too many recipients',
  '5.4': 'an argument of the command is not possible',
  '5.5': 'the other side speaks another version of the protocol',
  '5.6': 'a line of the login is too long',
  '6.0': 'something about the content',
  '6.1': 'this kind of content is not taken',
  '6.2': 'the content would have to be converted, and may not be',
  '6.3': 'the content would have to be converted, and cannot be',
  '6.4': 'the content was converted, and lost something',
  '6.5': 'the conversion of the content failed',
  '6.6': 'the content cannot be had',
  '6.7': 'an address with letters outside ASCII is not possible here',
  '6.8': 'the answer has letters outside ASCII, and the other side does not take them',
  '6.9': 'the header has letters outside ASCII, and a recipient does not take them',
  '6.10': 'the answer has letters outside ASCII, and the other side does not take them',
  '7.0': 'something about security',
  '7.1': 'it is not allowed: by a rule of the server, or because the sender has not logged in',
  '7.2': 'this sender may not write to that mailing list',
  '7.3': 'the message would have to be converted from one kind of security to another',
  '7.4': 'a kind of security was asked for that the server does not have',
  '7.5': 'a signature or encryption failed',
  '7.6': 'an algorithm was asked for that the server does not have',
  '7.7': 'the message was changed on its way',
  '7.8': 'the user name or password is wrong',
  '7.9': 'this way to log in is too weak',
  '7.10': 'encryption (TLS) is needed',
  '7.11': 'this way to log in needs encryption (TLS) first',
  '7.12': 'the password has to be changed to a new kind first',
  '7.13': 'the account is disabled',
  '7.14': 'the server behind this one does not trust it',
  '7.15': 'the priority is too low',
  '7.16': 'the message is too large for its priority',
  '7.17': 'the mailbox has a new owner',
  '7.18': 'the domain has a new owner',
  '7.19': 'whether the owner is still the same cannot be told',
  '7.20': 'no DKIM signature of it is right',
  '7.21': 'no DKIM signature of it is one that is wanted',
  '7.22': 'no right DKIM signature is of the domain in the From line',
  '7.23': 'SPF: the sending server is not among those that the domain names',
  '7.24': 'SPF could not be looked at',
  '7.25': 'the address of the sending server has no name in DNS that leads back to it',
  '7.26': 'several checks of who sent it failed (SPF, DKIM, DMARC)',
  '7.27': "the sender's domain says that it takes no mail (null MX)",
  '7.28': 'too much mail from there at once',
  '7.29': 'the chain of servers that vouch for it (ARC) is broken',
  '7.30': 'it may only go on under TLS (REQUIRETLS), and the next server cannot',
}

const basicCodes: Readonly<Record<number, string>> = {
  211: 'a status or help',
  214: 'help',
  220: 'the server is ready',
  221: 'the server ends the connection, as asked',
  235: 'logged in',
  250: 'done',
  251: 'not here, but the server passes it on',
  252: 'the server does not tell whether the address exists, but takes mail for it',
  334: 'the server asks for the next part of the login',
  354: 'the server waits for the message',
  421: 'the server ends the connection; the sending server connects again by itself',
  432: 'the password has to be changed to a new kind first',
  450: 'the mailbox cannot be had now: busy, or held off by a rule; the sending server tries again by itself',
  451: 'a fault of the server, or a rule that lets nobody in yet (greylisting); the sending server tries again by itself',
  452: 'no room at present, or too many recipients at once; the sending server tries again by itself',
  454: 'TLS or the login is not possible now',
  455: 'the server cannot do what was asked now',
  500: 'the command is not known, or its line is too long',
  501: 'an argument of the command is wrong',
  502: 'the command is not offered',
  503: 'the command is out of order',
  504: 'an argument of the command is not offered',
  521: 'this host takes no mail at all',
  523: 'encryption (TLS) is needed',
  524: 'the password has to be changed to a new kind first',
  525: 'the account is disabled',
  530: 'it needs a login, or TLS, first',
  534: 'this way to log in is too weak',
  535: 'the user name or password is wrong',
  538: 'this way to log in needs encryption (TLS) first',
  550: 'the mailbox cannot be had: there is no such one, or a rule of the server says no',
  551: 'not here; another server has it',
  552: 'no room: the mailbox or the server has no more, or the message is too large',
  553: 'the address is not allowed or written wrongly',
  554: 'the message, or the whole connection, is refused',
  555: 'a parameter of MAIL or RCPT is not offered',
  556: "the recipient's domain takes no mail (null MX)",
}
