// XCLIENT (Postfix's XCLIENT_README): a trusted server in front tells who it speaks for. The session begins anew as that client's.

import { isIP } from 'node:net'
import type { Attribute, CommandOf } from '#wire/smtp/command.ts'
import type { Answer, Conversation, Peer } from './conversation.ts'
import { xclientNames } from './extensions.ts'
import { greeting } from './greeting.ts'

export async function xclient(
  conversation: Conversation,
  { attributes }: CommandOf<'XCLIENT' | 'XFORWARD'>,
): Promise<Answer> {
  const { needs, channel } = conversation
  let peer: Peer = conversation.peer
  // The port of the server in front says nothing of the client behind it.
  if (attributes.some(({ name, value }) => name === 'ADDR' && value !== undefined)) peer = { ...peer, port: 0 }
  for (const attribute of attributes) {
    const told = read(attribute)
    if (typeof told === 'string') return conversation.refuse('syntax', { reason: told })
    peer = { ...peer, ...told }
  }
  needs.log.info('smtp.xclient', { connection: channel.id, ...peer })
  conversation.beginAnew(peer)
  const login = attributes.find(({ name }) => name === 'LOGIN')?.value
  // Nobody logs in on MX, and nobody is let in there by another's word.
  const account = login === undefined || needs.kind !== 'submission' ? undefined : await needs.accountNamed?.(login)
  if (account !== undefined) await conversation.logIn(account)
  return greeting(needs)
}

/** What the attribute changes of the peer, or what is wrong with it. */
function read({ name, value }: Attribute): Partial<Peer> | string {
  switch (name as (typeof xclientNames)[number]) {
    case 'NAME':
      return { name: value }
    case 'ADDR':
      return readAddress(value)
    case 'PORT':
      return /^\d{1,5}$/.test(value ?? '0') ? { port: Number(value ?? 0) } : 'PORT is a number'
    case 'PROTO':
      return readProtocol(value)
    case 'HELO':
      return { hello: value }
    case 'LOGIN':
      return {}
    default:
      return `XCLIENT takes ${xclientNames.join(', ')}`
  }
}

/** Who is not known is nobody: not the server in front, which may be trusted. */
function readAddress(value: string | undefined): Partial<Peer> | string {
  if (value === undefined) return { address: 'unknown' }
  const address = value.replace(/^IPV6:/i, '')
  return isIP(address) === 0 ? 'ADDR is an IP address' : { address }
}

function readProtocol(value: string | undefined): Partial<Peer> | string {
  const protocol = value?.toUpperCase()
  if (protocol === undefined || protocol === 'SMTP' || protocol === 'ESMTP') return { protocol }
  return 'PROTO is SMTP or ESMTP'
}
