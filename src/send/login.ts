// Logging in at a smarthost (RFC 4954): SCRAM-SHA-256 where it is offered, which shows nobody the password and tells a server that knows it from
// one that does not; else PLAIN (RFC 4616) or LOGIN.

import { preparePassword } from '#accounts/prepare-password.ts'
import { ParseError } from '#base/parse-error.ts'
import type { Random } from '#io/random.ts'
import { printClientFinal, printClientFirst, readServerFinal, readServerFirst } from '#wire/sasl/scram-client.ts'
import { type PeerReply, replyText } from '#wire/smtp/reply-receiver.ts'
import type { Conversation } from './conversation.ts'
import { sessionLimits } from './limits.ts'
import type { Credentials } from './peer.ts'
import { prove } from './scram.ts'

export interface Login {
  readonly conversation: Conversation
  readonly credentials: Credentials
  /** What the server offers, upper case. */
  readonly mechanisms: ReadonlySet<string>
  /** Whether a password may be shown. */
  readonly isSafe: boolean
  readonly random: Random
  readonly answerMs: number
}

/** Undefined: logged in. Else the server's reply, or why it was not asked. */
export async function logIn(login: Login): Promise<PeerReply | string | undefined> {
  const { mechanisms, isSafe } = login
  if (mechanisms.has('SCRAM-SHA-256')) return await byScram(login)
  if (!isSafe && mechanisms.size > 0) return 'it offers no way to log in that would not show the password to others'
  if (mechanisms.has('PLAIN')) return await byPlain(login)
  if (mechanisms.has('LOGIN')) return await byLogin(login)
  return mechanisms.size === 0 ? 'it offers no login' : `it offers none of our mechanisms (${shownNames(mechanisms)})`
}

const nonceOctets = 18

async function byScram(login: Login): Promise<PeerReply | string | undefined> {
  const { user, password } = login.credentials
  const clientNonce = Buffer.from(login.random.bytes(nonceOctets)).toString('base64')
  const { message, bare } = printClientFirst(user, clientNonce)
  const challenge = await ask(login, 'AUTH SCRAM-SHA-256 ', message)
  if (challenge.code !== 334) return challenge
  try {
    const octets = octetsOf(challenge)
    const { nonce, salt, iterations } = readServerFirst(octets, clientNonce)
    if (iterations > sessionLimits.scramIterations) return 'it asks for too much work'
    const withoutProof = printClientFinal(nonce)
    const authMessage = `${bare},${Buffer.from(octets).toString('utf8')},${withoutProof}`
    const prepared = preparePassword(password.reveal()) ?? password.reveal()
    const proven = await prove({ password: prepared, salt, iterations, authMessage })
    const final = await ask(login, '', `${withoutProof},p=${proven.proof.toBase64()}`)
    if (final.code !== 334 && final.code !== 235) return final
    // RFC 4954 4: the last message of the server may come in the success itself.
    if (!proven.isServers(readServerFinal(octetsOf(final))))
      return 'it does not know the password itself: it is not who it says'
    const success = final.code === 235 ? final : await ask(login, '', '')
    return success.code === 235 ? undefined : success
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return `what it says makes no sense (${error.message})`
  }
}

async function byPlain(login: Login): Promise<PeerReply | undefined> {
  const { user, password } = login.credentials
  const response = `\0${user}\0${password.reveal()}`
  const first = await ask(login, 'AUTH PLAIN ', response)
  // Some do not read what comes with the command, and ask for it.
  const reply = first.code === 334 && replyText(first) === '' ? await ask(login, '', response) : first
  return reply.code === 235 ? undefined : reply
}

/** Name, then password, whatever the challenges say: they are in many languages. */
async function byLogin(login: Login): Promise<PeerReply | undefined> {
  const { conversation, credentials, answerMs } = login
  conversation.say('AUTH LOGIN\r\n')
  let reply = await conversation.answer(answerMs)
  for (const text of [credentials.user, credentials.password.reveal()]) {
    if (reply.code !== 334) break
    reply = await ask(login, '', text)
  }
  return reply.code === 235 ? undefined : reply
}

/** Of what stands in base64 the transcript shows nothing. */
async function ask({ conversation, answerMs }: Login, before: string, text: string): Promise<PeerReply> {
  const base64 = Buffer.from(text, 'utf8').toString('base64')
  conversation.sayHidden(`${before}${base64}\r\n`, `${before}[secret]\r\n`)
  return await conversation.answer(answerMs)
}

function octetsOf(reply: PeerReply): Uint8Array {
  try {
    return Uint8Array.fromBase64(replyText(reply))
  } catch {
    throw new ParseError('not base64', 0) // SyntaxError is all that it throws
  }
}

function shownNames(mechanisms: ReadonlySet<string>): string {
  return [...mechanisms].slice(0, 5).join(' ').slice(0, 100)
}
