export { route } from "./route.ts"
