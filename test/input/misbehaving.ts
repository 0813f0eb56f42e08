import { assert } from "vitest"
import { apply, idsOn, orderIds, untilState } from "./pipelines.ts"
import type { Platform } from "./program.ts"

/** Forty orders through one plugin to a named stream. */
export const pipelineOf = (
  name: string,
  plugin: string,
  more = "",
  source = "count: 40"
) => `pipeline: ${name}
nodes:
  source: { source: "@demo/orders@^1", with: { ${source} } }
  node: { use: "@demo/orders#${plugin}@^1", from: source, stream: ${name}.out${more} }
`

export const deadLettersOf = async (platform: Platform, pipeline: string) => {
  const { body } = await platform.get(`/api/status/${pipeline}/dead-letters`)
  if (!Array.isArray(body)) throw new Error(`no dead letters: ${JSON.stringify(body)}`)
  return body
}

/** What a plugin may do to one record that it is told to trip over. */
export interface Misbehaviour {
  readonly plugin: string
  readonly code: string
  readonly tag: string | null
  readonly message: RegExp
}

/** One of forty records is a dead letter with why and where, and the others came through. */
export const assertSetAside = async (
  platform: Platform,
  { code, message, plugin, tag }: Misbehaviour
): Promise<void> => {
  const name = `${plugin}-on-some`
  const applied = await apply(platform, pipelineOf(name, plugin, ", with: { ids: [o7] }"))
  assert.strictEqual(applied.status, 200)
  const status = await untilState(platform, name, ["completed"], 100)
  assert.strictEqual(status.deadLetters, 1)
  assert.deepStrictEqual(await idsOn(platform, `${name}.out`), orderIds(40, ["o7"]))
  const letters = await deadLettersOf(platform, name)
  assert.deepInclude(letters[0], { node: "node", code, tag, partition: 0, offset: "7", replayed: false })
  assert.match(letters[0].message, message)
  assert.deepInclude(letters[0].value, { id: "o7", amount: 7 })
}
