export { union } from "./union.ts"
