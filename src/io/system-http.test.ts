import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ownCertificate } from '#tls/authority.ts'
import { systemClock } from './clock.ts'
import { fixedDns } from './fixed-dns.ts'
import { HttpError, type HttpRequest } from './http.ts'
import { manualClock } from './manual-clock.ts'
import { systemRandom } from './random.ts'
import { systemHttp } from './system-http.ts'

describe('HTTPS', () => {
  let folder = ''
  let ca = ''
  let server: https.Server
  let port = 0
  const dns = fixedDns({
    addresses: { 'policy.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'], 'hidden.test': ['10.0.0.1'] },
  })

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-http-'))
    const needs = { folder, names: ['policy.test'], hostname: 'h', clock: systemClock, random: systemRandom }
    const files = await ownCertificate(needs)
    ca = await readFile(files.caPath, 'utf8')
    const options = { cert: await readFile(files.certPath), key: await readFile(files.keyPath) }
    server = https.createServer(options, (request, response) => {
      if (request.url === '/silent') return
      if (request.url === '/moved') return response.writeHead(302, { location: '/policy' }).end()
      if (request.url === '/long') return response.end('x'.repeat(2_000))
      if (request.url === '/cut')
        return response.writeHead(200, { 'content-length': 100 }).write('x', () => response.destroy())
      response.writeHead(200, { 'content-type': 'Text/Plain; charset=utf-8' })
      return request.pipe(response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port // a TCP server's address is never text
  })
  after(async () => {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true })
  })

  const request = (path: string, more: Partial<HttpRequest> = {}, host = 'policy.test') =>
    systemHttp({ dns, authorities: [ca] }).request({
      method: 'POST',
      url: `https://${host}:${port}${path}`,
      timeoutMs: 10_000,
      mostBytes: 1_000,
      ...more,
    })

  test('an answer comes with its type and body', async () => {
    const { status, contentType, body } = await request('/policy', { body: Buffer.from('hello') })
    assert.deepEqual([status, contentType, Buffer.from(body).toString()], [200, 'text/plain', 'hello'])
  })

  test('nothing is followed', async () => assert.equal((await request('/moved')).status, 302))

  const failures: readonly (readonly [why: string, reason: string, () => Promise<unknown>])[] = [
    ['a longer answer than wanted', 'too-large', () => request('/long')],
    ['an answer that is cut', 'broken', () => request('/cut')],
    ['a certificate for another name', 'certificate', () => request('/', {}, 'other.test')],
    [
      'an authority nobody knows',
      'certificate',
      () =>
        systemHttp({ dns }).request({
          method: 'GET',
          url: `https://policy.test:${port}/`,
          timeoutMs: 10_000,
          mostBytes: 10,
        }),
    ],
    ['a name without address', 'address', () => request('/', {}, 'nobody.test')],
    ['an address that is not allowed', 'address', () => request('/', { allows: () => false })],
    ['the same as a literal', 'address', () => request('/', { allows: () => false }, '127.0.0.1')],
    ['in the clear', 'address', () => request('/', { url: 'http://policy.test/' })],
    ['nobody there', 'connect', () => request('/', { url: 'https://policy.test:1/' })],
  ]
  for (const [why, reason, asked] of failures)
    test(`${why}: ${reason}`, () =>
      assert.rejects(asked(), error => error instanceof HttpError && error.reason === reason))

  test('silence ends with the time', async () => {
    const clock = manualClock()
    const asked = systemHttp({ dns, authorities: [ca], clock }).request({
      method: 'GET',
      url: `https://policy.test:${port}/silent`,
      timeoutMs: 30_000,
      mostBytes: 10,
    })
    const refused = assert.rejects(asked, error => error instanceof HttpError && error.reason === 'timeout')
    await once(server, 'request')
    clock.advance(30_000)
    await refused
  })
})
