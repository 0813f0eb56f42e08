export { Permission } from "./permission.ts"
