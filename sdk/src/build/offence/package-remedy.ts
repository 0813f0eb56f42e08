const http = "Use the http capability (uses: { api: http(…) })."
const files = "Use the files capability (uses: { disk: files(…) })."
const state = "Use keyed state (valueState, mapState) or a lookup table."
const database = "Let a source or a sink of its own talk to the database, and join its stream here."

/** What does in the sandbox what some well-known packages do elsewhere. */
const remedies: { readonly [name: string]: string } = {
  ajv: "Declare the form as an Effect Schema, or use zod: ajv makes code of text.",
  avsc: "Use datumReader and datumWriter of @millrace/sdk: avsc makes code of text, and needs Node.js.",
  axios: http,
  bcrypt: "Use a package of JavaScript alone: @noble/hashes has scrypt, argon2 and PBKDF2.",
  "better-sqlite3": state,
  "fs-extra": files,
  "graceful-fs": files,
  got: http,
  ioredis: state,
  kafkajs: "Name the stream as a topic in the pipeline: plugins get its records from the runtime.",
  lmdb: state,
  mongodb: database,
  mysql2: database,
  "node-fetch": http,
  pg: database,
  sharp: "Use a package of JavaScript alone, or a service through the http capability.",
  sqlite3: state,
  undici: http
}

/** A remedy that fits the package better than what it needs would tell. */
export const packageRemedy = (name: string): string | undefined =>
  Object.hasOwn(remedies, name) ? remedies[name] : undefined
