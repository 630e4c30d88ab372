// Each class of "no" in plain words for whoever wrote the message: what happened, who can mend it, what to do next. `{host}` is this server.
// Some sorts of "no" have words of their own within their class.

import type { OutcomeClass } from './outcome.ts'

export interface OutcomeWords {
  readonly happened: string
  readonly mender: string
  readonly next: string
}

export const outcomeWords: Readonly<Record<OutcomeClass, OutcomeWords>> = {
  'recipient-unknown': {
    happened: 'There is no such mailbox there, or it is closed.',
    mender: 'You, or the person you write to.',
    next: 'Check the spelling of the address. If it is right, ask the person in another way for an address that works.',
  },
  'mailbox-full': {
    happened: 'The mailbox is full.',
    mender: 'The person you write to: only they can make room in it.',
    next: 'Tell them in another way, and send the message again when there is room.',
  },
  policy: {
    happened: 'The receiving server has a rule that does not let this message in.',
    mender: 'The administrator of the receiving server, or the person you write to.',
    next: 'Ask the person in another way whether you may write to this address, and show them the answer above.',
  },
  reputation: {
    happened: 'The receiving server does not trust the server or the domain that your mail comes from.',
    mender: 'The administrator of {host}.',
    next: 'Forward this report to your administrator. To send the message again helps only once that is mended.',
  },
  authentication: {
    happened: 'The receiving server could not make sure that the message comes from who it says it comes from.',
    mender: 'The administrator of {host}.',
    next: 'Forward this report to your administrator: the DNS records of your domain or of this server may be wrong. If you wrote in the name of another domain, write in your own.',
  },
  content: {
    happened:
      'The receiving server did not like what is in the message: it took it for spam, or an attachment or link for dangerous.',
    mender: 'You, or the administrator of the receiving server.',
    next: 'Send it again in other words, without links and attachments. If that does not help, tell the person in another way.',
  },
  'too-large': {
    happened: 'The message is larger than the receiving server takes.',
    mender: 'You.',
    next: 'Send a smaller message, or a link to the file instead of the file.',
  },
  rate: {
    happened: 'The receiving server takes no more mail from here, or for this mailbox, for the time being.',
    mender: 'Nobody has to: it passes by itself.',
    next: 'Send the message again later. If you have sent many messages in a short time, send fewer at a time.',
  },
  dns: {
    happened: 'A domain could not be found in the DNS, has no mail server there, or its name servers give no answer.',
    mender: 'You, if the address is mistyped; else whoever runs that domain.',
    next: 'Check the spelling of the address after the @. If it is right, tell the person in another way that their domain has a fault.',
  },
  network: {
    happened: 'The receiving server could not be reached, or was out of order.',
    mender: 'The administrator of the receiving server.',
    next: 'Send the message again later. If it is urgent, reach the person in another way.',
  },
  tls: {
    happened: 'There was no safe connection to the receiving server, and without one the message may not go there.',
    mender: 'The administrators of the receiving server and of {host}.',
    next: 'Forward this report to your administrator, and tell the person in another way.',
  },
  protocol: {
    happened: 'The receiving server and this one did not understand each other.',
    mender: 'The administrators of the receiving server and of {host}.',
    next: 'Forward this report to your administrator.',
  },
  ours: {
    happened: 'Something is wrong on this server.',
    mender: 'The administrator of {host}.',
    next: 'Forward this report to your administrator.',
  },
  unclear: {
    happened: 'The receiving server refused it, and its answer does not say clearly why.',
    mender: 'The administrator of the receiving server.',
    next: 'Read the answer above. If it does not help, ask the person in another way to show it to their administrator.',
  },
}

/** A "no" as rows, reports and commands keep it. */
export interface Judged {
  readonly class: OutcomeClass
  /** RFC 3463. */
  readonly status: string | null
  readonly reply: string | null | undefined
  /** Something on the way passed it on to this recipient, whom its sender did not write to. */
  readonly isForwarded?: boolean
}

/** What the queue writes for what an operator gave up; the host's name and the reason follow. */
export const returnedByOperator = 'returned by the operator of '

const returned: OutcomeWords = {
  happened: 'The operator of this server took the message out of the queue and returned it to you.',
  mender: 'The administrator of {host}.',
  next: 'Ask your administrator why, before you send it again.',
}

const loop: OutcomeWords = {
  happened:
    'The message goes round in a loop: the mail servers for this address pass it on to each other, or back here.',
  mender: 'Whoever set up that address or its forwarding, with the administrator of {host}.',
  next: 'Check the spelling of the address. If it is right, forward this report to your administrator; to send the message again does not help before that.',
}

const nullMx: OutcomeWords = {
  happened: 'The domain of this address says that it takes no mail at all.',
  mender: 'You, if the address is mistyped.',
  next: 'Check the spelling of the address after the @. If it is right, reach the person in another way.',
}

const forwardedNowhere: OutcomeWords = {
  happened: 'The address that you wrote to leads on to one that is not there, or is closed.',
  mender: 'Whoever set up where that mail goes on to.',
  next: 'The address that you wrote to is spelled right: tell the person in another way where their mail goes.',
}

const notYet: OutcomeWords = {
  happened: 'The receiving server has a rule that does not let this message in for now.',
  mender: 'The administrator of the receiving server.',
  next: 'Send the message again later. If it is urgent, reach the person in another way.',
}

const notTheirs: OutcomeWords = {
  happened: 'The server that the message was brought to does not take mail for this address, and passes none on.',
  mender: 'You, if the address is mistyped; else whoever runs that domain, or the administrator of {host}.',
  next: 'Check the spelling of the address after the @. If it is right, forward this report to your administrator.',
}

const relayDenied =
  /\brelay(?:ing)?(?: \w+){0,2} (?:is )?(?:denied|not (?:permitted|allowed)|prohibited)|\b(?:unable to|do not) relay\b/i

export function wordsOf({ class: kind, status, reply, isForwarded = false }: Judged): OutcomeWords {
  if (reply?.startsWith(returnedByOperator)) return returned
  // RFC 3463 3.5: routing loop detected.
  if (/^[45]\.4\.6$/.test(status ?? '')) return loop
  // RFC 7505 4.1.
  if (kind === 'dns' && status === '5.1.10') return nullMx
  if (kind === 'policy' && relayDenied.test(reply ?? '')) return notTheirs
  if (kind === 'policy' && reply?.startsWith('4')) return notYet
  if (kind === 'recipient-unknown' && isForwarded) return forwardedNowhere
  return outcomeWords[kind]
}
