import { createServer } from "node:net"
import type { Server } from "node:net"
import type { Ports } from "./server-properties.ts"
import { KafkaSetupError } from "./setup-error.ts"

const listen = (port: number): Promise<Server> =>
  new Promise((done, refuse) => {
    const server = createServer()
    server.on("error", refuse).listen(port, "127.0.0.1", () => done(server))
  })

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

const close = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done())
  })

/** Fails where somebody listens on the port already. */
const requireFree = async (port: number): Promise<void> => {
  const server = await listen(port).catch((cause: unknown) => {
    throw new KafkaSetupError({
      message: `port ${port} cannot be listened on: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: `Stop what listens there, or take others by --port: it and the ones after it, one for each broker.`
    })
  })
  await close(server)
}

/** Ports of as many brokers, free just now. `first`: the clients' port of the first broker; the others' follow it. */
export const choosePorts = async (
  brokers: number,
  first: number | undefined,
  secured: boolean
): Promise<readonly Ports[]> => {
  const given = first === undefined ? [] : Array.from({ length: brokers }, (_, index) => first + index)
  for (const port of given) await requireFree(port)
  // All are held until all are chosen, so that none is chosen twice.
  const held: Server[] = []
  const free = async (): Promise<number> => {
    const server = await listen(0)
    const port = portOf(server)
    if (given.includes(port)) return free()
    held.push(server)
    return port
  }
  try {
    const ports: Ports[] = []
    for (let index = 0; index < brokers; index += 1) {
      const client = given[index] ?? (await free())
      ports.push({ client, inside: secured ? await free() : client, controller: await free() })
    }
    return ports
  } finally {
    await Promise.all(held.map(close))
  }
}
