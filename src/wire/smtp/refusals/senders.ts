// Why a sender is not taken (MAIL, and the From of the message), or a server that sends.

import type { RefusalRows } from './row.ts'

export const senderRows = {
  'not-your-address': {
    code: 553,
    enhanced: '5.7.1',
    what: '<{address}>: {user} may not send as this address',
    who: 'sender',
    mend: 'Set the sender of your mail program to an address of this account, or ask the administrator of {hostname} to grant it',
    sections: ['RFC 6409 6.1'],
    why: 'An account sends as its own address, its aliases, and what it was granted with `posthouse account grant`.',
  },
  'from-not-yours': {
    code: 553,
    enhanced: '5.7.1',
    what: 'From: <{address}>: {user} may not send as this address',
    who: 'sender',
    mend: 'Set the From address of your mail program to an address of this account, or ask the administrator of {hostname} to grant it',
    sections: ['RFC 6409 6.1'],
    why: 'It is the From line of the message, which readers see. An account sends as its own address, its aliases, and what it was granted with `posthouse account grant`.',
  },
  'sender-null-mx': {
    code: 550,
    enhanced: '5.7.27',
    what: '<{address}>: the domain of the sender says that it takes no mail (null MX), so nobody could answer',
    who: 'sender',
    mend: 'Send from an address that takes mail; the owner of the domain can remove the record',
    sections: ['RFC 7505 4.2'],
    why: 'The domain has the DNS record `MX 0 .`. A domain that wants no mail sends none either: the address is false, or was chosen in error.',
  },
  'no-reverse-name': {
    code: 550,
    enhanced: '5.7.25',
    what: 'The address {address} has no name in DNS that leads back to it',
    who: 'sending-server',
    mend: 'The administrator of the sending server has to set a PTR record for it, and an A or AAAA record for that name',
    sections: ['RFC 7372 3.3', 'RFC 8601 2.7.3'],
    why: 'Asked only where `receive.requireReverseName` is on. The PTR record is set by whoever gave the address: the hosting company or the network. When DNS gives no answer, the mail is taken.',
  },
  listed: {
    code: 550,
    enhanced: '5.7.1',
    what: 'The address {address} is on the list {zone}',
    who: 'sending-server',
    mend: 'The list tells why, and how to get off it: {link}',
    sections: ['RFC 5782 2.1'],
    why: 'This server asks lists of addresses that send spam (`receive.blocklists`). The list is run by others: whoever is on it in error has to ask there. An administrator of this server can take the list out of the configuration.',
  },
  'dmarc-reject': {
    code: 550,
    enhanced: '5.7.26',
    what: 'The message says that it is from {domain}, but neither SPF nor DKIM shows it, and that domain wants such mail refused (DMARC)',
    who: 'sending-server',
    mend: 'Send it through the mail server of {domain}, or ask its administrator to let yours',
    sections: ['RFC 7489 10.3', 'RFC 7372 3.4'],
    why: 'The owner of the domain in the From line publishes `p=reject`: whatever does not come from one of its servers, or carries no signature of it, is false. A mailing list or a forwarder that changes messages can break the signature. With `receive.dmarcReject: junk` such mail goes to the junk mailbox instead.',
  },
  'dmarc-unsure': {
    code: 451,
    enhanced: '4.4.3',
    what: 'The message says that it is from {domain}, which wants mail refused that neither SPF nor DKIM shows to be so (DMARC); DNS gives no answer to one of them now',
    who: 'nobody',
    mend: 'Your mail server tries again by itself; if it stays so, look at the name servers of {domain}',
    sections: ['RFC 7489 6.6.3', 'RFC 7208 8.6', 'RFC 6376 6.1'],
    why: 'A signature whose key cannot be looked up, or an SPF record that cannot be read, shows nothing for the moment: a refusal for good would bounce honest mail, and taking it would let anybody in whose name servers keep silent.',
  },
} satisfies RefusalRows
