export { legs } from "./legs.ts"
export { staff } from "./staff.ts"
