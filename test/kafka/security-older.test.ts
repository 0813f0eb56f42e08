import { securityCases } from "./security-cases.ts"

securityCases("3.9")
