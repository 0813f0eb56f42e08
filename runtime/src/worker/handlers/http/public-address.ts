import { BlockList, isIP } from "node:net"

/**
 * IPv4 that is not the public internet: IANA IPv4 Special-Purpose Address Registry, with multicast (RFC 5771), and the
 * addresses outside of its ranges at which clouds serve their metadata.
 */
const closedV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // Azure's platform services.
  "168.63.129.16/32"
]

/**
 * Within 2000::/3, the only global unicast space (IANA IPv6 Address Space), what is not the public internet or carries
 * another address in it: Teredo, ORCHID, documentation, 6to4, segment routing.
 */
const closedV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"]

const closed = new BlockList()
for (const range of closedV4) closed.addSubnet(...rangeOf(range), "ipv4")
for (const range of closedV6) closed.addSubnet(...rangeOf(range), "ipv6")

const globalUnicast = new BlockList()
globalUnicast.addSubnet("2000::", 3, "ipv6")

/**
 * Whether an address, as a resolver or a socket gives it, is one of the public internet. Everything else, and what is no
 * address, is closed to names: loopback, private, link-local, shared, multicast, unspecified, reserved, mapped and
 * translated (`::ffff:0:0/96`, `64:ff9b::/96`), unique local, and what carries a zone.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !closed.check(address, "ipv4")
  if (isIP(address) !== 6 || address.includes("%")) return false
  return globalUnicast.check(address, "ipv6") && !closed.check(address, "ipv6")
}

function rangeOf(range: string): readonly [address: string, bits: number] {
  const [address = "", bits = ""] = range.split("/")
  return [address, Number(bits)]
}
