import { Tokens } from "@millrace/registry/server"
import { listen, makeTestRegistry } from "../../registry/src/testing/test-registry.ts"

/** A registry that listens, with the base URL that clients of Confluent's are given, and its tokens. */
export const registryServer = async () => {
  const registry = await makeTestRegistry()
  const server = await listen(registry)
  return {
    url: `${server.url}/schema-registry`,
    token: registry.token,
    /** The registry's own API. */
    client: server.client,
    /** A token with just these scopes. */
    tokenFor: async (...scopes: readonly string[]): Promise<string> => {
      const issued = Tokens.use((tokens) => tokens.issue({ name: "client", scopes }, "system"))
      return (await registry.runtime.runPromise(issued)).token
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await registry[Symbol.asyncDispose]()
    }
  }
}

export const person = {
  type: "record",
  name: "Person",
  namespace: "studio",
  fields: [{ name: "name", type: "string" }]
} as const

/** A film that refers to its director's type. */
export const movie = {
  type: "record",
  name: "Movie",
  namespace: "studio",
  fields: [
    { name: "title", type: "string" },
    { name: "director", type: "studio.Person" }
  ]
} as const

/** A person who also has an age: without a default, those who were written before cannot be read. */
export const agedPerson = (rest: object) => ({
  ...person,
  fields: [...person.fields, { name: "age", type: "int", ...rest }]
})
