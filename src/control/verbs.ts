// The verbs as a table: the fields of each request. What comes over the socket is held against it before anything is done.

import { Secret } from '#base/secret.ts'
import type { Administration } from './administration.ts'
import { readImportMessages } from './import-message.ts'
import { limits } from './limits.ts'
import { readSuppressionEntries } from './suppression-entry.ts'

export type Verb = keyof Administration
type FieldType = 'text' | 'texts' | 'secret' | 'truth' | 'size' | 'size-or-none' | 'messages' | 'suppressions'

interface Field {
  readonly type: FieldType
  readonly optional?: true
}

const text: Field = { type: 'text' }
const secret: Field = { type: 'secret' }
const texts: Field = { type: 'texts' }
const truth: Field = { type: 'truth' }
const some: Field = { type: 'text', optional: true }
const page = some
const queueFilter: Readonly<Record<string, Field>> = {
  messageId: some,
  sender: some,
  recipient: some,
  domain: some,
  state: some,
  hop: some,
  account: some,
  class: some,
  olderThanMs: { type: 'size', optional: true },
}

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
  addAlias: { alias: text, targets: texts },
  listAliases: { domain: page, after: page },
  removeAlias: { alias: text },
  setForward: { address: text, targets: texts, keepsCopy: truth },
  showForward: { address: text },
  showSender: { address: text },
  setGuard: { address: text, guard: text },
  setSenderLimits: {
    address: text,
    messagesPerHour: { type: 'size-or-none', optional: true },
    messagesPerDay: { type: 'size-or-none', optional: true },
    recipientsPerHour: { type: 'size-or-none', optional: true },
    recipientsPerDay: { type: 'size-or-none', optional: true },
  },
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
  listQueue: { ...queueFilter, after: page },
  showQueued: { messageId: text },
  actOnQueue: { action: text, all: truth, reason: some, ...queueFilter },
  queueStats: {},
  listSuppressed: { account: some, domain: some, after: page },
  importSuppressed: { byHand: truth, entries: { type: 'suppressions' } },
  probeMx: { domain: text, sender: some },
  probeSmtp: { host: text, port: { type: 'size' }, tls: text },
  sendTest: { to: text, from: some },
  followTest: { messageId: text, seen: { type: 'size' } },
  removeSuppressed: { account: some, domain: some, recipient: text },
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
  if (type === 'texts') return isTexts(value) ? value : undefined
  if (type === 'secret') return typeof value === 'string' ? new Secret(value) : undefined
  if (type === 'truth') return typeof value === 'boolean' ? value : undefined
  if (type === 'messages') return readImportMessages(value)
  if (type === 'suppressions') return readSuppressionEntries(value)
  if (type === 'size-or-none' && value === null) return null
  return Number.isSafeInteger(value) && Number(value) >= 0 ? value : undefined
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= limits.texts && value.every(one => typeof one === 'string')
}
