import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { withPool } from "./fixture/pool-fixture.ts"
import {
  bodyBundle,
  callOf,
  frameOf,
  hostOf,
  inputOf,
  movieOutput,
  movies,
  moviesIn,
  nodeOf,
  pend,
  segmentOf
} from "./fixture/segment-fixture.ts"
import type { SegmentResult } from "./segment.ts"

/** A body in which `attack` runs for the record m2 of five; the others come through. */
const attacked = (attack: string): string =>
  `(movie) => { if (movie.id === "m2") { ${attack} } return [movie] }`

/** Runs the attack beside a neighbour in another domain; both are called again afterwards. */
function underAttack(
  attack: string,
  options: { readonly suspends?: boolean; readonly before?: string } = {}
) {
  const hostile = segmentOf(
    [
      nodeOf(
        bodyBundle("process", attacked(attack), { ...options, before: `${pend} ${options.before ?? ""}` }),
        { outputs: [movieOutput] }
      )
    ],
    {
      domain: "hostile",
      limits: { memoryMiB: 32, deadlineMs: 400, maxOutputBytes: 1_000_000, maxOutputRecordsPerInput: 1000 }
    }
  )
  const calm = segmentOf([nodeOf(bodyBundle("filter", "() => true"))], { domain: "calm" })
  return withPool((pool) =>
    Effect.gen(function* () {
      const [bad, good] = yield* Effect.all([pool.open(hostile), pool.open(calm)])
      const before = yield* pool.processes
      const result = yield* bad.call(callOf([inputOf(frameOf(movies(5)))]), hostOf())
      const neighbour = yield* good.call(callOf([inputOf(frameOf(movies(5)))]), hostOf())
      const again = yield* bad.call(callOf([inputOf(frameOf(movies(2)))]), hostOf())
      const after = yield* pool.processes
      const restarts =
        (after.find(({ domain }) => domain === "hostile")?.restarts ?? 0) -
        (before.find(({ domain }) => domain === "hostile")?.restarts ?? 0)
      return { result, neighbour, again, restarts }
    })
  )
}

const idsOf = (result: SegmentResult): readonly string[] =>
  result.outputs.flatMap(({ frame }) => moviesIn(frame).map(({ id }) => id))

/** The catalogue's outcomes: T the call times out and the process lives; K the process is killed; P the record fails as any other. */
const cases: readonly {
  readonly name: string
  readonly attack: string
  readonly codes: readonly string[]
  readonly lives: boolean | undefined
  readonly before?: string
}[] = [
  { name: "an endless loop", attack: "for (;;);", codes: ["DEADLINE_EXCEEDED"], lives: true },
  {
    name: "endless microtasks",
    attack: "const f = () => Promise.resolve().then(f); f()",
    codes: ["DEADLINE_EXCEEDED"],
    lives: true
  },
  {
    name: "an endless await",
    attack: "(async () => { for (;;) await 0 })()",
    codes: ["DEADLINE_EXCEEDED"],
    lives: true
  },
  {
    name: "a regular expression that backtracks",
    attack: `/^(a+)+$/.test("a".repeat(40) + "!")`,
    codes: ["DEADLINE_EXCEEDED"],
    lives: true
  },
  {
    name: "indexOf over a sparse array",
    attack: "const a = []; a.length = 2 ** 32 - 1; a.indexOf(1)",
    codes: ["DEADLINE_EXCEEDED"],
    lives: false
  },
  {
    name: "big integers squared for ever",
    attack: "let x = 3n; for (;;) x *= x",
    codes: ["DEADLINE_EXCEEDED", "MEMORY_EXCEEDED", "PLUGIN_FAILED"],
    lives: undefined
  },
  {
    name: "a comparator that never ends",
    attack: "[3, 2, 1].sort(() => { for (;;); })",
    codes: ["DEADLINE_EXCEEDED"],
    lives: true
  },
  {
    name: "an error whose message never ends",
    attack: "throw { get message() { for (;;); } }",
    codes: ["DEADLINE_EXCEEDED"],
    lives: true
  },
  {
    name: "a thrown proxy that never ends",
    attack: "throw new Proxy({}, { get() { for (;;); } })",
    codes: ["DEADLINE_EXCEEDED"],
    lives: true
  },
  { name: "a flood of logs", attack: "for (;;) console.log('x')", codes: ["DEADLINE_EXCEEDED"], lives: true },
  {
    name: "a set that grows",
    attack: "const s = new Set(); for (let i = 0; ; i++) s.add('k' + i)",
    codes: ["MEMORY_EXCEEDED", "DEADLINE_EXCEEDED"],
    lives: undefined
  },
  {
    name: "a large array filled",
    attack: "new Array(1e8).fill(0)",
    codes: ["MEMORY_EXCEEDED", "DEADLINE_EXCEEDED"],
    lives: undefined
  },
  {
    name: "arrays that grow",
    attack: "const l = []; for (;;) l.push(new Array(1000).fill(1.5))",
    codes: ["MEMORY_EXCEEDED", "DEADLINE_EXCEEDED"],
    lives: undefined
  },
  {
    name: "resizable buffers",
    attack:
      "const l = []; for (let i = 0; i < 60; i++) l.push(new ArrayBuffer(1, { maxByteLength: 2 ** 24 }))",
    codes: ["PLUGIN_FAILED"],
    lives: true
  },
  { name: "shared memory", attack: "new SharedArrayBuffer(8)", codes: ["PLUGIN_FAILED"], lives: true },
  {
    name: "WebAssembly memory",
    attack: "new WebAssembly.Memory({ initial: 1 })",
    codes: ["PLUGIN_FAILED"],
    lives: true
  },
  {
    name: "a result of 600 long strings",
    attack: "return Array(600).fill({ ...movie, title: 'x'.repeat(2 ** 20) })",
    codes: ["OUTPUT_TOO_LARGE"],
    lives: true
  },
  {
    name: "a million results",
    attack: "return Array(1e6).fill(movie)",
    codes: ["OUTPUT_TOO_LARGE"],
    lives: true
  },
  {
    name: "recursion without end",
    attack: "const f = () => [1].map(f); f()",
    codes: ["PLUGIN_FAILED"],
    lives: true
  },
  {
    name: "a result nested 100,000 deep",
    attack: "let x = movie; for (let i = 0; i < 1e5; i++) x = { id: x }; return [x]",
    codes: ["PLUGIN_FAILED"],
    lives: true
  },
  {
    name: "five million brackets to JSON",
    attack: "JSON.parse('['.repeat(5e6))",
    codes: ["PLUGIN_FAILED", "MEMORY_EXCEEDED"],
    lives: undefined
  },
  {
    name: "a storm of timers",
    attack: "for (let i = 0; i < 1e6; i++) setTimeout(() => {}, 1e6)",
    codes: ["PLUGIN_FAILED"],
    lives: true
  },
  {
    name: "code from a function's constructor",
    attack: "(() => {}).constructor.constructor('return process')()",
    codes: ["PLUGIN_FAILED"],
    lives: true
  },
  {
    name: "code from a generator's constructor",
    attack: "(function* () {}).constructor('yield process')().next()",
    codes: ["PLUGIN_FAILED"],
    lives: true
  },
  { name: "eval", attack: "eval('1')", codes: ["PLUGIN_FAILED"], lives: true },
  { name: "the process", attack: "process.exit()", codes: ["PLUGIN_FAILED"], lives: true },
  { name: "an import", attack: "require('fs')", codes: ["PLUGIN_FAILED"], lives: true },
  {
    name: "a thenable record",
    attack: "return [{ ...movie, then() { throw 1 } , title: 5 }]",
    codes: ["PLUGIN_FAILED"],
    lives: true
  },
  {
    name: "a proxy as result",
    attack: "return [new Proxy({}, { get() { throw new Error('no') } })]",
    codes: ["PLUGIN_FAILED"],
    lives: true
  },
  {
    name: "a getter that throws a symbol",
    attack: "return [{ get id() { throw Symbol('x') } }]",
    codes: ["PLUGIN_FAILED"],
    lives: true
  }
]

describe("a hostile plugin", () => {
  for (const { name, attack, codes, lives } of cases) {
    it(`loses one record by ${name}`, async () => {
      const { result, neighbour, again, restarts } = await underAttack(attack)
      assert.deepStrictEqual(idsOf(result), ["m0", "m1", "m3", "m4"])
      assert.strictEqual(result.deadLetters.length, 1)
      assert.include(codes, result.deadLetters[0].code)
      assert.strictEqual(result.deadLetters[0].offset, 2n)
      assert.strictEqual(idsOf(neighbour).length, 5)
      assert.deepStrictEqual(idsOf(again), ["m0", "m1"])
      if (lives !== undefined) assert.strictEqual(restarts === 0, lives)
    })
  }

  it("changes nothing by overriding what the harness might use", async () => {
    const before = `Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => { throw new Error("taken") };
      Array.prototype.push = JSON.parse = JSON.stringify = Promise.prototype.then = Map.prototype.get = Map.prototype.set = Object.keys = () => { throw new Error("taken") };
      Object.prototype.toJSON = () => "forged"; Object.defineProperty(Object.prototype, "transient", { value: true });
      Object.defineProperty(Array.prototype, "0", { set() { throw new Error("set") } }); Array.prototype[Symbol.iterator] = () => { throw new Error("iterated") };
      String.prototype.slice = Math.random = () => { throw new Error("taken") };`
    const { result, neighbour } = await underAttack("throw new Error('one')", { before })
    assert.deepStrictEqual(idsOf(result), ["m0", "m1", "m3", "m4"])
    assert.deepStrictEqual(
      result.deadLetters.map(({ message }) => message),
      ["one"]
    )
    assert.strictEqual(idsOf(neighbour).length, 5)
  })
})
