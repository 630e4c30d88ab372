// What a server needs that is started from a configuration file: the file, the domains, the accounts.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ConfigInput } from '#config/define.ts'
import { run } from './program.ts'

const mainFile = join(import.meta.dirname, '../../bin/posthouse.js')

export interface Prepared {
  readonly data: string
  readonly config: ConfigInput
  readonly accounts: readonly { readonly address: string; readonly password: string }[]
}

/** Writes the file beside the data folder and makes what is not there yet. @returns the words after `posthouse` that start the server */
export async function prepareConfigured({ data, config, accounts }: Prepared): Promise<readonly string[]> {
  mkdirSync(dirname(data), { recursive: true })
  const file = `${data}.config.json`
  writeFileSync(file, JSON.stringify({ data, ...config }))
  const posthouse = (words: readonly string[], input = '') =>
    run(process.execPath, [mainFile, ...words, '--data', data], { input, codes: [0, 65] }) // 65: it is there already
  for (const domain of new Set(accounts.map(({ address }) => address.slice(address.lastIndexOf('@') + 1))))
    await posthouse(['domain', 'add', domain])
  for (const { address, password } of accounts) await posthouse(['account', 'add', address], `${password}\n`)
  return ['serve', '--config', file]
}
