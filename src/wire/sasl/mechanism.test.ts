import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ChannelBindingType, type ChannelState, mechanismsOffered } from './mechanism.ts'

const channel = (tls: boolean, bindings: readonly ChannelBindingType[] = [], certificate = false): ChannelState => ({
  tls: tls ? {} : undefined,
  peerCertificate: certificate ? {} : undefined,
  channelBinding: type => (bindings.includes(type) ? Uint8Array.of(1) : undefined),
})

const [nothing, everything] = [
  { scramSha1: false, oauth: false },
  { scramSha1: true, oauth: true },
]

const table: readonly [name: string, settings: typeof nothing, channel: ChannelState, wanted: string][] = [
  ['none in the clear', everything, channel(false, ['tls-exporter'], true), ''],
  ['TLS alone', nothing, channel(true), 'SCRAM-SHA-256 PLAIN LOGIN'],
  [
    'TLS 1.3',
    nothing,
    channel(true, ['tls-exporter', 'tls-server-end-point']),
    'SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN',
  ],
  ['TLS 1.2', nothing, channel(true, ['tls-server-end-point']), 'SCRAM-SHA-256 PLAIN LOGIN'],
  ['a certificate', nothing, channel(true, [], true), 'SCRAM-SHA-256 EXTERNAL PLAIN LOGIN'],
  ['SHA-1 without binding', { ...nothing, scramSha1: true }, channel(true), 'SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN'],
  [
    'everything',
    everything,
    channel(true, ['tls-exporter'], true),
    'SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 EXTERNAL OAUTHBEARER XOAUTH2 PLAIN LOGIN',
  ],
]

for (const [name, settings, state, wanted] of table)
  test(`sasl is offered: ${name}`, () => assert.equal(mechanismsOffered(settings, state).join(' '), wanted))
