import { assert, describe, it } from "vitest"
import { isPublicAddress } from "./public-address.ts"

describe("public addresses", () => {
  it("are those of the internet", () => {
    for (const address of ["1.1.1.1", "8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:4700:4700::1111"])
      assert.isTrue(isPublicAddress(address), address)
  })

  it("are none of the ranges that mean a machine, a network or nobody", () => {
    const closed = [
      "0.0.0.0",
      "0.1.2.3",
      "10.0.0.1",
      "100.64.0.1",
      "127.0.0.1",
      "127.255.255.254",
      "169.254.169.254",
      "172.16.0.1",
      "172.31.255.255",
      "192.0.0.192",
      "192.168.1.1",
      "198.19.0.1",
      "224.0.0.1",
      "240.0.0.1",
      "255.255.255.255",
      "168.63.129.16",
      "100.100.100.200",
      "192.0.2.1",
      "203.0.113.9",
      "::",
      "::1",
      "::7f00:1",
      "::ffff:7f00:1",
      "::ffff:127.0.0.1",
      "::ffff:8.8.8.8",
      "64:ff9b::7f00:1",
      "64:ff9b:1::1",
      "2002:7f00:1::",
      "2001::1",
      "2001:db8::1",
      "fc00::1",
      "fd00:ec2::254",
      "fe80::1",
      "fe80::1%eth0",
      "fec0::1",
      "ff02::1",
      "100::1",
      "3fff::1",
      "5f00::1",
      "",
      "localhost",
      "127.1",
      "0x7f000001",
      "2130706433",
      "1.1.1.1%eth0",
      "1.1.1.1 "
    ]
    for (const address of closed) assert.isFalse(isPublicAddress(address), address)
  })
})
