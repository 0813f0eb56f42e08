import { assert, describe, it } from "vitest"
import { listen, makeTestRegistry } from "../testing/test-registry.ts"
import { compatibilityStories } from "./testing/compatibility-stories.ts"
import { modeStories } from "./testing/mode-stories.ts"
import { referenceStories } from "./testing/reference-stories.ts"
import { makeSender, play, record, sent, title, yearOrNone } from "./testing/rest-story.ts"
import { subjectStories } from "./testing/subject-stories.ts"

const stories = [...subjectStories, ...compatibilityStories, ...modeStories, ...referenceStories]

describe("the schema registry's API, over HTTP,", () => {
  it("is held to more than 80 requests", () => {
    assert.isAbove(stories.flatMap(({ rows }) => rows).length, 80)
  })

  it.each(stories)("$title", async ({ rows }) => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const send = makeSender(`${server.url}/schema-registry`, registry.token)
    for (const row of rows) await play(send, row)
  })

  it("lists schemas, the latest of each subject when it is asked", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const send = makeSender(`${server.url}/schema-registry`, registry.token)
    const [one, two] = [record(title), record(title, yearOrNone)]
    for (const [subject, schema] of [
      ["b", one],
      ["b", two],
      ["a", one],
      [":.team:c", one]
    ] as const)
      await send(`POST /subjects/${subject}/versions`, sent(schema))
    const listed = async (query: string) => {
      const { body } = await send(`GET /schemas${query}`)
      assert.isArray(body)
      return (Array.isArray(body) ? body : []).map(({ id, subject, version }) => [subject, version, id])
    }
    assert.deepEqual(await listed(""), [
      ["a", 1, 1],
      ["b", 1, 1],
      ["b", 2, 2]
    ])
    assert.deepEqual(await listed("?latestOnly=true"), [
      ["a", 1, 1],
      ["b", 2, 2]
    ])
    assert.deepEqual(await listed("?offset=1&limit=1"), [["b", 1, 1]])
    assert.deepEqual(await listed("?subjectPrefix=:*:&latestOnly=true"), [
      ["a", 1, 1],
      ["b", 2, 2],
      [":.team:c", 1, 3]
    ])
    await send("DELETE /subjects/b/versions/2")
    assert.deepEqual(await listed("?latestOnly=true&subjectPrefix=b"), [["b", 1, 1]])
    assert.deepEqual(await listed("?deleted=true&subjectPrefix=b"), [
      ["b", 1, 1],
      ["b", 2, 2]
    ])
  })

  it("finds a schema by its GUID, which is the same in every context", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const send = makeSender(`${server.url}/schema-registry`, registry.token)
    const registered = await send("POST /subjects/a/versions", sent(record(title)))
    await send("POST /subjects/:.team:a/versions", sent(record(title)))
    const guid = String(Object.entries(registered.body ?? {}).find(([name]) => name === "guid")?.[1])
    assert.match(guid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    await play(send, [`GET /schemas/guids/${guid}`, undefined, 200, { guid, schema: record(title) }])
    await play(send, [
      `GET /schemas/guids/${guid}/ids`,
      undefined,
      200,
      [
        { context: ".", id: 1 },
        { context: ".team", id: 2 }
      ]
    ])
    await play(send, ["GET /schemas/guids/89791762-2336-4186-9674-299b90a802e2", undefined, 40403])
    await play(send, ["GET /schemas/guids/none", undefined, 40403])
  })
})
