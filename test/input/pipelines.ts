import { bundlePlugins } from "@millrace/sdk/build"
import * as Effect from "effect/Effect"
import type { PipelineStatus } from "@millrace/sdk/api"
import type { Answer, Platform } from "./program.ts"
import { until } from "./program.ts"

/** A request as the program sends it, for a pipeline without plugins by path unless they are given. */
export const planRequest = (
  text: string,
  modules: { readonly [path: string]: { readonly bundle: string } } = {}
) => ({
  text,
  base: import.meta.dirname,
  file: "test.pipeline.yaml",
  vars: {},
  modules,
  upgrade: false
})

/** A plugin by path, bundled as the program does. */
export const bundled = async (entry: string): Promise<{ readonly bundle: string }> => {
  const { code } = await Effect.runPromise(bundlePlugins({ entry }))
  return { bundle: code }
}

export const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null

const propertyOf = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

/** A value within an answer's body, by property names and list positions. */
export const at = (answer: Answer, ...path: readonly (string | number)[]): unknown =>
  path.reduce((value, name) => propertyOf(value, String(name)), answer.body)

/** Plans and applies; answers the apply's reply. */
export const apply = async (platform: Platform, text: string): Promise<Answer> => {
  const request = planRequest(text)
  const planned = await platform.send("POST", "/api/plan", request)
  const hash = at(planned, "plan", "hash")
  if (typeof hash !== "string") throw new Error(`no plan: ${JSON.stringify(planned.body)}`)
  return platform.send("POST", "/api/apply", { ...request, hash, grant: true })
}

const isStatus = (value: unknown): value is PipelineStatus =>
  isObject(value) && "tasks" in value && "nodes" in value && "state" in value

export const statusOf = async (platform: Platform, pipeline: string): Promise<PipelineStatus> => {
  const { body } = await platform.get(`/api/status/${pipeline}`)
  if (!isStatus(body)) throw new Error(`no status: ${JSON.stringify(body)}`)
  return body
}

/** Waits until a pipeline has come to one of these states. */
export const untilState = (
  platform: Platform,
  pipeline: string,
  states: readonly PipelineStatus["state"][] = ["completed"],
  seconds?: number
): Promise<PipelineStatus> =>
  until(
    () => statusOf(platform, pipeline),
    ({ state }) => states.includes(state),
    seconds
  )

/** Ids of the orders on a topic, over all partitions, sorted by their number. */
export const idsOn = async (platform: Platform, topic: string): Promise<readonly string[]> => {
  const answer = await platform.get(`/api/topics/${topic}/records?limit=10000`)
  const records = at(answer, "records")
  if (!Array.isArray(records)) throw new Error(`no records: ${JSON.stringify(answer.body)}`)
  return records
    .filter((record: unknown) => propertyOf(record, "control") === undefined)
    .map((record: unknown) => String(propertyOf(propertyOf(record, "value"), "id")))
    .toSorted((left, right) => Number(left.slice(1)) - Number(right.slice(1)))
}

/** o0, o1, … without those left out. */
export const orderIds = (count: number, without: readonly string[] = []): readonly string[] =>
  Array.from({ length: count }, (_, index) => `o${index}`).filter((id) => !without.includes(id))
