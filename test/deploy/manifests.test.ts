import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { readUpFile } from "../../runtime/src/main/config/read-up-file.ts"
import { root } from "../input/program.ts"
import { type Manifest, readManifests } from "./read-manifests.ts"

const folder = join(root, "examples/kubernetes")
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"))
const textOf = (file: string): string => readFileSync(join(folder, file), "utf8")

/** The one value at a path, in what is not typed. */
const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value
  )

const manifests = files.flatMap((file) => readManifests(textOf(file)))
const theOne = (kind: string, name: string): Manifest => {
  const found = manifests.find((each) => each.kind === kind && at(each, "metadata", "name") === name)
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`)
  return found
}

describe("the manifests for Kubernetes", () => {
  it("hold configs that the platform and its workers take", () => {
    const config = theOne("ConfigMap", "millrace")
    for (const name of ["millrace.yaml", "worker.yaml"]) {
      const text = String(at(config, "data", name))
      const read = readUpFile(text, { KAFKA_PASSWORD: "hush" })
      assert.deepEqual("problems" in read ? read.problems : [], [], name)
    }
  })

  it("name each other rightly: labels, secrets and their keys, ports, the metric", () => {
    const secrets = new Map(
      ["millrace", "millrace-worker"].map((name) => [
        name,
        Object.keys(Object(at(theOne("Secret", name), "stringData")))
      ])
    )
    for (const [kind, name] of [
      ["Deployment", "millrace"],
      ["StatefulSet", "millrace-worker"]
    ] as const) {
      const owner = theOne(kind, name)
      const labels = at(owner, "spec", "template", "metadata", "labels")
      assert.deepEqual(at(owner, "spec", "selector", "matchLabels"), labels)
      assert.deepEqual(at(theOne("Service", name), "spec", "selector"), labels)
      assert.deepEqual(at(theOne("NetworkPolicy", name), "spec", "podSelector", "matchLabels"), labels)
      const pod = JSON.stringify(at(owner, "spec", "template"))
      for (const [, secret = "", key = ""] of pod.matchAll(
        /"secretKeyRef":{"name":"([^"]+)","key":"([^"]+)"}/g
      ))
        assert.include(secrets.get(secret) ?? [], key)
      // What a restricted namespace asks for (Pod Security Standards).
      assert.include(pod, '"runAsNonRoot":true')
      assert.include(pod, '"allowPrivilegeEscalation":false')
      assert.include(pod, '"drop":["ALL"]')
      assert.include(pod, '"seccompProfile":{"type":"RuntimeDefault"}')
      // Longer than the batches in hand may take: `stopDeadline` of run-plan.ts.
      assert.isAbove(Number(at(owner, "spec", "template", "spec", "terminationGracePeriodSeconds")), 20)
    }
    const scaled = theOne("ScaledObject", "millrace-worker")
    assert.deepInclude(Object(at(scaled, "spec", "scaleTargetRef")), {
      kind: "StatefulSet",
      name: "millrace-worker"
    })
    const catalogue = readFileSync(join(root, "runtime/src/telemetry/metric/catalogue.ts"), "utf8")
    const query = String(at(scaled, "spec", "triggers", 0, "metadata", "query"))
    const [, metric = ""] = /^max\((\w+)\)$/.exec(query) ?? []
    assert.include(catalogue, `"${metric}"`)
  })
})
