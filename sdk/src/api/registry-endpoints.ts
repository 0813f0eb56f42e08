import { auditEndpoints } from "./audit.ts"
import { grantEndpoints } from "./grant.ts"
import { healthEndpoints } from "./health.ts"
import { packageEndpoints } from "./package.ts"
import { pipelineEndpoints } from "./pipeline.ts"
import { searchEndpoints } from "./search.ts"
import { secretEndpoints } from "./secret.ts"
import { subjectEndpoints } from "./subject.ts"
import { tokenEndpoints } from "./token.ts"
import { describeVersionEndpoint } from "./version-description.ts"

/** Every operation that the registry offers. */
export const registryEndpoints = [
  ...healthEndpoints,
  ...packageEndpoints,
  describeVersionEndpoint,
  ...searchEndpoints,
  ...subjectEndpoints,
  ...pipelineEndpoints,
  ...grantEndpoints,
  ...tokenEndpoints,
  ...secretEndpoints,
  ...auditEndpoints
] as const
