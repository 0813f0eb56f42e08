import { assert, describe, it } from "vitest"
import { brokerError, clientError } from "./kafka-error.ts"
import { Reach } from "./reach.ts"

const place = { broker: "broker:9092", asked: "records of topic-0", isWrite: false }
const refused = () => Promise.reject(clientError("CONNECTION_REFUSED", place, "connect ECONNREFUSED"))
const quietly = (answer: Promise<unknown>): Promise<unknown> => answer.catch(() => undefined)

const made = () => {
  const clock = { ms: 0 }
  const reach = new Reach(() => clock.ms)
  return { clock, reach, outage: () => reach.outage }
}

describe("the reach of a cluster", () => {
  it("is lost when all who ask fail for a second, with what the last came to, and is back with the first answer", async () => {
    const { clock, outage, reach } = made()
    assert.isUndefined(outage())
    await quietly(reach.watched(place.asked, refused()))
    assert.isUndefined(outage(), "one failure is none yet")
    clock.ms = 1_000
    await quietly(reach.watched(place.asked, refused()))
    assert.strictEqual(outage()?.silentMs, 1_000)
    assert.include(outage()?.message, "ECONNREFUSED")
    await reach.watched(place.asked, Promise.resolve("records"))
    assert.isUndefined(outage())
  })

  it("is there while a broker refuses: it speaks", async () => {
    const { clock, outage, reach } = made()
    await quietly(reach.watched(place.asked, refused()))
    clock.ms = 2_000
    assert.isDefined(outage())
    await quietly(reach.watched(place.asked, Promise.reject(brokerError(29, place))))
    assert.isUndefined(outage())
  })

  it("says whether brokers are away, or do not let us in", async () => {
    const { clock, outage, reach } = made()
    await quietly(reach.watched(place.asked, refused()))
    clock.ms = 2_000
    assert.strictEqual(outage()?.isRefused, false)
    const unknown = clientError("AUTHENTICATION_FAILED", place, "the broker refused the user's proof")
    await quietly(reach.watched(place.asked, Promise.reject(unknown)))
    assert.strictEqual(outage()?.isRefused, true)
    assert.strictEqual(outage()?.silentMs, 2_000, "it does no work either way")
  })

  it("is there for those who ask nothing, however long", async () => {
    const { clock, outage, reach } = made()
    await reach.watched(place.asked, Promise.resolve("records"))
    clock.ms = 60_000
    assert.isUndefined(outage())
    await quietly(reach.watched(place.asked, refused()))
    assert.isUndefined(outage(), "silence begins with the first who is not answered")
    clock.ms = 61_000
    assert.strictEqual(outage()?.silentMs, 1_000)
  })

  it("is lost while a broker keeps its connections and answers nothing", async () => {
    const { clock, outage, reach } = made()
    const answer = Promise.withResolvers<string>()
    const watched = reach.watched(place.asked, answer.promise)
    clock.ms = 4_999
    assert.isUndefined(outage())
    clock.ms = 5_000
    assert.include(outage()?.message, place.asked)
    answer.resolve("records")
    await watched
    assert.isUndefined(outage())
  })
})
