import fc from "fast-check"
import { assert, describe, it } from "vitest"
import type { PackageManifest, PluginManifest } from "../manifest.ts"
import { packageChanges } from "./package-changes.ts"
import { type Bump, isEnough, requiredBump } from "./package-change.ts"
import { packageOf, pluginOf } from "./testing/manifest-fixture.ts"
import { anyPackage } from "./testing/any-package.ts"

const bumpOf = (before: PackageManifest, after: PackageManifest): Bump =>
  requiredBump(packageChanges(before, after))

const textsOf = (before: Partial<PluginManifest>, after: Partial<PluginManifest>): readonly string[] =>
  packageChanges(packageOf(pluginOf(before)), packageOf(pluginOf(after))).map(
    ({ bump, path, text }) => `${bump} ${path}: ${text}`
  )

const record = (...fields: readonly unknown[]) => ({
  type: "record",
  name: "Movie",
  fields: [{ name: "id", type: "string" }, ...fields]
})
const closed = (schema: unknown, key = ["id"]) => ({
  form: "closed" as const,
  subject: "studio.movies",
  key,
  schema
})
const input = (schema: unknown) => ({ inputs: [{ name: "input", many: false, contract: closed(schema) }] })
const output = (schema: unknown, key?: string[]) => ({
  outputs: [{ name: "output", contract: closed(schema, key) }]
})
const year = { name: "year", type: "int" }
const rating = { name: "rating", type: ["null", "double"], default: null }
const config = (properties: object, required: readonly string[] = []) => ({
  config: { type: "object", properties, required, additionalProperties: false }
})

describe("the changes of a closed contract", () => {
  it("are minor where an output gains a field, and major where it loses one", () => {
    assert.deepEqual(textsOf(output(record()), output(record(year))), ["minor outputs.output: + year: int"])
    const [lost = ""] = textsOf(output(record(year)), output(record()))
    assert.match(lost, /^major outputs\.output: year: /)
  })

  it("are major where an input asks for a field that yesterday's records do not have, and minor with a default", () => {
    assert.match(textsOf(input(record()), input(record(year)))[0] ?? "", /^major inputs\.input: year/)
    assert.match(textsOf(input(record()), input(record(rating)))[0] ?? "", /^minor/)
    assert.match(textsOf(input(record(year)), input(record()))[0] ?? "", /^minor/)
  })

  it("go the right way for types: an input may widen, an output may not", () => {
    const long = { name: "year", type: "long" }
    assert.match(textsOf(input(record(year)), input(record(long)))[0] ?? "", /^minor/)
    assert.match(textsOf(input(record(long)), input(record(year)))[0] ?? "", /^major/)
    assert.match(textsOf(output(record(year)), output(record(long)))[0] ?? "", /^major/)
    assert.match(textsOf(output(record(long)), output(record(year)))[0] ?? "", /^minor/)
  })

  it("are a patch where only a text for people changed, or the name of a type", () => {
    const told = { ...record(year), doc: "A film" }
    assert.match(textsOf(output(record(year)), output(told))[0] ?? "", /^patch/)
    assert.equal(
      bumpOf(packageOf(pluginOf(input(record()))), packageOf(pluginOf(input({ ...record(), name: "Film" })))),
      "minor"
    )
  })

  it("are major where the key is another", () => {
    assert.deepEqual(textsOf(output(record(year)), output(record(year), ["year"])), [
      "major outputs.output: the output's key is year, not id"
    ])
  })
})

describe("the changes of an open contract", () => {
  const reads = (...names: readonly string[]) => ({
    inputs: [
      {
        name: "input",
        many: false,
        contract: {
          form: "open" as const,
          reads: names.map((name) => ({ as: name, from: { field: name }, schema: "double" }))
        }
      }
    ]
  })
  const gives = (contract: {
    readonly adds?: readonly string[]
    readonly updates?: readonly string[]
    readonly drops?: readonly string[]
  }) => ({
    outputs: [
      {
        name: "output",
        contract: {
          form: "open" as const,
          adds: (contract.adds ?? []).map((name) => ({ as: name, field: { field: name }, schema: "string" })),
          updates: contract.updates ?? [],
          drops: (contract.drops ?? []).map((field) => ({ field }))
        }
      }
    ]
  })

  it("are major where it reads, drops or gives anew one field more, minor where it adds one or reads one less", () => {
    assert.deepEqual(textsOf(reads("a"), reads("a", "b")), ["major inputs.input: reads b too"])
    assert.deepEqual(textsOf(reads("a", "b"), reads("a")), ["minor inputs.input: reads b no more"])
    assert.deepEqual(textsOf(gives({}), gives({ adds: ["x"] })), ["minor outputs.output: adds x"])
    assert.deepEqual(textsOf(gives({ adds: ["x"] }), gives({})), ["major outputs.output: adds x no more"])
    assert.deepEqual(textsOf(gives({}), gives({ drops: ["x"] })), ["major outputs.output: drops x"])
    assert.deepEqual(textsOf(gives({ drops: ["x"] }), gives({})), ["minor outputs.output: drops x no more"])
    assert.deepEqual(
      textsOf({ ...reads("a"), ...gives({}) }, { ...reads("a"), ...gives({ updates: ["a"] }) }),
      ["major outputs.output: gives a anew"]
    )
  })

  it("does not mind what the plugin's own code calls a field", () => {
    const named = (as: string) => ({
      inputs: [
        {
          name: "input",
          many: false,
          contract: { form: "open" as const, reads: [{ as, from: { field: "price" }, schema: "double" }] }
        }
      ],
      ...gives({ updates: [as] })
    })
    assert.deepEqual(textsOf(named("price"), named("amount")), [])
  })
})

describe("the changes of a config", () => {
  it("are minor for what may be left out, major for what must be given, is gone or takes less", () => {
    const text = { type: "string" }
    assert.deepEqual(textsOf(config({}), config({ where: text })), [
      "minor config/where: config where is new, and may be left out"
    ])
    assert.deepEqual(textsOf(config({}), config({ where: text }, ["where"])), [
      "major config/where: config where is new, and must be given"
    ])
    assert.deepEqual(textsOf(config({ where: text }), config({})), [
      "major config/where: config where is gone"
    ])
    assert.deepEqual(textsOf(config({ where: text }), config({ where: { ...text, maxLength: 3 } })), [
      "major config/where: config where no longer takes all that it took"
    ])
    assert.deepEqual(
      textsOf(config({ n: { type: "integer", maximum: 3 } }), config({ n: { type: "number", maximum: 9 } })),
      ["minor config/n: config n takes more than before"]
    )
    assert.deepEqual(textsOf(config({ where: text }, ["where"]), config({ where: text })), [
      "minor config/where: config where may be left out now"
    ])
    assert.deepEqual(textsOf(config({ where: text }), config({ where: { ...text, description: "SQL" } })), [])
  })

  it("see into lists, alternatives and definitions, recursive ones too", () => {
    const tree = (leaf: object) => ({
      config: {
        ...config({ tree: { $ref: "#/$defs/Tree" } }).config,
        $defs: {
          Tree: {
            type: "object",
            properties: { leaf, children: { type: "array", items: { $ref: "#/$defs/Tree" } } },
            additionalProperties: false
          }
        }
      }
    })
    assert.deepEqual(textsOf(tree({ type: "integer" }), tree({ type: "integer" })), [])
    assert.deepEqual(textsOf(tree({ type: "integer" }), tree({ type: "string" })), [
      "major config/tree/leaf: config tree.leaf no longer takes all that it took"
    ])
    const either = (...types: readonly string[]) => config({ v: { anyOf: types.map((type) => ({ type })) } })
    assert.match(textsOf(either("string", "null"), either("null", "string", "boolean"))[0] ?? "", /^minor/)
    assert.match(textsOf(either("string", "null"), either("string", "boolean"))[0] ?? "", /^major/)
  })
})

describe("the changes of an expression", () => {
  const text = config({ where: { type: "string" } })
  const expression = (parts: Partial<PluginManifest["expressions"][number]> = {}) => ({
    ...text,
    expressions: [{ pointer: "/where", input: "input", type: "boolean", ...parts }]
  })

  it("are major where what was written no longer fits, minor where more does", () => {
    assert.deepEqual(textsOf(text, expression()), ["major config/where: config where is an expression"])
    assert.deepEqual(textsOf(expression(), text), [
      "major config/where: config where is no expression any more"
    ])
    assert.match(
      textsOf(expression({ type: "any" }), expression())[0] ?? "",
      /^major .* must be boolean, not any$/
    )
    assert.match(textsOf(expression(), expression({ type: "any" }))[0] ?? "", /^minor/)
    assert.match(
      textsOf(expression(), expression({ input: "other" }))[0] ?? "",
      /^major .* sees another input/
    )
    assert.match(textsOf(expression(), expression({ words: ["*"] }))[0] ?? "", /^minor .* takes \* too/)
    assert.match(textsOf(expression({ words: ["*"] }), expression())[0] ?? "", /^major .* no longer takes \*/)
    const sees = (...names: readonly string[]) =>
      expression({
        row: { type: "record", name: "Row", fields: names.map((name) => ({ name, type: "int" })) }
      })
    assert.deepEqual(textsOf(sees("a"), sees("a", "b")), [])
    assert.match(textsOf(sees("a", "b"), sees("a"))[0] ?? "", /^major .* no longer sees all/)
    assert.match(textsOf(expression(), sees("a"))[0] ?? "", /^major .* no longer sees all/)
    assert.deepEqual(textsOf(config({}), expression()), [
      "minor config/where: config where is new, and may be left out",
      "minor config/where: config where is an expression"
    ])
  })
})

describe("the changes of permissions", () => {
  const asks = (...permissions: PluginManifest["permissions"][number]["permission"][]) => ({
    permissions: permissions.map((permission, index) => ({ handle: `h${index}`, permission }))
  })

  it("are major where a plugin asks for more, a patch where it asks for less", () => {
    const net = { kind: "net" as const, host: "films.example" }
    assert.deepEqual(textsOf(asks(), asks(net)), ["major permissions.net: asks to connect to films.example"])
    assert.deepEqual(textsOf(asks(net), asks()), [
      "patch permissions.net: no longer asks to connect to films.example"
    ])
    // Without a port it is that of the scheme: another one is another place.
    assert.match(textsOf(asks(net), asks({ ...net, port: 8080 }))[0] ?? "", /^major/)
    const gets = { ...net, methods: ["GET"] }
    const posts = { ...net, methods: ["GET", "POST"] }
    for (const wide of [net, posts]) assert.match(textsOf(asks(wide), asks(gets))[0] ?? "", /^patch/)
    for (const wide of [net, posts, { ...gets, port: 8080 }, { ...gets, host: "other.example" }])
      assert.match(textsOf(asks(gets), asks(wide))[0] ?? "", /^major/)
    const read = (path: string) => ({ kind: "read" as const, path })
    assert.match(textsOf(asks(read("data")), asks(read("data/films")))[0] ?? "", /^patch/)
    assert.match(textsOf(asks(read("data/films")), asks(read("data")))[0] ?? "", /^major/)
    assert.match(textsOf(asks(read("data")), asks(read("data/../x")))[0] ?? "", /^major/)
    assert.match(textsOf(asks(read("data")), asks(read("database")))[0] ?? "", /^major/)
  })

  it("are not those of a plugin that is new: nobody has it yet", () => {
    const other = { ...pluginOf(asks({ kind: "clock" })), name: "other", kind: "sink" as const }
    assert.equal(bumpOf(packageOf(pluginOf()), packageOf(pluginOf(), other)), "minor")
  })
})

describe("the changes of a package", () => {
  it("are a patch for itself", () => {
    fc.assert(
      fc.property(anyPackage, (one) => {
        assert.deepEqual(packageChanges(one, structuredClone(one)), [])
      })
    )
  })

  it("are major when a plugin goes or becomes of another kind, or a second one of its kind makes the package's name ambiguous", () => {
    const [one, two, three] = [pluginOf(), { ...pluginOf(), name: "two" }, { ...pluginOf(), name: "three" }]
    assert.equal(bumpOf(packageOf(one, two), packageOf(one)), "major")
    assert.equal(bumpOf(packageOf(one), packageOf({ ...one, kind: "sink" })), "major")
    assert.equal(bumpOf(packageOf(one), packageOf(one, two)), "major")
    assert.equal(bumpOf(packageOf(one, two), packageOf(one, two, three)), "minor")
  })

  it("need no more for two steps at once than for the larger of them", () => {
    fc.assert(
      fc.property(anyPackage, anyPackage, anyPackage, (a, b, c) => {
        const steps = requiredBump([{ bump: bumpOf(a, b) }, { bump: bumpOf(b, c) }])
        assert.isTrue(
          isEnough(steps, bumpOf(a, c)),
          `${bumpOf(a, b)} and ${bumpOf(b, c)}, but ${bumpOf(a, c)}`
        )
      }),
      { numRuns: 300 }
    )
  })

  it("are there in both directions or in none, and a plugin that comes one way goes the other", () => {
    fc.assert(
      fc.property(anyPackage, anyPackage, (a, b) => {
        const [there, back] = [packageChanges(a, b), packageChanges(b, a)]
        assert.equal(there.length === 0, back.length === 0)
        // Nothing can be taken back for less than a major step but what changes nothing for anybody.
        if (bumpOf(a, b) === "minor") assert.notEqual(bumpOf(b, a), "patch")
        const widened = there.some(({ widens }) => widens)
        const narrowed = back.some(({ text }) => text.startsWith("no longer asks"))
        assert.equal(widened, narrowed)
      }),
      { numRuns: 300 }
    )
  })

  it("never ask for less when a change is added", () => {
    fc.assert(
      fc.property(anyPackage, anyPackage, (a, b) => {
        const more = packageChanges(a, { ...b, plugins: b.plugins.slice(1) })
        if (a.plugins.some(({ name }) => name === b.plugins[0]?.name))
          assert.equal(requiredBump(more), "major")
      })
    )
  })
})
