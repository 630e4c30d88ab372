// SASL (RFC 4422) for SMTP, IMAP and POP3 alike, in three parts:
//   wire/sasl      pure: the grammar of each mechanism's messages, and which mechanisms a connection is offered (mechanism.ts)
//   accounts       scram.ts has SCRAM's arithmetic, scram-accounts.ts its keys, access-tokens.ts checks OAuth's tokens, attempt.ts slows guessers down
//   accounts/sasl  one file a mechanism: an async generator that yields challenges, is given responses, and returns how it ended (talk.ts)
// A protocol sends what `challenge` says and hands back what comes, until it is told 'malformed' or 'settled'. It sees no password, key or token.

import type { Authenticator, SaslChannel } from '#accounts/account.ts'
import { type MechanismName, mechanismsOffered } from '#wire/sasl/mechanism.ts'
import { oauthBearer, xoauth2 } from './bearer.ts'
import { external } from './external.ts'
import { login, plain } from './password.ts'
import { scram } from './scram.ts'
import { exchangeOf, type SaslNeeds, type Talk, type TalkNeeds } from './talk.ts'

export function saslMechanisms(needs: SaslNeeds): Pick<Authenticator, 'mechanisms' | 'exchange'> {
  const { scramSha1, tokens } = needs.settings
  const offeredOn = (channel: SaslChannel) => mechanismsOffered({ scramSha1, oauth: tokens !== undefined }, channel)
  return {
    mechanisms: offeredOn,
    exchange(mechanism, channel, remoteAddress) {
      const offered = offeredOn(channel)
      const name = offered.find(one => one === mechanism.toUpperCase())
      return name && exchangeOf(initial => begin(name, { ...needs, channel, remoteAddress, offered }, initial))
    },
  }
}

function begin(mechanism: MechanismName, needs: TalkNeeds, initial: Uint8Array | undefined): Talk {
  switch (mechanism) {
    case 'PLAIN':
      return plain(needs, initial)
    case 'LOGIN':
      return login(needs, initial)
    case 'EXTERNAL':
      return external(needs, initial)
    case 'OAUTHBEARER':
      return oauthBearer(needs, initial)
    case 'XOAUTH2':
      return xoauth2(needs, initial)
    case 'SCRAM-SHA-256':
    case 'SCRAM-SHA-256-PLUS':
      return scram(needs, { mechanism: 'SCRAM-SHA-256', binds: mechanism.endsWith('-PLUS') }, initial)
    case 'SCRAM-SHA-1':
    case 'SCRAM-SHA-1-PLUS':
      return scram(needs, { mechanism: 'SCRAM-SHA-1', binds: mechanism.endsWith('-PLUS') }, initial)
  }
}
