export { whenFree } from "./folder-lock.ts"
export { type Durability } from "./flush/flusher.ts"
export { embeddedTransport } from "./layer.ts"
