import { randomUUID } from "node:crypto"
import postgres from "postgres"

/** Where databases for tests are made: a server's address as its superuser. Undefined: a registry under test is over files. */
export const testServer: string | undefined = process.env["MILLRACE_TEST_SERVER"]

/** Makes a database on the tests' server; answers its address, or undefined where tests run over files. */
export const ownDatabase = async (): Promise<string | undefined> => {
  if (testServer === undefined) return undefined
  const name = `test_${randomUUID().replaceAll("-", "")}`
  const client = postgres(testServer, { max: 1, fetch_types: false })
  try {
    await client.unsafe(`CREATE DATABASE ${name}`)
  } finally {
    await client.end()
  }
  const address = new URL(testServer)
  address.pathname = `/${name}`
  return address.href
}
