import fc from "fast-check"
import type { PackageManifest, PluginManifest } from "../../manifest.ts"
import { packageOf, pluginOf } from "./manifest-fixture.ts"

const name = fc.constantFrom("a", "b", "c")

const leaf = fc.oneof(
  fc.record({ type: fc.constantFrom("string", "integer", "number", "boolean") }),
  fc.record({
    type: fc.constant("integer"),
    maximum: fc.integer({ min: 1, max: 4 }),
    minimum: fc.integer({ min: -2, max: 1 })
  }),
  fc.record({
    enum: fc.uniqueArray(fc.constantFrom("x", "y", "z"), { minLength: 1 }),
    type: fc.constant("string")
  }),
  fc.record({
    anyOf: fc
      .uniqueArray(fc.constantFrom("string", "null", "number"), { minLength: 1 })
      .map((types) => types.map((type) => ({ type })))
  }),
  fc.record({ type: fc.constant("string"), description: fc.constantFrom("one", "two") })
)

const objectOf = (part: fc.Arbitrary<unknown>) =>
  fc.tuple(fc.dictionary(name, part), fc.subarray(["a", "b", "c"])).map(([properties, asked]) => ({
    type: "object",
    properties,
    required: asked.filter((each) => Object.hasOwn(properties, each)),
    additionalProperties: false
  }))

const config = objectOf(
  fc.oneof(
    leaf,
    objectOf(leaf),
    leaf.map((items) => ({ type: "array", items }))
  )
)

const permission: fc.Arbitrary<PluginManifest["permissions"][number]["permission"]> = fc.oneof(
  fc.constantFrom({ kind: "clock" as const }, { kind: "random" as const }),
  fc.record({ kind: fc.constant("read" as const), path: fc.constantFrom("d", "d/e", "d/e/f", "x") }),
  fc.record({ kind: fc.constant("net" as const), host: fc.constantFrom("h", "i") }),
  fc.record({
    kind: fc.constant("net" as const),
    host: fc.constantFrom("h", "i"),
    port: fc.constantFrom(80, 443),
    methods: fc.subarray(["GET", "POST"], { minLength: 1 })
  })
)

// Fields without defaults: by Avro's rules a field with one may go and come back as another type, each step compatible.
const schema = fc
  .uniqueArray(fc.record({ name, type: fc.constantFrom("int", "long", "double", "string") }), {
    selector: (field) => field.name
  })
  .map((fields) => ({ type: "record", name: "R", fields }))

const closed = fc.record({
  form: fc.constant("closed" as const),
  subject: fc.constant("s"),
  key: fc.constantFrom<string[]>([], ["a"]),
  schema
})

const named = <T>(contract: fc.Arbitrary<T>) =>
  fc.uniqueArray(fc.record({ name: fc.constantFrom("one", "two"), contract }), {
    selector: (each) => each.name
  })

const plugin = fc
  .record({
    name: fc.constantFrom("p", "q", "r"),
    kind: fc.constantFrom("processor" as const, "sink" as const),
    config,
    permissions: fc
      .array(permission, { maxLength: 4 })
      .map((all) => all.map((each, index) => ({ handle: `h${index}`, permission: each }))),
    inputs: named(closed).map((inputs) => inputs.map((each) => ({ ...each, many: false }))),
    outputs: named(closed),
    timers: fc.boolean(),
    state: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom("s", "t"),
        kind: fc.constantFrom("value" as const, "map" as const),
        schema
      }),
      { selector: (each) => each.name }
    )
  })
  .map(pluginOf)

/** Packages of few names and values, so that two of them often have much in common. */
export const anyPackage: fc.Arbitrary<PackageManifest> = fc
  .uniqueArray(plugin, { selector: (each) => each.name, minLength: 1, maxLength: 3 })
  .map((plugins) => packageOf(...plugins))
