export { type Durability } from "./flush/flusher.ts"
export { embeddedTransport } from "./layer.ts"
