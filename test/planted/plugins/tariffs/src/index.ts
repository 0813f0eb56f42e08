export { price } from "./price.ts"
export { promise } from "./promise.ts"
