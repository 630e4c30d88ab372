// Which unique-ids POP3 gave to the messages of an INBOX: what the files of the other server tell, and what the operator says.

import { readCourierSizelist } from './courier-sizelist.ts'
import type { Uidlist } from './dovecot-uidlist.ts'
import { fromField, type Letter } from './source.ts'
import { dovecotFormat, readUidlFormat, type UidlFormat } from './uidl-format.ts'

export type UidlChoice =
  | { readonly kind: 'auto' | 'dovecot' | 'courier' | 'x-uidl' | 'none' }
  | { readonly kind: 'format'; readonly text: string; readonly format: UidlFormat }

const words = ['auto', 'dovecot', 'courier', 'x-uidl', 'none'] as const

/** Undefined where it is no choice. */
export function readUidlChoice(text: string): UidlChoice | undefined {
  const word = words.find(word => word === text)
  if (word !== undefined) return { kind: word }
  const format = readUidlFormat(text)
  return format === undefined ? undefined : { kind: 'format', text, format }
}

export interface Uidls {
  /** In words. */
  readonly from: string
  of(base: string): Letter['uidl']
}

export interface UidlFiles {
  readonly dovecot: Uidlist | undefined
  /** The text of courierpop3dsizelist. */
  readonly courier: string | undefined
}

/** Undefined: none are known. A string: why what was asked for is not to be had. */
export function uidlsOf(choice: UidlChoice, { dovecot, courier }: UidlFiles): Uidls | undefined | string {
  switch (choice.kind) {
    case 'none':
      return undefined
    case 'x-uidl':
      return { from: 'X-UIDL fields', of: () => fromField }
    case 'format':
      if (dovecot === undefined && /%\{?(?:0?\d*[XLU]*[uv]|uid)/.test(choice.text))
        return `${choice.text} is made of UIDs, and there is no dovecot-uidlist (courierimapuiddb) to tell them`
      return fromFormat(choice.format, choice.text, dovecot)
    case 'courier':
      return courier === undefined ? 'there is no courierpop3dsizelist' : fromCourier(courier)
    case 'dovecot':
      return dovecot === undefined ? 'there is no dovecot-uidlist' : fromDovecot(dovecot)
    case 'auto':
      if (dovecot !== undefined) return fromDovecot(dovecot)
      return courier === undefined ? undefined : fromCourier(courier)
  }
}

function fromCourier(text: string): Uidls {
  const uidls = readCourierSizelist(text)
  return { from: 'courierpop3dsizelist', of: base => uidls.get(base) }
}

/** What is written down for a message goes before the format: Dovecot does the same. */
function fromDovecot(list: Uidlist): Uidls | string {
  const text = list.uidlFormat ?? dovecotFormat
  const format = readUidlFormat(text)
  if (format === undefined) return `dovecot-uidlist names a format that is not known here: ${text}`
  const formatted = fromFormat(format, text, list)
  return { ...formatted, of: base => list.records.get(base)?.uidl ?? formatted.of(base) }
}

function fromFormat(format: UidlFormat, text: string, list: Uidlist | undefined): Uidls {
  const from = list === undefined ? text : `dovecot-uidlist, ${text}, UIDVALIDITY ${list.uidValidity}`
  const uidValidity = list?.uidValidity ?? 0
  return {
    from,
    of: base => {
      const record = list?.records.get(base)
      // A message that the other server has not numbered yet, it has not shown to POP3 either.
      if (list !== undefined && record === undefined) return undefined
      return format({ uid: record?.uid ?? 0, uidValidity, base, guid: record?.guid })
    },
  }
}
