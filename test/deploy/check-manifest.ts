import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject"
import { Deployment } from "kubernetes-models/apps/v1/Deployment"
import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet"
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy"
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget"
import { ConfigMap } from "kubernetes-models/v1/ConfigMap"
import { Secret } from "kubernetes-models/v1/Secret"
import { Service } from "kubernetes-models/v1/Service"
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount"
import { isObject, type Manifest } from "./read-manifests.ts"

interface Model {
  readonly apiVersion: unknown
  readonly kind: unknown
  readonly prototype: { readonly validate: () => void }
}

const models: readonly Model[] = [
  ConfigMap,
  Deployment,
  NetworkPolicy,
  PodDisruptionBudget,
  ScaledObject,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet
]

/**
 * What is wrong with an object by its published schema. That allows fields which it does not know, as a server does that drops them; here they are faults, as by
 * `kubectl apply --validate=strict`: a field that the check of the schema never looks at is one that the schema does not have.
 */
export const faultsOf = (manifest: Manifest): readonly string[] => {
  const { apiVersion, kind } = manifest
  const model = models.find((each) => each.apiVersion === apiVersion && each.kind === kind)
  if (model === undefined) return [`${apiVersion}/${kind}: no schema of it is known here`]
  const seen = new Set<string>()
  try {
    // Called on what it checks, with which it does nothing else: a model of its own would be a copy, whose reading tells nothing.
    Reflect.apply(Reflect.get(model.prototype, "validate"), watched(manifest, "", seen), [])
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
  return pathsOf(manifest, "")
    .filter((path) => !seen.has(path))
    .map((path) => `data${path} is no field of it`)
}

const watched = (value: object, path: string, seen: Set<string>): object =>
  new Proxy(value, {
    get: (target, key) => {
      const found: unknown = Reflect.get(target, key)
      if (typeof key === "symbol") return found
      const at = `${path}/${key}`
      seen.add(at)
      return isObject(found) ? watched(found, at, seen) : found
    }
  })

const pathsOf = (value: unknown, path: string): readonly string[] =>
  isObject(value)
    ? Object.entries(value).flatMap(([key, inner]) => [`${path}/${key}`, ...pathsOf(inner, `${path}/${key}`)])
    : []
