export { embeddedTransport } from "./layer.ts"
