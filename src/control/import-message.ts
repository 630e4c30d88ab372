// A message of an import as data: what `importMessages` is given.

import { systemFlagBits } from '#mail/flags.ts'

export interface ImportMessage {
  /** By which it is known again, within its mailbox. */
  readonly name: string
  /** Bits of mail/flags.ts. */
  readonly flags: number
  /** With spaces between. */
  readonly keywords: string
  /** Milliseconds since 1970. */
  readonly internalDate: number
  /** POP3's unique-id that it had; null: it had none, or nobody knows it. */
  readonly uidl: string | null
  /** In base64; null: `importOctets` brought them. */
  readonly octets: string | null
  /** The name under which it did. */
  readonly upload: string | null
}

/** Undefined where `given` is no list of such. */
export function readImportMessages(given: unknown): readonly ImportMessage[] | undefined {
  if (!Array.isArray(given)) return undefined
  const messages: ImportMessage[] = []
  for (const one of given as readonly unknown[]) {
    if (!isImportMessage(one)) return undefined
    messages.push(one)
  }
  return messages
}

function isImportMessage(given: unknown): given is ImportMessage {
  if (typeof given !== 'object' || given === null) return false
  const field = (name: keyof ImportMessage): unknown => Reflect.get(given, name)
  const isText = (name: keyof ImportMessage) => typeof field(name) === 'string'
  const isTextOrNone = (name: keyof ImportMessage) => isText(name) || field(name) === null
  const { flags, internalDate } = { flags: field('flags'), internalDate: field('internalDate') }
  return (
    isText('name') &&
    isText('keywords') &&
    isTextOrNone('uidl') &&
    isText('octets') !== isText('upload') &&
    isTextOrNone('octets') &&
    isTextOrNone('upload') &&
    typeof flags === 'number' &&
    (flags & ~systemFlagBits) === 0 &&
    Number.isSafeInteger(internalDate)
  )
}
