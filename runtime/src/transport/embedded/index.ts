export { whenFree } from "./folder-lock.ts"
export { embeddedTransport } from "./layer.ts"
export { logBytes } from "./log-bytes.ts"
