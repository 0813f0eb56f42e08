import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { root } from "../input/program.ts"
import { faultsOf } from "./check-manifest.ts"
import { readManifests } from "./read-manifests.ts"

const folder = join(root, "examples/kubernetes")
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"))
const textOf = (file: string): string => readFileSync(join(folder, file), "utf8")

const faultsIn = (text: string): readonly string[] => readManifests(text).flatMap(faultsOf)

describe("the manifests for Kubernetes", () => {
  for (const file of files)
    it(`are what Kubernetes and KEDA take: ${file}`, () => {
      assert.deepEqual(faultsIn(textOf(file)), [])
    })

  const mistakes: readonly (readonly [string, string, string, RegExp])[] = [
    ["controllers.yaml", "replicas: 2", "replicas: two", /replicas/],
    ["controllers.yaml", "livenessProbe:", "livenesProbe:", /livenesProbe is no field/],
    ["controllers.yaml", "containerPort: 4000", "containerPort: '4000'", /containerPort/],
    ["workers.yaml", "runAsNonRoot: true", "runAsNonRoot: yes please", /runAsNonRoot/],
    [
      "workers.yaml",
      "serviceName: millrace-worker",
      "serviceNames: millrace-worker",
      /serviceNames is no field/
    ],
    ["network.yaml", "policyTypes: [Ingress, Egress]", "policyTypes: Ingress", /policyTypes/],
    ["autoscaling.yaml", 'threshold: "1"', "threshold: 1", /threshold/],
    ["autoscaling.yaml", "maxReplicaCount", "maxReplicas", /maxReplicas is no field/],
    ["autoscaling.yaml", "keda.sh/v1alpha1", "keda.sh/v1", /no schema/]
  ]
  for (const [file, right, wrong, fault] of mistakes)
    it(`would be found with a mistake: ${wrong}`, () => {
      const text = textOf(file)
      assert.include(text, right)
      assert.match(faultsIn(text.replace(right, wrong)).join("\n"), fault)
    })
})
