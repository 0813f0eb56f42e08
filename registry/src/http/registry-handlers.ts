import { type registryEndpoints } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import { AuditLog } from "../audit/audit-log.ts"
import { Tokens } from "../auth/tokens.ts"
import { loadReadmeHtml } from "../page/load-readme.ts"
import { describeVersion } from "../package/describe-version.ts"
import { Packages } from "../package/packages.ts"
import { Publisher, type PublishRequest } from "../package/publisher.ts"
import { Grants } from "../pipeline/grants.ts"
import { Pipelines } from "../pipeline/pipelines.ts"
import { Secrets } from "../secret/secrets.ts"
import { Search } from "../search/search.ts"
import { Database } from "../store/database.ts"
import { Subjects } from "../subject/subjects.ts"
import type { HandlerRequest, Handlers } from "./mount-boundary.ts"

/** Everything that the registry's handlers ask for. */
export type RegistryServices =
  | AuditLog
  | Database
  | Grants
  | Packages
  | Pipelines
  | Publisher
  | Search
  | Secrets
  | Subjects
  | Tokens

type RegistryHandlers = Handlers<typeof registryEndpoints, RegistryServices>
type EndpointOf<Id> = Extract<(typeof registryEndpoints)[number], { readonly id: Id }>

const fullName = ({ name, scope }: { readonly name: string; readonly scope: string }): string =>
  `${scope}/${name}`

const publishRequest = (
  request: Pick<HandlerRequest<EndpointOf<"publishVersion">>, "body" | "caller" | "params">
): PublishRequest => ({
  name: fullName(request.params),
  version: request.params.version,
  body: request.body,
  actor: request.caller.name,
  isAdmin: request.caller.scopes.includes("admin")
})

const packageHandlers = {
  listPackages: ({ query }) => Packages.use((packages) => packages.list(query)),
  getPackage: ({ params }) => Packages.use((packages) => packages.get(fullName(params))),
  resolvePackage: ({ params, query }) =>
    Packages.use((packages) => packages.resolve(fullName(params), query.range)),
  getVersion: ({ params }) => Packages.use((packages) => packages.version(fullName(params), params.version)),
  getArchive: ({ params }) => Packages.use((packages) => packages.archive(fullName(params), params.version)),
  describeVersion: ({ params, query }) => describeVersion(fullName(params), params.version, query.against),
  getReadme: Effect.fnUntraced(function* ({ params }) {
    const { readme } = yield* Packages.use((packages) => packages.version(fullName(params), params.version))
    return readme === null ? "" : (yield* loadReadmeHtml).readmeHtml(readme)
  }),
  publishVersion: ({ body, caller, params }) =>
    Publisher.use((publisher) => publisher.publish(publishRequest({ body, caller, params }))),
  checkVersion: ({ body, caller, params }) =>
    Publisher.use((publisher) => publisher.check(publishRequest({ body, caller, params }))),
  markVersion: ({ body, caller, params }) =>
    Packages.use((packages) => packages.mark(fullName(params), params.version, body, caller.name))
} satisfies Partial<RegistryHandlers>

const subjectHandlers = {
  listSubjects: ({ query }) => Subjects.use((subjects) => subjects.list(query)),
  listSubjectVersions: ({ params }) => Subjects.use((subjects) => subjects.versions(params.subject)),
  getSubjectVersion: ({ params }) =>
    Subjects.use((subjects) =>
      subjects.version(params.subject, params.version === "latest" ? "latest" : Number(params.version))
    ),
  registerSchema: ({ body, caller, params }) =>
    Subjects.use((subjects) => subjects.register({ ...body, subject: params.subject, actor: caller.name })),
  checkSchema: ({ body, params }) => Subjects.use((subjects) => subjects.check(params.subject, body.schema)),
  setCompatibility: ({ body, caller, params }) =>
    Subjects.use((subjects) => subjects.setCompatibility(params.subject, body.compatibility, caller.name)),
  getSchema: ({ params }) => Subjects.use((subjects) => subjects.schema(params.id))
} satisfies Partial<RegistryHandlers>

const pipelineHandlers = {
  listPipelines: ({ query }) => Pipelines.use((pipelines) => pipelines.list(query)),
  getPipeline: ({ params }) => Pipelines.use((pipelines) => pipelines.get(params.pipeline)),
  listRevisions: ({ params, query }) =>
    Pipelines.use((pipelines) => pipelines.revisions(params.pipeline, query)),
  getRevision: ({ params }) =>
    Pipelines.use((pipelines) => pipelines.revision(params.pipeline, params.revision)),
  setDesiredState: ({ body, caller, params }) =>
    Pipelines.use((pipelines) => pipelines.setDesired(params.pipeline, body.desired, caller.name)),
  listGrants: ({ params, query }) =>
    Grants.use((grants) => grants.list(params.pipeline, { revoked: query.revoked === "true" })).pipe(
      Effect.map((grants) => ({ grants }))
    ),
  createGrant: ({ body, caller, params }) =>
    Grants.use((grants) => grants.grant({ ...body, pipeline: params.pipeline, actor: caller.name })),
  revokeGrant: ({ caller, params }) =>
    Grants.use((grants) => grants.revoke(params.pipeline, params.id, caller.name))
} satisfies Partial<RegistryHandlers>

const adminHandlers = {
  whoAmI: ({ caller: { expiresAt, name, scopes } }) => Effect.succeed({ name, scopes, expiresAt }),
  listTokens: () =>
    Effect.map(
      Tokens.use((tokens) => tokens.list),
      (tokens) => ({ tokens })
    ),
  createToken: ({ body, caller }) => Tokens.use((tokens) => tokens.issue(body, caller.name)),
  revokeToken: ({ caller, params }) => Tokens.use((tokens) => tokens.revoke(params.id, caller.name)),
  listAudit: ({ query }) => AuditLog.use((audit) => audit.list(query)),
  verifyAudit: () => AuditLog.use((audit) => audit.verify)
} satisfies Partial<RegistryHandlers>

const secretHandlers = {
  listSecrets: () =>
    Effect.map(
      Secrets.use((secrets) => secrets.list),
      (secrets) => ({ secrets })
    ),
  setSecret: ({ body, caller, params }) =>
    Secrets.use((secrets) => secrets.set({ name: params.secret, value: body.value, actor: caller.name })),
  deleteSecret: ({ caller, params }) => Secrets.use((secrets) => secrets.delete(params.secret, caller.name)),
  rotateSecrets: ({ caller }) => Secrets.use((secrets) => secrets.rotate(caller.name))
} satisfies Partial<RegistryHandlers>

/** The registry's handlers: each hands its request to the service that knows. */
export const registryHandlers = (version: string): RegistryHandlers => ({
  getHealth: () =>
    Database.use((database) =>
      Effect.as(database.rows("SELECT 1"), { status: "ok" as const, version, storeFormat: database.format })
    ),
  ...packageHandlers,
  search: ({ query }) => Search.use((search) => search.find(query)),
  ...subjectHandlers,
  ...pipelineHandlers,
  ...adminHandlers,
  ...secretHandlers
})
