import { lookup } from "node:dns/promises"
import type { LookupAddress } from "node:dns"
import { isIP } from "node:net"
import type { LookupFunction } from "node:net"
import type { Agent, buildConnector, Dispatcher } from "undici"
import { DialError } from "./http-failure.ts"
import { isPublicAddress } from "./public-address.ts"

/** Sends requests to the addresses that are open to plugins. */
export interface HttpDriver {
  readonly request: (options: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>
  readonly destroy: () => Promise<void>
}

/** All addresses that a name stands for. Rejects when there is none. */
export type ResolveName = (name: string) => Promise<readonly LookupAddress[]>

const systemResolver: ResolveName = (name) => lookup(name, { all: true, verbatim: true })

const maxAddresses = 16

/**
 * The one way out for plugins' requests. INVARIANT: of a name every address has to be of the public internet, and what is
 * dialled is one of the addresses that were checked: the name is not looked up again between check and connection. A host
 * that is an address itself is dialled as it is, for nobody gets here whom that very address was not granted.
 *
 * No proxy of the environment, no HTTP/2, no redirects of the driver's own. Loaded at the first request: a tenth of what a
 * platform loads, and most need none of it to go on after a kill.
 */
export function httpDriver(resolve: ResolveName = systemResolver): HttpDriver {
  let agent: Promise<Agent> | undefined
  return {
    request: async (options) => (await (agent ??= openAgent(resolve))).request(options),
    destroy: async () => (await agent)?.destroy()
  }
}

async function openAgent(resolve: ResolveName): Promise<Agent> {
  const undici = await import("undici")
  return new undici.Agent({
    connect: checkedConnector(resolve, undici.buildConnector),
    connections: 64,
    pipelining: 1,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 30_000,
    // The deadline is the request's own.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 32 * 1024
  })
}

function checkedConnector(resolve: ResolveName, connector: typeof buildConnector): buildConnector.connector {
  const dial = connector({
    allowH2: false,
    timeout: 30_000,
    autoSelectFamily: true,
    lookup: checkedLookup(resolve)
  })
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, "")
    dial({ ...options, hostname: host }, (...answer) => {
      const [error, socket] = answer
      if (error !== null) return callback(error, null)
      const address = socket.remoteAddress ?? ""
      if (isIP(host) === 0 && !isPublicAddress(plainAddress(address))) {
        socket.destroy()
        return callback(new DialError("ADDRESS_REFUSED"), null)
      }
      return callback(null, socket)
    })
  }
}

/** Node calls it once for a connection, with `all` where it may choose between families. */
function checkedLookup(resolve: ResolveName): LookupFunction {
  return (name, options, callback) => {
    const refuse = (error: NodeJS.ErrnoException) => callback(error, "", 0)
    resolve(name).then(
      (found) => {
        const addresses = found.slice(0, maxAddresses)
        const [first] = addresses
        if (first === undefined) return refuse(new DialError("NAME_NOT_RESOLVED"))
        if (!found.every(({ address }) => isPublicAddress(address)))
          return refuse(new DialError("ADDRESS_REFUSED"))
        return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family)
      },
      (error: unknown) => refuse(error instanceof Error ? error : new DialError("NAME_NOT_RESOLVED"))
    )
  }
}

/** A socket of both families tells an IPv4 peer as `::ffff:1.2.3.4`. */
function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}
