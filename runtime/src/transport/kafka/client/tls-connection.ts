import { isIP } from "node:net"
import type { ConnectionOptions } from "node:tls"
import type { TlsOptions } from "./wire.ts"

/** What Node's TLS is told. The broker's certificate has to be valid, and for this host. */
export const tlsConnection = (
  { authority, certificate, key, keyPassword, serverName }: TlsOptions,
  host: string
): ConnectionOptions => ({
  ...(authority === undefined ? {} : { ca: authority }),
  ...(certificate === undefined ? {} : { cert: certificate }),
  ...(key === undefined ? {} : { key }),
  ...(keyPassword === undefined ? {} : { passphrase: keyPassword }),
  // A name is told to the broker, so that it can choose its certificate; an address cannot be.
  ...(isIP(serverName ?? host) === 0 ? { servername: serverName ?? host } : {})
})
