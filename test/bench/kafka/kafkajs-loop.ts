import { fileURLToPath } from "node:url"
import { commitMs } from "./contestant.ts"
import type { Contestant } from "./contestant.ts"
import { runProgram } from "./run-program.ts"

const program = fileURLToPath(new URL("./loop-program.ts", import.meta.url))
/** Its records die young, and are many. */
const flags = ["--max-semi-space-size=32"]

export const kafkajsLoop: Contestant = {
  name: "kafkajs and avsc",
  start: ({ broker, input, name, output, schemaId }) => {
    const args = [program, broker, input, output, name, `${schemaId}`, `${commitMs}`]
    return Promise.resolve(runProgram(process.execPath, [...flags, ...args], name))
  }
}
