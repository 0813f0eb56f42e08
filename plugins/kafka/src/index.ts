export { kafkaSource } from "./source/source.ts"
export { kafkaSink } from "./sink/sink.ts"
