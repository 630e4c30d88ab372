// The accounts of `posthouse dev`: those it was given, else those that are there, else alice and bob.

import { Secret } from '#base/secret.ts'
import type { Administration } from '#control/administration.ts'
import { systemRandom } from '#io/random.ts'
import type { DevAccount, DevChoices } from './dev-options.ts'
import { limits } from './limits.ts'
import { valueFrom } from './outcome.ts'

export interface ShownAccount {
  readonly address: string
  /** Undefined: it was set earlier, and nobody can know it. */
  readonly password: Secret | undefined
}

export interface PreparedAccounts {
  readonly accounts: readonly ShownAccount[]
  /** There are more, which are not shown. */
  readonly moreAccounts: boolean
}

export async function prepareAccounts(administration: Administration, choices: DevChoices): Promise<PreparedAccounts> {
  for (const domain of choices.domains) await addDomain(administration, domain)
  const found = valueFrom(await administration.listAccounts({})).items
  const wanted = choices.accounts.length > 0 || found.length > 0 ? choices.accounts : invented(choices.domains)
  const given = await Promise.all(wanted.map(account => settle(administration, account)))
  const earlier = found.filter(({ address }) => !given.some(one => one.address === address))
  const shown = earlier.slice(0, limits.shownAccounts).map(({ address }) => ({ address, password: undefined }))
  return { accounts: [...given, ...shown], moreAccounts: earlier.length > shown.length }
}

async function addDomain(administration: Administration, domain: string): Promise<void> {
  const added = await administration.addDomain({ domain })
  if (added.kind !== 'already-exists') valueFrom(added)
}

/** With the same data folder a second time, the account gets the password that is given now. */
async function settle(administration: Administration, account: DevAccount): Promise<ShownAccount> {
  const added = await administration.addAccount(account)
  const { address } = valueFrom(added.kind === 'already-exists' ? await administration.setPassword(account) : added)
  return { address, password: account.password }
}

function invented([domain]: readonly string[]): readonly DevAccount[] {
  return ['alice', 'bob'].map(name => ({ address: `${name}@${domain}`, password: inventedPassword() }))
}

const consonants = 'bdfghjklmnprstvz'
const vowels = 'aeio'

/** Three words that can be read out, typed and pasted anywhere: 54 bits. */
function inventedPassword(): Secret {
  const letters = [...systemRandom.bytes(18)].map((byte, at) =>
    at % 2 === 0 ? consonants[byte % consonants.length] : vowels[byte % vowels.length],
  )
  return new Secret([0, 6, 12].map(at => letters.slice(at, at + 6).join('')).join('-'))
}
