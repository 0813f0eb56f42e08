export { filesSource } from "./source/source.ts"
export { filesSink } from "./sink/sink.ts"
