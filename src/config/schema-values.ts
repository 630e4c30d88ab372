// What the values of a configuration file are made of: each says what was wanted when it is not so.

import { isIP, isIPv4 } from 'node:net'
import { z } from 'zod'
import { toAsciiDomain } from '#text/idna.ts'
import { limits } from './limits.ts'
import { nearest } from './nearest.ts'
import { parseDuration, parseSize } from './units.ts'

/** An object of these keys and no others. */
export function strict<S extends z.core.$ZodLooseShape>(what: string, shape: S) {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: issue => {
      if (issue.code !== 'unrecognized_keys') return `wanted ${what} with the keys ${known.join(', ')}`
      const unknown = String(issue.keys[0])
      const meant = nearest(unknown, known)
      return meant === undefined
        ? `no such key; ${what} has ${known.join(', ')}`
        : `no such key; did you mean ${meant}?`
    },
  })
}

export function wholeNumber(from: number, to: number) {
  const error = `wanted a whole number from ${from} to ${to}`
  return z.int({ error }).min(from, { error }).max(to, { error })
}

/** A number, or a text that `parse` makes one of. */
function quantity(parse: (text: string | number) => number | undefined, wanted: string) {
  return z.union([z.string(), z.number()], { error: wanted }).transform((given, context) => {
    const value = parse(given)
    if (value !== undefined) return value
    context.issues.push({ code: 'custom', message: wanted, input: given })
    return z.NEVER
  })
}

export const size = quantity(parseSize, 'wanted a size: a number of bytes, or a text like "50 MB"')
export const duration = quantity(parseDuration, 'wanted a time: a number of milliseconds, or a text like "15 min"')
export const path = z.string({ error: 'wanted the path of a file' }).min(1, { error: 'wanted the path of a file' })
export const address = z
  .string({ error: 'wanted an IP address' })
  .refine(text => isIP(text) !== 0, { error: 'wanted an IP address, like "127.0.0.1" or "::1"' })
export const network = z
  .string({ error: 'wanted a network' })
  .refine(isNetwork, { error: 'wanted a network, like "10.0.0.0/8", or "192.0.2.1/32" for one address' })
export const hostname = z
  .string({ error: 'wanted the name of this host, like "mail.example.com"' })
  .refine(name => toAsciiDomain(name) !== undefined && isIP(name) === 0, {
    error: 'wanted a host name, like "mail.example.com"',
  })
export const certificateName = z
  .string({ error: 'wanted host names and addresses' })
  .refine(name => toAsciiDomain(name) !== undefined || isIP(name) !== 0, {
    error: 'wanted a host name or an IP address',
  })

/** Settings with defaults: yes or no, times where the name ends in Ms, sizes where it ends in Bytes, else whole numbers. */
export function settings<T extends { readonly [name: string]: number | boolean }>(what: string, defaults: T) {
  const fields = Object.entries(defaults).map(([name, value]) => [name, setting(name, value)] as const)
  // The same names and types as in `defaults`: Object.entries and fromEntries forget that.
  return strict(what, Object.fromEntries(fields)).transform(
    given => given as { readonly [K in keyof T]: T[K] extends boolean ? boolean : number },
  )
}

function setting(name: string, value: number | boolean) {
  if (typeof value === 'boolean') return yesOrNo(value)
  return fieldOf(name).default(value)
}

/** What a number is, its name ends with. */
function fieldOf(name: string) {
  if (name.endsWith('Ms')) return duration
  if (name.endsWith('Bytes')) return size
  return wholeNumber(1, name.endsWith('Percent') ? 100 : limits.count)
}

/** `true` or `false`, and the default. */
export function yesOrNo(standard: boolean) {
  return z.boolean({ error: 'wanted true or false' }).default(standard)
}

/** A list, empty if it is left out. */
export function listOf<T extends z.ZodType>(item: T, what: string) {
  return z.array(item, { error: `wanted a list of ${what}` }).default(() => [])
}

function isNetwork(text: string): boolean {
  const [host = '', bits = '', ...more] = text.split('/')
  if (isIP(host) === 0 || more.length > 0 || !/^\d{1,3}$/.test(bits)) return false
  return Number(bits) <= (isIPv4(host) ? 32 : 128)
}
