export { rename } from "./rename.ts"
