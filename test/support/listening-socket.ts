// A program of two words, HOST and PORT: listens there, hands the socket to the process that started it, and ends. Started on another host
// (namespace-network.ts) it lets a test accept that host's connections itself.

import { createServer } from 'node:net'

const [host, port] = process.argv.slice(2)
const server = createServer()
server.listen({ host, port: Number(port) }, () => {
  process.send?.('listening', server, {}, () => {
    // As long as it is here, it accepts too.
    server.close()
    process.disconnect?.()
  })
})
