// The names and passwords of smarthosts: the passwords stand in files of their own, so that no configuration shows them.

import { open } from 'node:fs/promises'
import { Secret } from '#base/secret.ts'
import { limits } from './limits.ts'
import type { Credentials } from './session.ts'
import type { SendSettings } from './settings.ts'

/** An operator can act on the message. */
export class PasswordFileError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'PasswordFileError'
  }
}

/** By the names of their routes. Rejects with PasswordFileError. */
export async function readCredentials({
  routes,
}: Pick<SendSettings, 'routes'>): Promise<ReadonlyMap<string, Credentials>> {
  const found = new Map<string, Credentials>()
  for (const [name, route] of Object.entries(routes)) {
    if (route.kind !== 'smarthost' || route.credentials === undefined) continue
    const { user, passwordPath } = route.credentials
    found.set(name, { user, password: await readPassword(passwordPath) })
  }
  return found
}

async function readPassword(path: string): Promise<Secret> {
  const text = await readBeginning(path).catch((cause: unknown) => {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new PasswordFileError(`the password of a smarthost cannot be read from ${path}: ${detail}`, cause)
  })
  const [line = ''] = text.split(/\r?\n/)
  if (line === '') throw new PasswordFileError(`${path} has no password in its first line`)
  return new Secret(line)
}

async function readBeginning(path: string): Promise<string> {
  await using file = await open(path)
  const buffer = Buffer.alloc(limits.passwordBytes)
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
  return buffer.toString('utf8', 0, bytesRead)
}
