// The main thread's part: octets from the spool, records through the DNS door, in the shapes of node:dns that the library knows.

import type { Answer, Dns } from '#io/dns.ts'
import type { ReadableMessage } from './facts.ts'
import type { Question, QuestionAnswer } from './thread-messages.ts'

export interface Sources {
  readonly dns: Dns
  readonly message: Pick<ReadableMessage, 'read'>
}

/** Never rejects. */
export async function answerQuestion(question: Question, { dns, message }: Sources): Promise<QuestionAnswer> {
  try {
    if (question.kind === 'records') return await records(dns, question)
    return { kind: 'octets', bytes: await message.read(question.start, question.end) }
  } catch (error) {
    return { kind: 'failed', code: String(error) }
  }
}

async function records(
  dns: Dns,
  { name, type }: { readonly name: string; readonly type: string },
): Promise<QuestionAnswer> {
  switch (type) {
    case 'A':
      return shaped(await dns.addresses(name, 4), address => address)
    case 'AAAA':
      return shaped(await dns.addresses(name, 6), address => address)
    case 'TXT':
      return shaped(await dns.texts(name), text => [text])
    case 'MX':
      return shaped(await dns.exchangers(name), ({ host, preference }) => ({ exchange: host, priority: preference }))
    case 'PTR':
      return shaped(await dns.pointers(addressOf(name)), pointer => pointer)
    // DMARC asks it of a name that seems not to exist.
    case 'CNAME':
      return shaped(await dns.aliases(name), alias => alias)
    default:
      return { kind: 'failed', code: `no records of type ${type}` }
  }
}

function shaped<R>(answer: Answer<R>, shape: (record: R) => unknown): QuestionAnswer {
  switch (answer.kind) {
    case 'found':
      return { kind: 'records', records: answer.records.map(shape) }
    case 'none':
      return { kind: 'failed', code: answer.nameExists ? 'ENODATA' : 'ENOTFOUND' }
    case 'unknown':
      return { kind: 'failed', code: 'ETIMEOUT' }
  }
}

/** The address of `7.2.0.192.in-addr.arpa`. */
function addressOf(pointerName: string): string {
  const parts = pointerName.toLowerCase().split('.').reverse().slice(2)
  if (pointerName.toLowerCase().endsWith('.in-addr.arpa')) return parts.join('.')
  return (parts.join('').match(/.{1,4}/g) ?? []).join(':')
}
