// What runs on the connections of a listener.

import type { Authenticator } from '#accounts/account.ts'
import type { Directory } from '#accounts/directory.ts'
import type { Config, ListenerConfig } from '#config/config.ts'
import { imapSession } from '#imap/session.ts'
import { keepAliveMs } from '#pop3/limits.ts'
import type { LoginDelay } from '#pop3/login-delay.ts'
import { pop3Session } from '#pop3/session.ts'
import type { Retrieval } from '#retrieval/retrieval.ts'
import { refusalText } from '#serve/refusal-text.ts'
import type { RunSession } from '#serve/session.ts'
import type { SmtpLimits } from '#smtp/limits.ts'
import type { SmtpKind } from '#smtp/needs.ts'
import { refusedConnection } from '#smtp/refused-connection.ts'
import { smtpSession } from '#smtp/session.ts'
import type { Store } from '#store/store.ts'
import type { ConnectionRefusal } from '#throttle/connections.ts'
import { trustedNetworks } from '#throttle/trusted.ts'
import type { MessageLimit } from '#wire/imap/capabilities.ts'
import type { MailIn } from './mail-in.ts'
import type { Outside } from './outside.ts'

export interface Protocol {
  readonly run: RunSession
  /** As in ListenerOptions; undefined: the usual. */
  readonly keepAliveMs?: number
  /** What a client reads in place of the greeting when there is no room for it. */
  readonly refuse: (refusal: ConnectionRefusal) => string
}

export interface ProtocolNeeds {
  readonly config: Pick<Config, 'hostname' | 'limits' | 'receive' | 'imap' | 'pop3' | 'language'>
  readonly outside: Outside
  readonly directory: Directory
  readonly store: Store
  readonly retrieval: Retrieval
  readonly authenticator: Authenticator
  readonly mailIn: Pick<MailIn, 'intakes'>
  /** One for all listeners. */
  readonly loginDelay: LoginDelay
}

export function protocolOf(listener: ListenerConfig, needs: ProtocolNeeds): Protocol {
  const { config, outside, directory: accounts, store, retrieval, authenticator } = needs
  const { hostname, limits } = config
  const { log, clock } = outside
  switch (listener.protocol) {
    case 'mx':
    case 'submission':
    case 'lmtp':
      return smtpProtocol(listener.protocol, listener, needs)
    case 'imap': {
      const maxMessageBytes = limits.messageBytes
      const messageLimit = messageLimitOf(config.imap)
      const hidden = { ofAccount: (accountId: number) => accounts.hiddenOf(accountId), fromClients: config.imap.hide }
      return {
        run: imapSession({
          store,
          retrieval,
          authenticator,
          accounts,
          log,
          clock,
          hostname,
          maxMessageBytes,
          messageLimit,
          hidden,
        }),
        refuse: refusal => `* BYE [UNAVAILABLE] ${refusalText(refusal)}\r\n`,
      }
    }
    case 'pop3': {
      const { loginDelay } = needs
      const { language } = config
      const { marksSeen } = config.pop3
      const house = { store, retrieval, authenticator, accounts, log, clock, hostname }
      return {
        run: pop3Session({ ...house, loginDelay, language, marksSeen }),
        keepAliveMs,
        refuse: refusal => `-ERR [SYS/TEMP] ${refusalText(refusal)}\r\n`,
      }
    }
  }
}

function messageLimitOf({ messageLimit, saveLimit }: Config['imap']): MessageLimit | undefined {
  if (messageLimit !== undefined) return { kind: 'MESSAGELIMIT', messages: messageLimit }
  return saveLimit === undefined ? undefined : { kind: 'SAVELIMIT', messages: saveLimit }
}

function smtpProtocol(kind: SmtpKind, listener: ListenerConfig, needs: ProtocolNeeds): Protocol {
  const { config, outside, directory, store, authenticator, mailIn } = needs
  const { hostname } = config
  const { log, clock, random } = outside
  const run = smtpSession({
    kind,
    intake: mailIn.intakes[kind],
    authenticator: kind === 'submission' ? authenticator : undefined,
    accounts: kind === 'submission' ? directory : undefined,
    accountNamed: async login => (await directory.credentials(login))?.account,
    spool: store.spool,
    log,
    clock,
    random,
    hostname,
    mayXclient: trustedNetworks(listener.xclientFrom),
    mayXforward: trustedNetworks(listener.xforwardFrom),
    limits: smtpLimits(config),
  })
  return { run, refuse: refusal => refusedConnection(refusal, hostname) }
}

function smtpLimits({ limits, receive }: Pick<Config, 'limits' | 'receive'>): Partial<SmtpLimits> {
  const { messageBytes, recipients, recipientDomains, mailsPerSession, longestHoldMs, connectionLifeMs } = limits
  const { bannerDelayMs, tarpit } = receive
  return {
    messageBytes,
    recipients,
    recipientDomains,
    mailsPerSession,
    longestHoldMs,
    connectionMs: connectionLifeMs,
    bannerDelayMs,
    tarpitAfter: tarpit.after,
    tarpitFirstMs: tarpit.firstMs,
    tarpitLongestMs: tarpit.longestMs,
  }
}
