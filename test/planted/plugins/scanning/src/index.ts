export { gateway } from "./gateway.ts"
export { place } from "./place.ts"
export { tidy } from "./tidy.ts"
