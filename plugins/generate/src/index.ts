export { bounded } from "./bounded.ts"
export { endless } from "./endless.ts"
