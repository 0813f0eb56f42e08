export { describePermission } from "./describe-permission.ts"
export { Permission } from "./permission.ts"
