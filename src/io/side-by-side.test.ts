import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { whenAllAreRead, whenAllIsDone } from './side-by-side.ts'

test('what is done comes before what leaves, however many steps it takes', async () => {
  const order: string[] = []
  const leaves = Promise.withResolvers<void>()
  const session = async (name: string) => {
    whenAllIsDone(() => {
      order.push(`${name} leaves`)
      if (name === 'b') leaves.resolve()
    })
    for (const step of [1, 2]) {
      await undefined
      order.push(`${name}${step}`)
    }
  }
  await Promise.all([session('a'), session('b'), leaves.promise])
  assert.deepEqual(order, ['a1', 'b1', 'a2', 'b2', 'a leaves', 'b leaves'])
})

test('what sockets have brought is handed on when all of them are read', async context => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const accepted: Socket[] = []
  server.on('connection', socket => accepted.push(socket))
  const clients = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
  context.after(() => {
    for (const socket of [...clients, ...accepted]) socket.destroy()
    server.close()
  })
  await Promise.all(clients.map(client => once(client, 'connect')))
  while (accepted.length < 2) await once(server, 'connection')
  const order: string[] = []
  const handedOn = accepted.map(socket => {
    const { promise, resolve } = Promise.withResolvers<void>()
    socket.once('data', () => {
      order.push('read')
      whenAllAreRead(() => {
        order.push('handed on')
        resolve()
      })
    })
    return promise
  })
  // Both have something before the loop looks again: the system takes a small write at once.
  for (const client of clients) client.write('x')
  await Promise.all(handedOn)
  assert.deepEqual(order, ['read', 'read', 'handed on', 'handed on'])
})
