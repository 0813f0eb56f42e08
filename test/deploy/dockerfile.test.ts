import { readFileSync } from "node:fs"
import { join } from "node:path"
import { DockerfileParser } from "dockerfile-ast"
import { assert, describe, it } from "vitest"
import { root } from "../input/program.ts"

const text = readFileSync(join(root, "runtime/deploy/docker/Dockerfile"), "utf8")
const dockerfile = DockerfileParser.parse(text)
const { dependencies }: { readonly dependencies: { readonly node: string } } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8")
)

const known = new Set([
  "CMD",
  "COPY",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "FROM",
  "HEALTHCHECK",
  "RUN",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR"
])

describe("the Dockerfile", () => {
  it("is one by its parser, with instructions that Docker knows", () => {
    assert.deepEqual(
      dockerfile
        .getInstructions()
        .map((each) => each.getKeyword())
        .filter((keyword) => !known.has(keyword)),
      []
    )
  })

  it("builds in one stage what the next takes, on the Node that package.json pins", () => {
    const stages = dockerfile.getFROMs()
    assert.lengthOf(stages, 2)
    for (const stage of stages)
      assert.strictEqual(stage.getImage(), `node:${dependencies.node}-bookworm-slim`)
    const copied = dockerfile.getCOPYs().flatMap((copy) => {
      const from = copy.getFromFlag()?.getValue()
      return from === undefined || from === null ? [] : [from]
    })
    assert.deepEqual(copied, [stages[0]?.getBuildStage()])
  })

  it("runs as the user that the manifests name, in the form that hands signals on", () => {
    const users = dockerfile.getInstructions().filter((each) => each.getKeyword() === "USER")
    assert.deepEqual(
      users.map((each) => each.getArgumentsContent()),
      ["millrace"]
    )
    assert.include(text, "--uid 10001 --gid 10001")
    const manifest = readFileSync(join(root, "examples/kubernetes/controllers.yaml"), "utf8")
    assert.include(manifest, "runAsUser: 10001")
    for (const each of [...dockerfile.getENTRYPOINTs(), ...dockerfile.getCMDs()])
      assert.match(each.getArgumentsContent() ?? "", /^\[.*\]$/)
  })
})
