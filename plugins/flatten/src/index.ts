export { flatten } from "./flatten.ts"
export { unnest } from "./unnest.ts"
