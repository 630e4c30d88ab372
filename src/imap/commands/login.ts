// LOGIN (RFC 3501 6.2.3), and what follows a name and a password however they came.

import type { SaslOutcome } from '#accounts/account.ts'
import { type CommandOf, type Conversation, pinned } from '#imap/conversation.ts'
import { loginFailuresMax } from '#imap/limits.ts'
import { no, ok, type Reply } from '#imap/reply.ts'
import { limitsAfterLogin } from '#wire/imap/limits.ts'

export async function login(conversation: Conversation, { user, password }: CommandOf<'LOGIN'>): Promise<Reply> {
  if (conversation.channel.tls === undefined) return needsTls()
  const { channel, needs } = conversation
  const outcome = await needs.authenticator.login(user, password, channel.remote.address)
  return await welcomeOrRefusal(conversation, { user, outcome })
}

/** RFC 3501 6.2.3: no password in the clear. */
export function needsTls(): Reply {
  return no('PRIVACYREQUIRED', 'Start TLS first')
}

/** Logs the client in or says why not. `user` as it named itself. */
export async function welcomeOrRefusal(
  conversation: Conversation,
  { user, outcome }: { readonly user: string; readonly outcome: SaslOutcome },
): Promise<Reply> {
  const { log } = conversation
  if (outcome.kind === 'welcome') {
    if (!(await conversation.logIn(outcome.account))) {
      log.info('imap.login-failed', { user, why: 'pinned' })
      return no('NOPERM', pinned)
    }
    conversation.input.receiver.limits = limitsAfterLogin
    log.info('imap.login', { account: outcome.account.address })
    // RFC 5530 and RFC 3501 7.1: saves the client a CAPABILITY.
    return ok('Logged in', { code: 'CAPABILITY', names: conversation.capabilities() })
  }
  log.info('imap.login-failed', { user, why: outcome.kind })
  conversation.loginFailures += 1
  if (conversation.loginFailures >= loginFailuresMax) conversation.hangUp('Too many failed logins')
  switch (outcome.kind) {
    case 'wrong':
      return no('AUTHENTICATIONFAILED', 'Wrong name or password')
    case 'not-yourself':
      return no('AUTHORIZATIONFAILED', 'You cannot act for another account')
    case 'downgraded':
      return no(
        'AUTHENTICATIONFAILED',
        'Channel binding was offered, but your program did not see it: is somebody between us?',
      )
    case 'disabled':
      return no('CONTACTADMIN', 'This account is disabled')
    case 'too-many':
      return no('UNAVAILABLE', `Too many failed logins: try again in ${Math.ceil(outcome.retryAfterMs / 1000)} seconds`)
  }
}
