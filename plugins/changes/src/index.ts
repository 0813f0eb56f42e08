export { fromTable } from "./from-table.ts"
export { toTable } from "./to-table.ts"
