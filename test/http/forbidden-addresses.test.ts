import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { ResolveName } from "../../runtime/src/worker/handlers/http/http-driver.ts"
import { temporaryFolder } from "../input/program.ts"
import { type Listener, listenEverywhere, serve } from "./listener.ts"
import { type HeldPlatform, holdPlatform, type Outcome, payloadOf, tryAll } from "./platform.ts"
import { spellings } from "./spellings.ts"

// A plugin in the real sandbox tries to reach what it was not granted, through the real worker. A listener stands where it
// would arrive, and must not see one connection.

const folder = temporaryFolder()
let platform: HeldPlatform
let forbidden: Listener
let granted: Awaited<ReturnType<typeof serve>>
/** What the granted name stands for, lookup by lookup; afterwards, and for every other name, the forbidden listener. */
let answers: (readonly string[])[] = []
let lookups: string[] = []

const resolve: ResolveName = async (name) => {
  lookups.push(name)
  const addresses = answers.shift() ?? ["127.0.0.1"]
  return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))
}

const config = () => ({ named: `http://granted.test:${forbidden.port}/base`, address: granted.origin })

/** Outcomes of requests to these URLs, by URL. */
const outcomes = async (
  name: string,
  handle: string,
  urls: readonly string[]
): Promise<readonly (readonly [url: string, outcome: Outcome])[]> => {
  const attempts = urls.map((url, index) => [`${index}`, { handle, payload: payloadOf(url) }] as const)
  const found = await tryAll(platform, join(folder.path, name), Object.fromEntries(attempts), config())
  assert.strictEqual(Object.keys(found).length, urls.length)
  return urls.map((url, index) => [url, found[`${index}`] ?? { code: "NOTHING", text: "" }])
}
const codes = (found: readonly (readonly [string, Outcome])[]) => [
  ...new Set(found.map(([, { code }]) => code))
]

beforeAll(async () => {
  forbidden = await listenEverywhere()
  granted = await serve((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://here")
    const again = Number(searchParams.get("again") ?? 0)
    if (pathname === "/loop")
      response.writeHead(302, { location: again > 0 ? `/loop?again=${again - 1}` : "/end" }).end()
    else if (pathname === "/to")
      response
        .writeHead(Number(searchParams.get("status")), {
          location: Buffer.from(searchParams.get("url") ?? "", "utf8").toString("latin1")
        })
        .end()
    else response.end(`${request.method} arrived`)
  })
  platform = await holdPlatform(join(folder.path, "data"), resolve)
})
afterAll(async () => {
  await platform.stop()
  await forbidden.close()
  await granted.close()
  folder.remove()
})

describe("a plugin that was granted one name", () => {
  it("reaches nothing by any spelling of another host, port or scheme", async () => {
    const found = await outcomes("spellings", "named", spellings(forbidden.port))
    for (const [url, { code }] of found)
      assert.include(["PERMISSION_DENIED", "URL_INVALID", "NOT_CONFIGURED"], code, JSON.stringify(url))
    assert.deepEqual(lookups, [])
    assert.strictEqual(forbidden.connections(), 0)
  })

  it("reaches nothing where that name stands for an address that is not public, alone or among others", async () => {
    const sets = [
      ["127.0.0.1"],
      ["::1"],
      ["0.0.0.0"],
      ["::"],
      ["::ffff:127.0.0.1"],
      ["::ffff:7f00:1"],
      ["::127.0.0.1"],
      ["64:ff9b::7f00:1"],
      ["64:ff9b::127.0.0.1"],
      ["64:ff9b:1::1"],
      ["2002:7f00:1::"],
      ["2001:0:7f00:1::"],
      ["fe80::1"],
      ["fe80::1%lo"],
      ["fc00::1"],
      ["fd00:ec2::254"],
      ["ff02::1"],
      ["10.1.2.3"],
      ["172.31.255.255"],
      ["192.168.1.1"],
      ["169.254.169.254"],
      ["100.100.100.200"],
      ["168.63.129.16"],
      ["224.0.0.251"],
      ["255.255.255.255"],
      ["2d00::1", "127.0.0.1"],
      ["127.0.0.1", "2d00::1"]
    ]
    lookups = []
    answers = [...sets]
    const urls = sets.map((_, index) => `http://granted.test:${forbidden.port}/${index}`)
    const found = await outcomes("names", "named", urls)
    assert.deepEqual(codes(found), ["ADDRESS_REFUSED"])
    assert.strictEqual(lookups.length, sets.length)
    assert.strictEqual(forbidden.connections(), 0)
  })

  it("is not led elsewhere by a name that changes its mind: it is looked up once, and that address is dialled", async () => {
    lookups = []
    // Not allotted to anyone, so that nobody is called.
    answers = [["2d00::1"]]
    const url = `http://granted.test:${forbidden.port}/`
    const payload = payloadOf(url, { timeoutMs: 1_000 })
    const first = await tryAll(
      platform,
      join(folder.path, "rebinding"),
      { first: { handle: "named", payload } },
      config()
    )
    assert.include(["CONNECTION_FAILED", "TIMEOUT"], first["first"]?.code)
    assert.deepEqual(lookups, ["granted.test"])
    const [[, second] = []] = await outcomes("rebound", "named", [url])
    assert.strictEqual(second?.code, "ADDRESS_REFUSED")
    assert.strictEqual(forbidden.connections(), 0)
  })
})

describe("a plugin that was granted one address", () => {
  it("reaches it, by that handle alone and with the methods of the handle", async () => {
    const url = `${granted.origin}/end`
    const post = payloadOf(url, { method: "POST" })
    const found = await tryAll(
      platform,
      join(folder.path, "handles"),
      {
        address: { handle: "address", payload: payloadOf(url) },
        posted: { handle: "address", payload: post },
        reading: { handle: "reading", payload: payloadOf(url) },
        "reading, posted": { handle: "reading", payload: post },
        "another's": { handle: "named", payload: payloadOf(url) },
        nobody: { handle: "nobody", payload: payloadOf(url) },
        "no grant": { handle: "ask", payload: payloadOf(url) },
        "of the prototype": { handle: "__proto__", payload: payloadOf(url) }
      },
      config()
    )
    assert.deepEqual(Object.fromEntries(Object.entries(found).map(([name, { code }]) => [name, code])), {
      address: "ANSWERED",
      posted: "ANSWERED",
      reading: "ANSWERED",
      "reading, posted": "PERMISSION_DENIED",
      "another's": "PERMISSION_DENIED",
      nobody: "PERMISSION_DENIED",
      "no grant": "PERMISSION_DENIED",
      "of the prototype": "PERMISSION_DENIED"
    })
  })

  it("is not led by redirects to what it was not granted, whatever the status and the spelling", async () => {
    const places = spellings(forbidden.port).filter((url) => /^[\x20-\x7e]+$/.test(url) && url.trim() !== "")
    const redirects = [
      ...places.map((url) => [302, url] as const),
      ...[301, 303, 307, 308].flatMap((status) =>
        [
          `http://127.0.0.1:${forbidden.port}/`,
          "http://169.254.169.254/latest/meta-data",
          `http://granted.test:${forbidden.port}/`
        ].map((url) => [status, url] as const)
      )
    ]
    const found = await outcomes(
      "redirects",
      "address",
      redirects.map(([status, url]) => `${granted.origin}/to?status=${status}&url=${encodeURIComponent(url)}`)
    )
    for (const [index, [, outcome]] of found.entries()) {
      const [status, to] = redirects[index] ?? []
      // Without a scheme it is a path of the granted host.
      const isHere = outcome.code === "ANSWERED" && outcome.text.includes(`"url":"${granted.origin}/`)
      assert.isTrue(
        outcome.code === "REDIRECT_REFUSED" || isHere,
        `${status} ${to}: ${JSON.stringify(outcome)}`
      )
    }
    assert.strictEqual(forbidden.connections(), 0)
  })

  it("follows five redirects to where it may go, and not six", async () => {
    const found = await outcomes(
      "loops",
      "address",
      [4, 5].map((again) => `${granted.origin}/loop?again=${again}`)
    )
    assert.deepEqual(
      found.map(([, { code }]) => code),
      ["ANSWERED", "REDIRECT_REFUSED"]
    )
    assert.include(found[0]?.[1].text, "GET arrived")
  })

  it("counts what was refused, by pipeline, node and code", async () => {
    const metrics = await (await fetch(`${platform.url}/metrics`)).text()
    const counted = (pipeline: string, code: string): number => {
      const line = `millrace_requests_refused_total{pipeline="${pipeline}",node="probe",code="${code}"} `
      return Number(metrics.split(line)[1]?.split("\n")[0] ?? 0)
    }
    assert.isAbove(counted("spellings", "PERMISSION_DENIED"), 50)
    assert.isAbove(counted("redirects", "REDIRECT_REFUSED"), 50)
    assert.strictEqual(counted("names", "ADDRESS_REFUSED"), 27)
    assert.strictEqual(forbidden.connections(), 0)
  })
})
