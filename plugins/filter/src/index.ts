export { filter } from "./filter.ts"
