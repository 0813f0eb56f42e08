export { window } from "./window.ts"
