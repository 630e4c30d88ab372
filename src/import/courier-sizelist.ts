// courierpop3dsizelist: what Courier's POP3 server remembers of a Maildir. Its first line is `/<version> <next uid> <uidvalidity>`; the others
// are `<file> <size> <uid>` in version 1, `<file> <size> <uid>:<uidvalidity>` in version 2, without a first line `<file> <size>`. More may follow.

import { readMaildirName } from './maildir-name.ts'

/** The unique-ids that POP3 gave, by the base names of the files. */
export function readCourierSizelist(text: string): ReadonlyMap<string, string> {
  const uidls = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('/')) continue
    const [file = '', , number = ''] = line.split(' ')
    const { base } = readMaildirName(file.slice(file.lastIndexOf('/') + 1))
    const [, uid = '0', uidValidity = '0'] = /^(\d+)(?::(\d+))?$/.exec(number) ?? []
    if (base !== '') uidls.set(base, courierUidl(base, { uid: Number(uid), uidValidity: Number(uidValidity) }))
  }
  return uidls
}

interface CourierUid {
  readonly uid: number
  readonly uidValidity: number
}

function courierUidl(base: string, { uid, uidValidity }: CourierUid): string {
  if (uid === 0) return base.replace(/[^\x21-\x7e]|['"+]/g, escaped)
  return uidValidity === 0 ? `UID${uid}` : `UID${uid}-${uidValidity}`
}

/** `base` has a character for each octet. */
function escaped(character: string): string {
  return `+${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
