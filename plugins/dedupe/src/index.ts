export { dedupe } from "./dedupe.ts"
