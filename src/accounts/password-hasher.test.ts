import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { limits } from './limits.ts'
import { currentParameters, PasswordHasher } from './password-hasher.ts'
import { printPhc, readPhc } from './phc.ts'
import { hasProhibited, prepareNewPassword, preparePassword } from './prepare-password.ts'

const cheap = { memoryKib: 16, passes: 1, parallelism: 1 }

describe('password hashes', () => {
  test('today’s cost is OWASP’s, and a hash says so', async () => {
    const phc = await new PasswordHasher(seededRandom(1)).hash('secret')
    assert.match(phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    assert.deepEqual(currentParameters, { memoryKib: 19_456, passes: 2, parallelism: 1 })
  })

  test('a PHC string of another program (argon2’s own command line)', async () => {
    // echo -n password | argon2 somesalt -id -t 2 -m 8 -p 1
    const phc = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'
    const hasher = new PasswordHasher(seededRandom(1), cheap)
    assert.equal(await hasher.verify('password', phc), 'right')
    assert.equal(await hasher.verify('Password', phc), 'wrong')
  })

  test('verdicts', async () => {
    const hasher = new PasswordHasher(seededRandom(1), cheap)
    const dearer = new PasswordHasher(seededRandom(1), { ...cheap, passes: 2 })
    const phc = await hasher.hash('secret')
    assert.notEqual(phc, await hasher.hash('secret'))
    assert.equal(await hasher.verify('secret', phc), 'right')
    assert.equal(await dearer.verify('secret', phc), 'right-but-weak')
    assert.equal(await dearer.verify('Secret', phc), 'wrong')
    assert.equal(await hasher.verify('secret', undefined), 'wrong')
    await assert.rejects(hasher.verify('secret', '$2b$10$whatever'))
  })

  test('a storm of logins takes its turns, and beyond the limit is sent away', async () => {
    const hasher = new PasswordHasher(seededRandom(1), cheap)
    const phc = await hasher.hash('secret')
    const taken = limits.hashesAtOnce + limits.hashesWaiting
    // Twice: the turns that the first storm took are all given back, and no more than those.
    for (const _storm of [1, 2]) {
      const verdicts = await Promise.all(Array.from({ length: taken + 3 }, () => hasher.verify('secret', phc)))
      assert.equal(verdicts.filter(one => one === 'right').length, taken)
      assert.equal(verdicts.filter(one => one === 'busy').length, 3)
    }
  })

  test('what is no PHC string of argon2id is not read', () => {
    const bytes = new Uint8Array([1, 2, 3, 4])
    const phc = { ...cheap, salt: bytes, hash: bytes }
    assert.deepEqual(readPhc(printPhc(phc)), phc)
    for (const text of ['', '$argon2i$v=19$m=16,t=1,p=1$AQ$AQ', '$argon2id$v=16$m=16,t=1,p=1$AQ$AQ', 'plain'])
      assert.equal(readPhc(text), undefined, text)
  })

  test('passwords are prepared as SASLprep says', () => {
    const table: [string, string | undefined][] = [
      ['plain ASCII ~!', 'plain ASCII ~!'],
      ['I\u00adX', 'IX'],
      ['\u00aa', 'a'],
      ['\u2168', 'IX'],
      ['a\u00a0b\u3000c', 'a b c'],
      ['pa\u0308ss', 'p\u00e4ss'],
      ['🔑', '🔑'],
      ['\u0007', undefined],
      ['', undefined],
      ['\u00ad', undefined],
      ['x'.repeat(limits.passwordBytes), 'x'.repeat(limits.passwordBytes)],
      ['x'.repeat(limits.passwordBytes + 1), undefined],
    ]
    for (const [given, wanted] of table) assert.equal(preparePassword(given), wanted, JSON.stringify(given))
  })

  test('what SASLprep prohibits is no new password, and goes on being compared (RFC 4013 2.3)', () => {
    const prohibited = [
      '\u0085',
      '\u06dd',
      '\u200e',
      '\u2028',
      '\u202e',
      '\u206f',
      '\u2ff5',
      '\ue000',
      '\ufdd0',
      '\ufffc',
      '\ufffd',
    ]
    const beyond = [0x1d173, 0x1fffe, 0xe0001, 0xe0041, 0xf0000, 0x10fffd, 0x10ffff].map(code =>
      String.fromCodePoint(code),
    )
    for (const character of [...prohibited, ...beyond]) {
      const given = `a${character}b`
      assert.equal(hasProhibited(given), true, JSON.stringify(given))
      assert.equal(prepareNewPassword(given), undefined, JSON.stringify(given))
      assert.equal(preparePassword(given), character === '\u0085' ? undefined : given, JSON.stringify(given))
    }
    for (const given of ['plain', 'p\u00e4ss', '\u6f22\u5b57', 'a\u00a0b', 'a\u200db', '🔑', '\ufeffx']) {
      assert.equal(hasProhibited(given), false, JSON.stringify(given))
      assert.equal(prepareNewPassword(given), preparePassword(given), JSON.stringify(given))
    }
  })
})
