import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from './nearest.ts'
import { parseDuration, parseSize, printSize } from './units.ts'

test('sizes', () => {
  const table: [string | number, number | undefined][] = [
    [0, 0],
    [1_234, 1_234],
    ['1234', 1_234],
    ['50 MB', 50_000_000],
    ['50mb', 50_000_000],
    [' 1.5 GiB ', 1_610_612_736],
    ['1 kB', 1_000],
    ['1 KiB', 1_024],
    ['-1', undefined],
    [1.5, 2],
    ['', undefined],
    ['MB', undefined],
    ['5 MX', undefined],
    ['5 constructor', undefined],
    ['1e3', undefined],
    ['99999999 TB', undefined],
  ]
  for (const [given, wanted] of table) assert.equal(parseSize(given), wanted, String(given))
})

test('times', () => {
  const table: [string | number, number | undefined][] = [
    [250, 250],
    ['10 s', 10_000],
    ['15 min', 900_000],
    ['1.5h', 5_400_000],
    ['2 d', 172_800_000],
    ['3 m', undefined],
  ]
  for (const [given, wanted] of table) assert.equal(parseDuration(given), wanted, String(given))
})

test('sizes are printed in the largest unit that fits', () => {
  const table: [number, string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [1_234_567, '1.2 MB'],
    [2_000_000_000, '2 GB'],
  ]
  for (const [given, wanted] of table) assert.equal(printSize(given), wanted)
})

test('the nearest word, if one is near', () => {
  const known = ['hostname', 'listeners', 'limits', 'tls', 'log']
  const table: [string, string | undefined][] = [
    ['hostnam', 'hostname'],
    ['HostName', 'hostname'],
    ['listner', 'listeners'],
    ['tsl', 'tls'],
    ['lgo', 'log'],
    ['xyz', undefined],
    ['logs', 'log'],
    ['port', undefined],
  ]
  for (const [given, wanted] of table) assert.equal(nearest(given, known), wanted, given)
})
