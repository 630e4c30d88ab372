// The verbs as a table: the fields of each request. What comes over the socket is held against it before anything is done.

import { Secret } from '#base/secret.ts'
import type { Administration } from './administration.ts'
import { readImportMessages } from './import-message.ts'

export type Verb = keyof Administration
type FieldType = 'text' | 'secret' | 'truth' | 'size' | 'size-or-none' | 'messages'

interface Field {
  readonly type: FieldType
  readonly optional?: true
}

const text: Field = { type: 'text' }
const secret: Field = { type: 'secret' }
const truth: Field = { type: 'truth' }
const some: Field = { type: 'text', optional: true }
const page = some

export const verbs: { readonly [V in Verb]: Readonly<Record<string, Field>> } = {
  addDomain: { domain: text },
  listDomains: { after: page },
  removeDomain: { domain: text, withAccounts: truth },
  addAccount: { address: text, password: secret, limitBytes: { type: 'size', optional: true } },
  listAccounts: { domain: page, after: page },
  showAccount: { address: text },
  setPassword: { address: text, password: secret },
  setDisabled: { address: text, disabled: truth },
  removeAccount: { address: text },
  addAlias: { alias: text, account: text },
  listAliases: { domain: page, after: page },
  removeAlias: { alias: text },
  setHidden: { address: text, capabilities: text },
  grantSendAs: { account: text, address: text },
  revokeSendAs: { account: text, address: text },
  listAcl: { address: text, mailbox: some, after: page },
  listGiven: { address: text },
  setAcl: { address: text, mailbox: text, identifier: text, negative: truth, rights: text },
  removeAcl: { address: text, mailbox: text, identifier: text, negative: truth },
  showReading: { address: text },
  setReading: { address: text, onDelete: some, retrieval: some, language: some },
  listDevices: { address: text },
  endHiding: { address: text, remove: truth },
  listDeleted: { address: text, mailbox: some, since: { type: 'size', optional: true }, by: some, after: page },
  restoreDeleted: { address: text, ids: text, mailbox: some, forPop3: truth },
  listImported: { address: text, mailbox: text, after: page },
  importOctets: { upload: text, octets: text },
  importMessages: { address: text, mailbox: text, messages: { type: 'messages' } },
  listWaiting: { after: page },
  letIn: { sender: some, recipient: some, network: some },
  listQueue: { sender: some, recipient: some, state: some, after: page },
  showQueued: { messageId: text },
  releaseQueued: { messageId: text },
  dropQueued: { messageId: text },
  showQuota: { address: text },
  setQuota: {
    address: text,
    limitBytes: { type: 'size-or-none', optional: true },
    limitMessages: { type: 'size-or-none', optional: true },
  },
  finishRestore: {},
  advanceIndex: { address: text, afresh: truth },
  showIndex: { address: text },
  check: {},
  status: {},
}

export function isVerb(name: unknown): name is Verb {
  return typeof name === 'string' && Object.hasOwn(verbs, name)
}

/** The request's fields, secrets wrapped, or what is wrong with them. Fields that the table does not know are dropped. */
export function readRequest(verb: Verb, given: unknown): { readonly fields: Record<string, unknown> } | string {
  if (typeof given !== 'object' || given === null) return 'the request is no object'
  const fields: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(verbs[verb])) {
    const value: unknown = Object.hasOwn(given, name) ? Reflect.get(given, name) : undefined
    if (value === undefined && field.optional) continue
    const read = readField(field.type, value)
    if (read === undefined) return `${verb}: the field ${name} is missing or of the wrong type`
    fields[name] = read
  }
  return { fields }
}

function readField(type: FieldType, value: unknown): unknown {
  if (type === 'text') return typeof value === 'string' ? value : undefined
  if (type === 'secret') return typeof value === 'string' ? new Secret(value) : undefined
  if (type === 'truth') return typeof value === 'boolean' ? value : undefined
  if (type === 'messages') return readImportMessages(value)
  if (type === 'size-or-none' && value === null) return null
  return Number.isSafeInteger(value) && Number(value) >= 0 ? value : undefined
}
