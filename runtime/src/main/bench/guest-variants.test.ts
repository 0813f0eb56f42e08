import { runInNewContext } from "node:vm"
import { assert, describe, it } from "vitest"
import { rememberingBodies, watchedFields } from "./guest-variants.ts"

/** What a script comes to that has a bundle with one body, a variant behind it, and its body as `call`. */
const scripted = (body: string, variant: string, script: string): unknown =>
  JSON.parse(
    runInNewContext(`
      var logs = [], calls = 0;
      var __millrace_bundle = {
        abi: 1, manifest: () => "[]", derive: () => "{}",
        open: () => ({ kind: "processor", bodies: { input: { form: "process", suspends: true, call: ${body} } } })
      };${variant}
      const host = { log: (level, message, fields) => logs.push(JSON.parse(fields)) };
      const { call } = __millrace_bundle.open("any", "{}", host).bodies.input;
      JSON.stringify((() => { ${script} })())`)
  )

const remembering = rememberingBodies({ input: 3 })

describe("bodies that answer from memory", () => {
  it("call the body for as many records as there are, and never again", () => {
    const answers = scripted(
      "(value) => { calls += 1; return [value * calls] }",
      remembering,
      "const all = [1, 2, 3, 1, 2, 3, 1].map((value) => call(value)); return { all, calls }"
    )
    assert.deepStrictEqual(answers, { all: [[1], [4], [9], [1], [4], [9], [1]], calls: 3 })
  })

  it("fail again for the records that failed", () => {
    const answers = scripted(
      "(value) => { calls += 1; if (value === 2) throw new Error('two'); return value }",
      remembering,
      `return [1, 2, 3, 1, 2, 3].map((value) => { try { return call(value) } catch (error) { return error.message } })`
    )
    assert.deepStrictEqual(answers, [1, "two", 3, 1, "two", 3])
  })

  it("answer at once what the body waited for", () => {
    const answers = scripted(
      `(value) => ({
        __millrace_pending: true,
        settle: (done, failed) => value === 2 ? failed(new Error("two")) : done([value]),
        cancel: () => undefined
      })`,
      remembering,
      `const all = [];
       for (const value of [1, 2, 3]) call(value).settle((done) => all.push(done), (error) => all.push(error.message));
       for (const value of [1, 2, 3]) try { all.push(call(value)) } catch (error) { all.push(error.message) }
       return all`
    )
    assert.deepStrictEqual(answers, [[1], "two", [3], [1], "two", [3]])
  })
})

describe("bodies that are watched", () => {
  it("tell each field that they look at once, and see it as it is", () => {
    const told = scripted(
      "(value) => value.price > 3 ? [value.price, value.name] : []",
      watchedFields,
      `const all = [{ price: 1, name: "a", size: 7 }, { price: 5, name: "b", size: 7 }].map((value) => call(value));
       return { all, logs }`
    )
    assert.deepStrictEqual(told, {
      all: [[], [5, "b"]],
      logs: [
        { input: "input", field: "price" },
        { input: "input", field: "name" }
      ]
    })
  })

  it("tell of every field where one is passed on whole", () => {
    const told = scripted("(value) => [{ ...value }]", watchedFields, "call({ a: 1, b: 2 }); return logs")
    assert.deepStrictEqual(told, [
      { input: "input", field: "a" },
      { input: "input", field: "b" }
    ])
  })
})
