import { securityCases } from "./security-cases.ts"

securityCases("4")
