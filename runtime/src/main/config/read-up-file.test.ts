import { assert, describe, it } from "vitest"
import { readUpFile } from "./read-up-file.ts"

const problemsOf = (text: string, environment: { readonly [name: string]: string } = {}) => {
  const read = readUpFile(text, environment)
  return "ok" in read
    ? []
    : read.problems.map(({ column, line, message, path, remedy }) => ({
        at: `${line}:${column}`,
        message,
        path,
        remedy
      }))
}

describe("a platform's config file", () => {
  it("has a key for each flag, and takes variables of the environment with their own type", () => {
    const text = `
data: \${ROOT}/data
host: 0.0.0.0
port: \${PORT}
allowHost: [millrace.example.com, millrace]
apply: pipelines/orders.pipeline.yaml
grant: true
durability: async
limits: { batchMemoryMiB: 512, sandboxProcesses: 2 }
workers: { min: 1, max: 20, drainSeconds: 120 }
`
    assert.deepStrictEqual(readUpFile(text, { ROOT: "/srv", PORT: "4100" }), {
      ok: {
        data: "/srv/data",
        host: "0.0.0.0",
        port: 4_100,
        allowHost: ["millrace.example.com", "millrace"],
        apply: "pipelines/orders.pipeline.yaml",
        grant: true,
        durability: "async",
        limits: { batchMemoryMiB: 512, sandboxProcesses: 2 },
        workers: { min: 1, max: 20, drainSeconds: 120 }
      }
    })
  })

  it("may be empty", () => {
    assert.deepStrictEqual(readUpFile("# nothing yet\n", {}), { ok: {} })
  })

  it("refuses keys that nobody reads, all at once, with what was meant", () => {
    const problems = problemsOf("prot: 4100\nlimits:\n  sandboxProcess: 2\n")
    assert.deepStrictEqual(
      problems.map(({ at, path, remedy }) => [at, path, remedy]),
      [
        ["1:1", "prot", "Did you mean port?"],
        ["3:3", "limits.sandboxProcess", "Did you mean sandboxProcesses?"]
      ]
    )
  })

  it("refuses values that do not fit, at their place", () => {
    const problems = problemsOf("port: 70000\nlimits: { batchMemoryMiB: 1 }\n")
    assert.deepStrictEqual(
      problems.map(({ at, path }) => [at, path]),
      [
        ["1:7", "port"],
        ["2:27", "limits.batchMemoryMiB"]
      ]
    )
  })

  it("says which variable is not set, and nothing of those that are", () => {
    const [problem, ...rest] = problemsOf("data: ${ROOT}/${SUB}\nport: ${SECRET}\n", {
      ROOT: "/srv",
      SECRET: "hush"
    })
    assert.strictEqual(problem?.message, "The variable SUB has no value")
    assert.match(problem?.at ?? "", /^1:/)
    assert.include(problem?.remedy, "environment")
    assert.notInclude(JSON.stringify([problem, ...rest]), "hush")
    assert.notInclude(JSON.stringify(problemsOf("port: ${SECRET}\n", { SECRET: "hush" })), "hush")
  })

  it("is YAML of one document", () => {
    assert.lengthOf(problemsOf("port: [1"), 1)
    assert.lengthOf(problemsOf("port: 1\n---\nport: 2\n"), 1)
  })
})
