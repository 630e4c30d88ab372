import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import { printServerFinal, printServerFirst, readClientFinal, readClientFirst } from './scram-message.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const firsts: readonly [name: string, text: string, wanted: unknown][] = [
  [
    'the RFC’s own',
    'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
    ['unsupported', 'n,,', '', 'user', 'fyko+d2lbbFgONRv9qkxdawL'],
  ],
  ['the client sees no binding', 'y,,n=user,r=a', ['not-offered', 'y,,', '', 'user', 'a']],
  ['bound', 'p=tls-exporter,,n=user,r=a', ['tls-exporter', 'p=tls-exporter,,', '', 'user', 'a']],
  ['for somebody', 'n,a=b=2Cob=3D,n=user,r=a', ['unsupported', 'n,a=b=2Cob=3D,', 'b,ob=', 'user', 'a']],
  ['a comma and an equals sign in the name', 'n,,n==3D=2C,r=a', ['unsupported', 'n,,', '', '=,', 'a']],
  ['a name in UTF-8', 'n,,n=ålice@bücher.test,r=a', ['unsupported', 'n,,', '', 'ålice@bücher.test', 'a']],
  ['an extension behind the nonce', 'n,,n=user,r=a,x=y', ['unsupported', 'n,,', '', 'user', 'a']],
  ['a mandatory extension', 'n,,m=x,n=user,r=a', undefined],
  ['no header', 'n=user,r=a', undefined],
  ['one comma', 'n,n=user,r=a', undefined],
  ['an unknown flag', 'x,,n=user,r=a', undefined],
  ['the flag in upper case', 'N,,n=user,r=a', undefined],
  ['a binding without a name', 'p=,,n=user,r=a', undefined],
  ['an empty authorization', 'n,a=,n=user,r=a', undefined],
  ['no name', 'n,,r=a', undefined],
  ['an empty name', 'n,,n=,r=a', undefined],
  ['a bare equals sign in the name', 'n,,n=us=er,r=a', undefined],
  ['an escape in lower case', 'n,,n=a=2cb,r=a', undefined],
  ['no nonce', 'n,,n=user', undefined],
  ['an empty nonce', 'n,,n=user,r=', undefined],
  ['a space in the nonce', 'n,,n=user,r=a b', undefined],
  ['UTF-8 in the nonce', 'n,,n=user,r=å', undefined],
  ['a nonce without end', `n,,n=user,r=${'a'.repeat(257)}`, undefined],
  ['a name without end', `n,,n=${'a'.repeat(1025)},r=a`, undefined],
  ['the nonce before the name', 'n,,r=a,n=user', undefined],
  ['a NUL', 'n,,n=us\0er,r=a', undefined],
  ['nothing', '', undefined],
  ['too long in all', `n,,n=user,r=a,x=${'y'.repeat(4096)}`, undefined],
]

for (const [name, text, wanted] of firsts) {
  test(`scram client-first: ${name}`, () => {
    if (wanted === undefined) return assert.throws(() => readClientFirst(bytes(text)), ParseError)
    const { binding, gs2Header, authorizationId, user, nonce, bare } = readClientFirst(bytes(text))
    const flag = binding.kind === 'used' ? binding.type : binding.kind
    assert.deepEqual([flag, gs2Header, authorizationId, user, nonce], wanted)
    assert.equal(gs2Header + bare, text)
  })
}

const proof = 'v0X8v3Bz2T0CJGbJQyF0X+HI4Ts='
const finals: readonly [name: string, text: string, withoutProof: string | undefined][] = [
  ['the RFC’s own', `c=biws,r=abc,p=${proof}`, 'c=biws,r=abc'],
  ['an extension', `c=biws,r=abc,x=y,p=${proof}`, 'c=biws,r=abc,x=y'],
  ['no proof', 'c=biws,r=abc', undefined],
  ['an empty proof', 'c=biws,r=abc,p=', undefined],
  ['a proof that is no base64', 'c=biws,r=abc,p=v0X', undefined],
  ['something behind the proof', `c=biws,r=abc,p=${proof},x=y`, undefined],
  ['no binding', `r=abc,p=${proof}`, undefined],
  ['a binding that is no base64', `c=b,r=abc,p=${proof}`, undefined],
  ['no nonce', `c=biws,p=${proof}`, undefined],
  ['nothing', '', undefined],
]

for (const [name, text, withoutProof] of finals) {
  test(`scram client-final: ${name}`, () => {
    if (withoutProof === undefined) return assert.throws(() => readClientFinal(bytes(text)), ParseError)
    const read = readClientFinal(bytes(text))
    assert.equal(read.withoutProof, withoutProof)
    assert.equal(read.nonce, 'abc')
    assert.equal(read.proof.toBase64(), proof)
    assert.equal(new TextDecoder().decode(read.binding), 'n,,')
  })
}

test('scram: what the server says', () => {
  assert.equal(printServerFirst({ nonce: 'ab', salt: bytes('salt'), iterations: 4096 }), 'r=ab,s=c2FsdA==,i=4096')
  assert.equal(printServerFinal(bytes('x')), 'v=eA==')
})
