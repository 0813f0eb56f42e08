import { assert, describe, it } from "vitest"
import { ruleNamed } from "../../rules/all-rules.ts"
import type { Alert } from "../book/alert.ts"
import { Groups } from "./groups.ts"

const rule = ruleNamed("lagging")
if (rule === undefined) throw new Error("there is no rule lagging")

const waits = { group: 30, interval: 300, repeat: 3_600 }

const alert = (pipeline: string, chain: string, firedAt: number, more: Partial<Alert> = {}): Alert => ({
  force: { rule, labels: {}, owner: "studio", severity: "warning", threshold: 60, forSeconds: 0, nodes: [] },
  id: `${pipeline}/${chain}`,
  labels: { pipeline, chain },
  value: 70,
  state: "firing",
  since: firedAt,
  firedAt,
  ...more
})
const resolved = (one: Alert, resolvedAt: number): Alert => ({ ...one, state: "resolved", resolvedAt })

/** `firing/resolved` ids of the notices due at a second. */
const due = (groups: Groups, second: number, ...alerts: readonly Alert[]): readonly string[] =>
  groups
    .due(second * 1_000, alerts)
    .map((notice) =>
      [notice.firing, notice.resolved].map((each) => each.map(({ id }) => id).join(" ")).join("/")
    )

const a = alert("movies", "a", 0)
const b = alert("movies", "b", 20_000)
const other = alert("shop", "a", 0)

describe("groups of alerts", () => {
  it("wait for what belongs to the first alert, and are told by pipeline", () => {
    const groups = new Groups(waits)
    assert.deepStrictEqual(due(groups, 0, a, other), [])
    assert.deepStrictEqual(due(groups, 29, a, b, other), [])
    assert.deepStrictEqual(due(groups, 30, a, b, other), ["movies/a movies/b/", "shop/a/"])
    assert.deepStrictEqual(due(groups, 35, a, b, other), [])
  })

  it("tell a change after the interval, and what stays after the repeat", () => {
    const groups = new Groups(waits)
    due(groups, 30, a)
    assert.deepStrictEqual(due(groups, 329, a, b), [])
    assert.deepStrictEqual(due(groups, 330, a, b), ["movies/a movies/b/"])
    assert.deepStrictEqual(due(groups, 3_929, a, b), [])
    assert.deepStrictEqual(due(groups, 3_930, a, b), ["movies/a movies/b/"])
  })

  it("tell once that something is over, of what was told alone", () => {
    const groups = new Groups(waits)
    due(groups, 30, a)
    const gone = [resolved(a, 60_000), resolved(alert("movies", "brief", 40_000), 50_000)]
    assert.deepStrictEqual(due(groups, 330, ...gone), ["/movies/a"])
    assert.deepStrictEqual(due(groups, 4_000, ...gone), [])
    const again = alert("movies", "a", 5_000_000)
    assert.deepStrictEqual(due(groups, 5_029, again), [])
    assert.deepStrictEqual(due(groups, 5_030, again), ["movies/a/"])
  })

  it("tell nothing of what is over before it was told", () => {
    assert.deepStrictEqual(due(new Groups(waits), 60, resolved(a, 20_000)), [])
  })

  it("know after a restart what was told", () => {
    const before = new Groups(waits)
    due(before, 30, a)
    const after = new Groups(waits, before.told)
    assert.deepStrictEqual(due(after, 40, a), [])
    assert.deepStrictEqual(due(after, 330, resolved(a, 60_000)), ["/movies/a"])
  })
})
